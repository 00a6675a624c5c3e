// The box that messages are typed in, with completion of names after "@" and of commands after "/".

import { announce, fill, h } from "./dom.js";
import { LONGEST_MESSAGE } from "./messages.js";

let lastId = 0;

export class Composer {
  /**
   * @param {HTMLElement} container
   * @param {object} options
   * @param {string} options.id of the text box
   * @param {object} options.window the window: `store`, `place`, `request`, `report`
   * @param {function(string): Promise<boolean>} options.send whether it was sent
   * @param {function(): boolean} options.editLast begins to edit the last message, if there is one
   */
  constructor(container, { id, window, send, editLast }) {
    this.window = window;
    this.send = send;
    this.editLast = editLast;
    this.options = [];
    this.drafts = "drafts|" + id;
    const listId = `completion-${++lastId}`;
    this.field = h("textarea", {
      id,
      rows: "1",
      maxlength: LONGEST_MESSAGE,
      "aria-autocomplete": "list",
      "aria-controls": listId,
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.offer([]),
      onclick: () => this.complete(),
    });
    this.list = h("ul", { id: listId, class: "completion", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.button = h("button", { type: "submit", class: "button primary" }, "Send");
    this.shortcuts = h("span", { class: "shortcuts" });
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    const hint = h("p", { class: "hint only-wide" }, "Enter sends, Shift+Enter breaks the line, Up edits the last message.");
    const bar = h("div", { class: "composer-bar" }, hint, this.shortcuts, this.button);
    container.append(h("form", { class: "composer", onsubmit: submit }, this.list, this.field, bar));
  }

  /**
   * Become the box of another place.
   * @param {string} where the key under which the draft is kept
   * @param {string} label for the box
   * @param {?string} closed why nothing can be typed; null where it can
   */
  draw(where, label, closed) {
    if (where !== this.where) {
      this.where = where;
      this.field.value = this.savedDrafts()[where] ?? "";
      this.resize();
    }
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = closed ?? label;
    this.field.disabled = closed !== null;
    this.button.disabled = closed !== null;
    const globals = closed === null ? this.window.store.app.shortcuts.filter(({ kind }) => kind === "global") : [];
    const run = (callback_id) => async () =>
      this.window.report(await this.window.request({ do: "shortcut", callback_id }));
    const drawn = globals.map(({ name, callback_id }) =>
      h("button", { type: "button", class: "button", "data-focus": callback_id, onclick: run(callback_id) }, name),
    );
    fill(this.shortcuts, drawn);
  }

  focus() {
    this.field.focus();
  }

  async submit() {
    const text = this.field.value;
    if (!text.trim()) return;
    const { where } = this;
    this.offer([]);
    this.put("");
    if (!(await this.send(text))) this.putBack(text, where);
  }

  put(text) {
    this.field.value = text;
    this.typed();
  }

  /** Put a message that could not be sent back into its box, unless something else has been typed there. */
  putBack(text, where) {
    if (this.savedDrafts()[where]) return;
    if (where === this.where) this.put(text);
    else this.saveDraft(where, text);
  }

  typed() {
    this.saveDraft(this.where, this.field.value);
    this.resize();
    this.complete();
  }

  saveDraft(where, text) {
    const drafts = this.savedDrafts();
    if (text) drafts[where] = text;
    else delete drafts[where];
    sessionStorage.setItem(this.drafts, JSON.stringify(drafts));
  }

  savedDrafts() {
    return JSON.parse(sessionStorage.getItem(this.drafts) ?? "{}");
  }

  resize() {
    this.field.rows = Math.min(8, this.field.value.split("\n").length);
  }

  key(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (this.options.length && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(key) && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      if (key === "Escape") this.offer([]);
      else if (key === "ArrowDown") this.choose(this.chosen + 1);
      else if (key === "ArrowUp") this.choose(this.chosen - 1);
      else this.take(this.options[this.chosen]);
    } else if (key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (key === "ArrowUp" && !this.field.value && this.editLast()) {
      event.preventDefault();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
      // The caret has moved, so different words may be completed.
      setTimeout(() => this.complete());
    }
  }

  // Completion

  complete() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const name = /(?:^|\s)@([^@\n]{0,40})$/.exec(before);
    const command = /^\/([\w-]*)$/.exec(before);
    if (command) this.offer(this.commands(command[1]), 0);
    else if (name) this.offer(this.names(name[1]), before.length - name[1].length - 1);
    else this.offer([]);
  }

  names(start) {
    const { bot, people } = this.window.store;
    const wanted = start.toLowerCase();
    return [bot, ...people]
      .filter(({ real_name, name }) => [real_name, name].some((one) => one.toLowerCase().startsWith(wanted)))
      .filter(({ real_name }) => real_name.toLowerCase() !== wanted.trim())
      .map((user) => ({ text: `@${user.real_name} `, name: user.real_name, about: user.is_bot ? "App" : `@${user.name}` }));
  }

  commands(start) {
    return this.window.store.app.commands
      .filter(({ name }) => name.slice(1).startsWith(start))
      .map(({ name, usage_hint, description }) => ({ text: `${name} `, name: `${name} ${usage_hint}`, about: description }));
  }

  offer(options, from) {
    const had = this.options.length;
    this.options = options;
    this.from = from;
    this.list.hidden = !options.length;
    const take = (option) => (event) => {
      // On mousedown, since the box loses the focus before the click and hides the list.
      event.preventDefault();
      this.take(option);
    };
    const drawn = options.map((option, index) =>
      h("li", { id: `${this.list.id}-${index}`, role: "option", onpointerdown: take(option) }, option.name, " ", h("small", {}, option.about)),
    );
    this.list.replaceChildren(...drawn);
    if (!options.length) this.field.removeAttribute("aria-activedescendant");
    else this.choose(0);
    if (options.length && options.length !== had) announce(`${options.length} suggestions. Enter takes the first.`);
  }

  choose(index) {
    const count = this.options.length;
    this.chosen = (index + count) % count;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.chosen)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
  }

  take(option) {
    const after = this.field.value.slice(this.field.selectionStart);
    const before = this.field.value.slice(0, this.from) + option.text;
    this.field.value = before + after.trimStart();
    this.field.setSelectionRange(before.length, before.length);
    this.typed();
    this.focus();
  }
}
