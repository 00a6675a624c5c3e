// Turns Slack's text markup into DOM nodes, and back into what a person would type.
// https://docs.slack.dev/messaging/formatting-message-text

import { h } from "./dom.js";

const BROADCASTS = { here: "@here", channel: "@channel", everyone: "@everyone" };
const SPANS = { "*": "strong", _: "em", "~": "s" };
const SPECIAL = /```[\s\S]+?```|`[^`\n]+`|<[^<>\n]+>|https?:\/\/[^\s<>|]+|:[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?|[*_~]/g;
const WORD = /[\p{L}\p{N}]/u;
const SECONDS = { year: 31_536_000, month: 2_592_000, day: 86_400, hour: 3_600, minute: 60, second: 1 };
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** Name -> characters, such as tada -> 🎉; filled once the page has loaded it. */
export const emoji = new Map();

export async function loadEmoji() {
  const response = await fetch("/page/emoji.json");
  for (const [name, characters] of Object.entries(await response.json())) emoji.set(name, characters);
}

/** Markup as nodes. Names come from the store. */
export function mrkdwn(text, store) {
  const result = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length) result.push(h("blockquote", {}, inline(quoted.join("\n"), store)));
    quoted = [];
  };
  let plain = [];
  const endPlain = () => {
    if (plain.length) result.push(...inline(plain.join("\n"), store));
    plain = [];
  };
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```") && part.length > 6) {
      endQuote();
      endPlain();
      result.push(h("pre", { tabindex: "0" }, h("code", {}, unescape(part.slice(3, -3).replace(/^\n/, "")))));
      continue;
    }
    for (const line of part.split("\n")) {
      const quote = /^(?:&gt;|>)(?!&gt;|>) ?(.*)$/.exec(line);
      if (quote) {
        endPlain();
        quoted.push(quote[1]);
      } else {
        endQuote();
        plain.push(line);
      }
    }
    endQuote();
    endPlain();
  }
  return result;
}

/** The text of a plain_text object, with emoji codes as emoji. */
export function plainText(text) {
  return text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g, (code, name) => emoji.get(name) ?? code);
}

/** Any text object as nodes. */
export function textObject(object, store) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, store) : [plainText(object.text)];
}

/** Undo Slack's escapes. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What a person would type for a text with markup. */
export function typed(text, store) {
  const named = text.replace(/<([^<>\n]+)>/g, (_, inside) => reference(inside, store).typed);
  return unescape(named);
}

/** A link if its scheme is allowed, otherwise its text. */
export function link(address, label) {
  let scheme = "";
  try {
    scheme = new URL(address).protocol;
  } catch {
    // Not an address.
  }
  if (!["http:", "https:", "mailto:"].includes(scheme)) return h("span", {}, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A mention of a user. */
export function userMention(id, store) {
  const user = store.users.get(id);
  return h("span", { class: "mention" }, `@${user ? user.real_name : id}`);
}

/**
 * A point in time, in one of Slack's formats.
 * https://docs.slack.dev/reference/block-kit/block-elements/date-element
 */
export function dateText(seconds, format, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const day = (options) => date.toLocaleDateString(undefined, options);
  const inWords = { year: "numeric", month: "long", day: "numeric" };
  const forms = {
    // The Swedish format is the one that Slack uses here.
    date_num: () => date.toLocaleDateString("sv-SE"),
    date_slash: () => day({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date: () => day(inWords),
    date_short: () => day({ ...inWords, month: "short" }),
    date_long: () => day({ ...inWords, weekday: "long" }),
    date_long_full: () => day(inWords),
    day_divider: () => day({ ...inWords, weekday: "long" }),
    time: () => date.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" }),
    time_secs: () => date.toLocaleTimeString(),
    ago: () => ago(date),
  };
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, pretty) => (pretty && nearDay(date)) || (forms[name]?.() ?? whole));
}

/** "Yesterday", "today" or "tomorrow" if the day is one of them. */
function nearDay(date) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / (SECONDS.day * 1000));
  return Math.abs(days) <= 1 && RELATIVE.format(days, "day");
}

function ago(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const [unit, length] = Object.entries(SECONDS).find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return RELATIVE.format(Math.round(seconds / length), unit);
}

function inline(text, store) {
  const result = [];
  let at = 0;
  const search = new RegExp(SPECIAL);
  for (let match; (match = search.exec(text)); ) {
    const [found] = match;
    const start = match.index;
    const [node, end] = special(text, found, start, store);
    if (!node) continue;
    result.push(unescape(text.slice(at, start)), node);
    at = search.lastIndex = end;
  }
  result.push(unescape(text.slice(at)));
  return result.filter((part) => part !== "");
}

/** The node that a piece of markup stands for and where it ends; no node where it is only text. */
function special(text, found, start, store) {
  const end = start + found.length;
  if (found in SPANS) return span(text, found, start, store);
  if (found.startsWith("`")) return [h("code", {}, unescape(found.slice(1, -1))), end];
  if (found.startsWith("http")) {
    const address = found.replace(/[.,;:!?)\]}'"*_~]+$/, "");
    return [link(unescape(address), unescape(address)), start + address.length];
  }
  if (found.startsWith("<")) return [reference(found.slice(1, -1), store).node, end];
  return [emoji.get(found.split(":")[1]), end];
}

function span(text, mark, start, store) {
  const end = text.indexOf(mark, start + 1);
  const inside = text.slice(start + 1, end);
  const holds = end > 0 && inside && inside === inside.trim() && !inside.includes("\n");
  if (!holds || WORD.test(text[start - 1] ?? "") || WORD.test(text[end + 1] ?? "")) return [null, start];
  return [h(SPANS[mark], {}, inline(inside, store)), end + 1];
}

/** The content of angle brackets, as a node and as a person would type it. */
function reference(inside, store) {
  const [target, label] = split(inside);
  const name = label && unescape(label);
  if (target.startsWith("@")) {
    const user = store.users.get(target.slice(1));
    return { node: userMention(target.slice(1), store), typed: `@${user?.real_name ?? target.slice(1)}` };
  }
  if (target.startsWith("#")) {
    const text = `#${store.channels.get(target.slice(1))?.name ?? name ?? target.slice(1)}`;
    return { node: h("span", { class: "mention" }, text), typed: text };
  }
  if (target.startsWith("!date^")) {
    const [, seconds, format, address] = target.split("^");
    const text = dateText(seconds, format ?? "", name ?? "");
    return { node: address ? link(address, text) : h("time", {}, text), typed: text };
  }
  if (target.startsWith("!")) {
    const text = BROADCASTS[target.slice(1).split("^")[0]] ?? name ?? `@${target.slice(1)}`;
    return { node: h("span", { class: "mention broadcast" }, text), typed: text };
  }
  const address = unescape(target);
  return { node: link(address, name ?? address.replace(/^mailto:/, "")), typed: address };
}

function split(inside) {
  const bar = inside.indexOf("|");
  return bar < 0 ? [inside, null] : [inside.slice(0, bar), inside.slice(bar + 1)];
}
