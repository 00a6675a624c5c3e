// Views: the app's Home tab and its modals.

import { blocks } from "./blocks.js";
import { announce, carryOver, fill, h } from "./dom.js";
import { plainText } from "./mrkdwn.js";

/** A surface whose choices the workspace keeps. */
function surfaceOf(view, window, errors = {}) {
  const { store, place, request, report } = window;
  return {
    store,
    person: place.person,
    key: view.id,
    errors,
    value: (blockId, actionId) => view.values[blockId]?.[actionId],
    act: async (block_id, action_id, value) =>
      report(await request({ do: "act_in_view", view: view.id, block_id, action_id, value })),
    keep: async (block_id, action_id, value) =>
      report(await request({ do: "fill_in", view: view.id, block_id, action_id, value })),
  };
}

/** Show a person's Home tab. */
export function drawHome(container, window) {
  const view = window.store.homes.get(window.place.person);
  // The values change with every choice, but the app's content changes only with a new hash.
  const version = view ? `${view.id}|${view.hash}` : `none|${window.place.person}`;
  if (container.dataset.version === version) return;
  container.dataset.version = version;
  const empty = h("p", { class: "note" }, "The app has not put anything here.");
  carryOver(container, () => fill(container, view ? blocks(view.body.blocks, surfaceOf(view, window)) : empty));
}

/** The modals on a person's screen, the top one shown. */
export class Modals {
  constructor(window) {
    this.window = window;
    this.view = null;
    this.dialog = null;
    this.errors = {};
  }

  draw() {
    const view = this.window.store.topModal(this.window.place.person);
    if (view?.id !== this.view?.id) {
      this.errors = {};
      this.leave();
      if (view) this.enter(view);
    } else if (view && view.hash !== this.view.hash) {
      this.view = view;
      this.errors = {};
      this.fill();
    }
    this.view = view;
  }

  enter(view) {
    this.view = view;
    this.dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title" });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.fill();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.dialog.querySelector("input, select, textarea")?.focus();
  }

  leave() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }

  fill() {
    const { body } = this.view;
    const { errors } = this;
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    const form = h(
      "form",
      { onsubmit: submit, novalidate: true },
      h("h2", { id: "modal-title" }, plainText(body.title.text)),
      h("div", { class: "modal-blocks", tabindex: "0", role: "group", "aria-labelledby": "modal-title" }, blocks(body.blocks, surfaceOf(this.view, this.window, errors))),
      h("p", { class: "error", "data-problem": true }),
      h(
        "div",
        { class: "dialog-buttons" },
        h("button", { type: "button", "data-focus": "close", onclick: () => this.close() }, plainText(body.close?.text ?? "Close")),
        body.submit && h("button", { type: "submit", class: "primary", "data-focus": "submit" }, plainText(body.submit.text)),
      ),
    );
    carryOver(this.dialog, () => fill(this.dialog, form));
  }

  /** Show an error inside the modal, since screen readers read nothing outside it. */
  tell(problem) {
    this.dialog.querySelector("[data-problem]").textContent = problem ?? "";
  }

  async submit() {
    const { id } = this.view;
    if (this.submitting === id) return;
    this.submitting = id;
    this.dialog.querySelector("[type=submit]").setAttribute("aria-disabled", "true");
    this.commit();
    const { error, errors } = await this.window.request({ do: "submit", view: id });
    this.submitting = null;
    this.dialog?.querySelector("[type=submit]")?.removeAttribute("aria-disabled");
    if (this.view?.id !== id || !this.dialog) return;
    this.errors = errors ?? {};
    this.view = this.window.store.topModal(this.window.place.person) ?? this.view;
    const faults = Object.keys(this.errors);
    if (error || faults.length) this.fill();
    if (faults.length) {
      const field = this.dialog.querySelector("[aria-invalid=true]");
      (field?.matches("[role]") ? field.querySelector("input") : field)?.focus();
      announce(Object.values(this.errors).join(" "), { urgent: true });
    }
    if (error) {
      this.tell(error);
      announce(error, { urgent: true });
    }
  }

  /** Send the value of the field that still has the focus and has not sent it yet. */
  commit() {
    const focused = document.activeElement;
    if (!this.dialog?.contains(focused) || !focused.matches("input, textarea")) return;
    focused.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async close() {
    if (this.submitting === this.view.id) return;
    this.window.report(await this.window.request({ do: "close", view: this.view.id }));
  }
}
