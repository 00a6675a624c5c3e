// Small functions for the DOM. Text is always inserted as text nodes, so it can never become markup.

// How long announcements stay in the page: long enough to be read again, short enough not to pile up.
const SPOKEN_MS = 3000;

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, any>} attributes `class`, attributes, `on` + event name for listeners; null, undefined and
 *   false are left out, true stands without a value.
 * @param {...(Node|string|null|undefined|false|Array)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replace the children of an element; a focused child keeps the focus if it is among the new ones. */
export function fill(element, ...children) {
  keepFocus(element, () => element.replaceChildren(...nodes(children)));
}

/**
 * Show a list of items, creating elements only for items that are new or have changed.
 * @param {HTMLElement} list
 * @param {Array<{key: string, version: any, item: any}>} entries in order
 * @param {function(any): HTMLElement} render
 */
export function reconcile(list, entries, render) {
  keepFocus(list, () => {
    const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
    const wanted = entries.map(({ key, version, item }) => {
      const present = old.get(key);
      if (present && present.version === version) return present;
      const element = render(item);
      element.dataset.key = key;
      element.version = version;
      return element;
    });
    wanted.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    });
    while (list.children.length > wanted.length) list.lastElementChild.remove();
  });
}

/** Change a container without losing the focus: it goes to the same control, or else to what surrounds it. */
export function keepFocus(container, change) {
  const focused = document.activeElement;
  if (!focused || focused === container || !container.contains(focused)) {
    change();
    return;
  }
  const name = focused.dataset.focus;
  const around = focused.closest("[data-key]")?.dataset.key;
  change();
  if (container.contains(document.activeElement) && document.activeElement !== container) return;
  const again = name && container.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  const place = around && container.querySelector(`[data-key="${CSS.escape(around)}"]`);
  (again || place || container).focus({ preventScroll: true });
}

/** Announce something to screen readers, once, after the present announcement. */
export function announce(text, { urgent = false } = {}) {
  const line = h("span", {}, text);
  region(urgent).append(line);
  setTimeout(() => line.remove(), SPOKEN_MS);
}

/** The live region; while a dialog is open, screen readers announce nothing outside it. */
function region(urgent) {
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const name = urgent ? "alert" : "status";
  const found = host.querySelector(`:scope > [role=${name}]`);
  if (found) return found;
  const made = h("p", { class: "only-spoken", role: name, "aria-atomic": "false" });
  host.append(made);
  return made;
}

/** Redraw without losing what a person typed or chose in fields that still exist. */
export function carryOver(container, draw) {
  const fields = () => [...container.querySelectorAll("input:not([type=checkbox], [type=radio])[data-focus], textarea[data-focus]")];
  const typed = new Map(fields().map((field) => [field.dataset.focus, field.value]));
  draw();
  for (const field of fields()) {
    const before = typed.get(field.dataset.focus);
    if (before === undefined || before === field.value) continue;
    field.value = before;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/**
 * Ask yes or no in a dialog.
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, yes, no, danger = false }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "ask-title" },
      h("h2", { id: "ask-title" }, title),
      h("div", {}, text),
      h(
        "div",
        { class: "dialog-buttons" },
        h("button", { type: "button", onclick: () => dialog.close("no") }, no),
        h("button", { type: "button", class: danger ? "danger" : "primary", onclick: () => dialog.close("yes") }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Show something to read in a dialog. */
export function tell(title, ...content) {
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "tell-title" },
    h("h2", { id: "tell-title" }, title),
    content,
    h("div", { class: "dialog-buttons" }, h("button", { type: "button", onclick: () => dialog.close() }, "Close")),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
