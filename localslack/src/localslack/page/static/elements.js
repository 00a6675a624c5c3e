// Block elements that a person uses. https://docs.slack.dev/reference/block-kit/block-elements

import { ask, h } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

/**
 * What an element needs to know about its surroundings.
 * @typedef {object} Surface
 * @property {import("./store.js").Store} store
 * @property {string} person user id of the person at the page
 * @property {string} key unique on the page: the ts of the message, or the id of the view
 * @property {function(string, string, any): Promise<void>} act takes block_id, action_id and what was chosen
 * @property {function(string, string, any): Promise<void>} keep the same, without telling the app yet
 * @property {function(string, string): ?object} value what was chosen before, as Slack's value object
 */

const TEXT_TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number" };
// What has been typed is sent after this long without a key press.
const KEEP_AFTER_MS = 200;
// How many options of a list are visible at once.
const LONGEST_LIST = 5;
const SELECTS = ["static_select", "users_select", "conversations_select", "channels_select"];

/**
 * An element of a block.
 * @param {object} element
 * @param {object} block the block around it
 * @param {Surface} surface
 * @param {object} named attributes that give a field its name, such as aria-label
 */
export function interactive(element, block, surface, named = {}) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(surface.person)) return null;
  const use = user(element, block, surface);
  const { type } = element;
  if (type === "button") return button(element, use);
  if (type === "icon_button") return iconButton(element, use);
  if (type === "workflow_button") return h("button", { type: "button", disabled: true }, label(element));
  if (type === "feedback_buttons") return feedback(element, use);
  if (type === "overflow") return overflow(element, use);
  if (SELECTS.includes(type)) return select(element, use, named, false);
  if (SELECTS.includes(type.replace("multi_", ""))) return select(element, use, named, true);
  if (type === "checkboxes" || type === "radio_buttons") return choices(element, use, named);
  if (type in TEXT_TYPES) return textInput(element, block, use, named);
  if (type === "datepicker") return dated(element, use, named, "date", "selected_date");
  if (type === "timepicker") return dated(element, use, named, "time", "selected_time");
  if (type === "datetimepicker") return dateAndTime(element, use, named);
  return unknown(`the element “${type}”`);
}

/** A red note instead of something that cannot be shown. */
export function unknown(what) {
  return h("p", { class: "unknown" }, `This page cannot show ${what}. Slack may.`);
}

/**
 * How an element is used. `act` is for a press: a second press waits until the first is over. `choose` is for what
 * stays chosen: choices are sent one after another, so the last one counts. Both ask for confirmation where the element
 * has a confirm object, and return whether the choice was made. `tell` and `keep` are for text that is being typed.
 */
function user(element, block, surface) {
  const focus = (value) => [surface.key, block.block_id, element.action_id, value ?? ""].join("|");
  const sure = async () => !element.confirm || (await confirmed(element.confirm, surface));
  const tell = (value) => surface.act(block.block_id, element.action_id, value);
  const act = async (control, value) => {
    if (control.getAttribute("aria-disabled") === "true" || !(await sure())) return false;
    control.setAttribute("aria-disabled", "true");
    await tell(value);
    control.removeAttribute("aria-disabled");
    return true;
  };
  let before = Promise.resolve();
  const choose = (value) => {
    before = before.then(async () => {
      if (!(await sure())) return false;
      await tell(value);
      return true;
    });
    return before;
  };
  const keep = (value) => surface.keep(block.block_id, element.action_id, value);
  const value = surface.value(block.block_id, element.action_id) ?? initial(element);
  return { act, choose, tell: newestOf(tell), keep, focus, value, store: surface.store };
}

/** Send one value at a time; of the values that come meanwhile, only the newest. */
function newestOf(send) {
  let running = false;
  let waiting = null;
  return async function tell(value) {
    waiting = { value };
    if (running) return;
    running = true;
    while (waiting) {
      const next = waiting.value;
      waiting = null;
      await send(next);
    }
    running = false;
  };
}

/** The initial value of an element in the form of a choice: `initial_date` as `selected_date`, and so on. */
function initial(element) {
  const fields = Object.entries(element).filter(([name]) => name.startsWith("initial_"));
  return Object.fromEntries(
    fields.map(([name, value]) => [name === "initial_value" ? "value" : name.replace("initial", "selected"), value]),
  );
}

function confirmed(confirm, { store }) {
  return ask({
    title: plainText(confirm.title.text),
    text: h("p", {}, textObject(confirm.text, store)),
    yes: plainText(confirm.confirm.text),
    no: plainText(confirm.deny.text),
    danger: confirm.style === "danger",
  });
}

function label(element) {
  return plainText(element.text.text);
}

function button(element, use) {
  const attributes = {
    class: ["button", element.style].filter(Boolean).join(" "),
    "aria-label": element.accessibility_label,
    "data-focus": use.focus(element.value),
    "data-action-id": element.action_id,
  };
  const press = (event) => use.act(event.currentTarget, element.value ?? null);
  const follow = async (event) => {
    // Opened only after the confirmation, where there is one.
    event.preventDefault();
    if (await use.act(event.currentTarget, element.value ?? null)) open(element.url, "_blank", "noopener,noreferrer");
  };
  if (!element.url) return h("button", { type: "button", onclick: press, ...attributes }, label(element));
  const opened = { href: element.url, target: "_blank", rel: "noopener noreferrer" };
  return h("a", { ...attributes, ...opened, onclick: element.confirm ? follow : press }, label(element));
}

function iconButton(element, use) {
  const press = (event) => use.act(event.currentTarget, element.value ?? null);
  const named = element.accessibility_label ?? label(element);
  return h("button", { type: "button", class: "button", "aria-label": named, onclick: press }, "🗑 ", label(element));
}

function feedback(element, use) {
  const buttons = [element.positive_button, element.negative_button].map(({ text, value, accessibility_label: spoken }) => {
    const press = (event) => use.act(event.currentTarget, value);
    const attributes = { "aria-label": spoken, "aria-pressed": String(use.value.value === value), "data-focus": use.focus(value) };
    return h("button", { type: "button", class: "button feedback", onclick: press, ...attributes }, plainText(text.text));
  });
  return h("span", { class: "feedback-buttons", "data-action-id": element.action_id }, buttons);
}

function overflow(element, use) {
  const summary = h("summary", { "aria-label": "More options", "data-focus": use.focus() }, "⋯");
  const menu = h("details", { class: "menu", "data-action-id": element.action_id }, summary);
  const choose = (option) => async () => {
    menu.open = false;
    summary.focus();
    await use.act(summary, option.value);
  };
  const items = element.options.map((option) => {
    const inside = [plainText(option.text.text), description(option, use.store)];
    if (!option.url) return h("li", {}, h("button", { type: "button", onclick: choose(option) }, inside));
    const opened = { href: option.url, target: "_blank", rel: "noopener noreferrer" };
    return h("li", {}, h("a", { ...opened, onclick: choose(option) }, inside));
  });
  menu.append(h("ul", {}, items));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    summary.focus();
  });
  const leave = ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  };
  menu.addEventListener("toggle", () => {
    const change = menu.open ? "addEventListener" : "removeEventListener";
    document[change]("pointerdown", leave);
    document[change]("focusin", leave);
    // The list of messages would clip a menu at its edge.
    if (menu.open) menu.lastElementChild.scrollIntoView({ block: "nearest" });
  });
  return menu;
}

function description(option, store) {
  return option.description && h("small", {}, textObject(option.description, store));
}

/** The options of a menu as name and value, in groups; options without a group are in a group without a name. */
function offered(element, store) {
  const asOption = ({ text, value }) => ({ name: plainText(text.text), value });
  const people = () => [...store.users.values()].map(({ id, real_name: name }) => ({ name, value: id }));
  const channels = () => [...store.channels.values()].filter(({ name }) => name).map(({ id, name }) => ({ name: `#${name}`, value: id }));
  if (element.type.includes("users")) return [{ name: null, options: people() }];
  if (element.type.includes("static")) {
    const groups = element.option_groups ?? [{ label: null, options: element.options }];
    return groups.map((group) => ({ name: group.label && plainText(group.label.text), options: group.options.map(asOption) }));
  }
  return [{ name: null, options: channels() }];
}

function selected(element, value) {
  const kind = element.type.replace("multi_", "").replace("_select", "").replace(/s$/, "");
  if (element.type.includes("static")) {
    return [value.selected_option ?? value.selected_options ?? []].flat().map((option) => option.value);
  }
  return [value[`selected_${kind}`] ?? value[`selected_${kind}s`] ?? []].flat();
}

function select(element, use, named, many) {
  const chosen = selected(element, use.value);
  const placeholder = element.placeholder ? plainText(element.placeholder.text) : "Choose";
  const groups = offered(element, use.store);
  const options = groups.map(({ name, options }) => {
    const drawn = options.map((option) => {
      return h("option", { value: option.value, selected: chosen.includes(option.value) }, option.name);
    });
    return name ? h("optgroup", { label: name }, drawn) : drawn;
  });
  const none = !many && h("option", { value: "", disabled: true, selected: chosen.length === 0 }, placeholder);
  const change = async (event) => {
    const control = event.currentTarget;
    const now = [...control.selectedOptions].map((option) => option.value);
    if (await use.choose(many ? now : now[0])) chosen.splice(0, chosen.length, ...now);
    else for (const option of control.options) option.selected = chosen.includes(option.value) || (!chosen.length && !option.value);
  };
  const size = many && Math.min(LONGEST_LIST, groups.flatMap(({ name, options }) => (name ? [name, ...options] : options)).length);
  const attributes = { multiple: many, size, "data-focus": use.focus(), "data-action-id": element.action_id };
  return h("select", { "aria-label": placeholder, ...attributes, ...named, onchange: change }, none, options);
}

function choices(element, use, named) {
  const many = element.type === "checkboxes";
  const current = [use.value.selected_options ?? use.value.selected_option ?? []].flat().map(({ value }) => value);
  const group = use.focus();
  const change = async () => {
    const inputs = [...box.querySelectorAll("input")];
    const now = inputs.filter((input) => input.checked).map((input) => input.value);
    if (await use.choose(many ? now : now[0])) current.splice(0, current.length, ...now);
    else inputs.forEach((input) => (input.checked = current.includes(input.value)));
  };
  const options = element.options.map((option) => {
    const attributes = {
      type: many ? "checkbox" : "radio",
      name: group,
      value: option.value,
      checked: current.includes(option.value),
      "data-focus": use.focus(option.value),
    };
    const text = h("span", {}, textObject(option.text, use.store), description(option, use.store));
    return h("label", { class: "choice" }, h("input", attributes), text);
  });
  const attributes = { role: many ? "group" : "radiogroup", "aria-label": "Choose", ...named };
  const box = h("div", { ...attributes, "data-action-id": element.action_id, onchange: change }, options);
  return box;
}

function textInput(element, block, use, named) {
  const tag = element.multiline ? "textarea" : "input";
  const attributes = {
    type: element.multiline ? null : TEXT_TYPES[element.type],
    step: element.type === "number_input" ? (element.is_decimal_allowed ? "any" : "1") : null,
    min: element.min_value,
    max: element.max_value,
    minlength: element.min_length,
    maxlength: element.max_length,
    placeholder: element.placeholder && plainText(element.placeholder.text),
    "data-focus": use.focus(),
    "data-action-id": element.action_id,
  };
  let kept = use.value.value ?? "";
  const send = (to) => {
    kept = control.value;
    to(kept === "" ? null : kept);
  };
  const keep = () => control.value !== kept && send(use.keep);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const control = h(tag, { "aria-label": attributes.placeholder ?? "Text", ...attributes, ...named });
  control.value = kept;
  if (block.dispatch_action && triggers.includes("on_character_entered")) {
    control.addEventListener("input", () => send(use.tell));
    return control;
  }
  // The app does not hear of it yet, but it is kept for a reload and for other windows.
  let pause;
  control.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(keep, KEEP_AFTER_MS);
  });
  control.addEventListener("change", keep);
  if (block.dispatch_action) {
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      // Enter submits this field only, not the form around it.
      event.preventDefault();
      send(use.tell);
    });
  }
  return control;
}

function dated(element, use, named, type, field) {
  const value = use.value[field] ?? "";
  const change = chosenOr(value, (control) => use.choose(control.value || null));
  const attributes = { type, value, "data-focus": use.focus(), "data-action-id": element.action_id, onchange: change };
  return h("input", { "aria-label": type === "date" ? "Date" : "Time", ...attributes, ...named });
}

function dateAndTime(element, use, named) {
  const seconds = use.value.selected_date_time;
  const local = seconds ? new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000) : null;
  const value = local?.toISOString().slice(0, 16) ?? "";
  const change = chosenOr(value, (control) => {
    const moment = new Date(control.value).getTime();
    return use.choose(Number.isNaN(moment) ? null : Math.floor(moment / 1000));
  });
  const attributes = { type: "datetime-local", value, "data-focus": use.focus(), "data-action-id": element.action_id };
  return h("input", { "aria-label": "Date and time", ...attributes, ...named, onchange: change });
}

/** A listener that restores the last choice when the person decides against the new one. */
function chosenOr(first, choose) {
  let last = first;
  return async ({ currentTarget: control }) => {
    const now = control.value;
    if (await choose(control)) last = now;
    else control.value = last;
  };
}
