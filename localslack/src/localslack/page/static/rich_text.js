// Rich text blocks. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block

import { h } from "./dom.js";
import { dateText, emoji, link, userMention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u", highlight: "mark" };

/** One element of a rich_text block. */
export function richText(element, store) {
  const parts = () => element.elements.map((part) => styled(part, store));
  switch (element.type) {
    case "rich_text_section":
      return h("p", { class: "rich" }, parts());
    case "rich_text_preformatted":
      return h("pre", { tabindex: "0" }, h("code", {}, parts()));
    case "rich_text_quote":
      return h("blockquote", {}, parts());
    case "rich_text_list":
      return list(element, store);
    default:
      return h("p", { class: "unknown" }, `This page cannot show “${element.type}” in rich text.`);
  }
}

function list(element, store) {
  const ordered = element.style === "ordered";
  const items = element.elements.map((item) => h("li", {}, item.elements.map((part) => styled(part, store))));
  const attributes = { class: `rich indent-${element.indent ?? 0}`, start: ordered && (element.offset ?? 0) + 1 };
  return h(ordered ? "ol" : "ul", attributes, items);
}

function styled(part, store) {
  const names = Object.keys(STYLES).filter((name) => part.style?.[name]);
  return names.reduce((node, name) => h(STYLES[name], {}, node), bare(part, store));
}

function bare(part, store) {
  const mention = (text) => h("span", { class: "mention" }, text);
  switch (part.type) {
    case "text":
      return part.text;
    case "link":
      return link(part.url, part.text ?? part.url);
    case "user":
      return userMention(part.user_id, store);
    case "channel":
      return mention(`#${store.channels.get(part.channel_id)?.name ?? part.channel_id}`);
    case "broadcast":
      return mention(`@${part.range}`);
    case "emoji":
      return emoji.get(part.name) ?? `:${part.name}:`;
    case "date": {
      const text = dateText(part.timestamp, part.format, part.fallback ?? "");
      return part.url ? link(part.url, text) : h("time", {}, text);
    }
    case "usergroup":
      return mention(`@${part.usergroup_id}`);
    case "team":
      return mention(part.team_id);
    case "color":
      return h("code", {}, part.value);
    default:
      return h("span", { class: "unknown" }, `This page cannot show “${part.type}”.`);
  }
}
