// Blocks. https://docs.slack.dev/reference/block-kit/blocks

import { h } from "./dom.js";
import { interactive, unknown } from "./elements.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const DRAWN = {
  section,
  header: (block) => h(`h${2 + (block.level ?? 1)}`, { class: "block-header" }, plainText(block.text.text)),
  divider: () => h("hr"),
  context,
  context_actions: row,
  actions: row,
  image,
  input,
  rich_text: (block, surface) => h("div", {}, block.elements.map((element) => richText(element, surface.store))),
  table,
  data_table: table,
  alert: (block, { store }) => h("p", { class: `alert ${block.level ?? "default"}` }, textObject(block.text, store)),
};

/**
 * Blocks as elements.
 * @param {Array<object>} list
 * @param {import("./elements.js").Surface} surface
 */
export function blocks(list, surface) {
  return list.map((block) => {
    const drawn = drawnOr(block, surface);
    drawn.classList.add("block");
    drawn.dataset.blockId = block.block_id;
    return drawn;
  });
}

function drawnOr(block, surface) {
  if (!Object.hasOwn(DRAWN, block.type)) return unknown(`the block “${block.type}”`);
  try {
    return DRAWN[block.type](block, surface);
  } catch (error) {
    // An error in one block must not keep the rest off the page.
    console.error(error);
    return unknown(`this block “${block.type}”`);
  }
}

/** The text of blocks, for reading aloud. */
export function spokenText(list) {
  const texts = [];
  const collect = (part) => {
    if (Array.isArray(part)) part.forEach(collect);
    else if (part && typeof part === "object") {
      if (typeof part.text === "string") texts.push(part.text);
      Object.values(part).forEach(collect);
    }
  };
  collect(list);
  return texts.join(" ");
}

function section(block, surface) {
  const { text, fields, accessory } = block;
  const words = text && h("div", { class: "words" }, textObject(text, surface.store));
  const columns =
    fields && h("div", { class: "fields" }, fields.map((field) => h("div", { class: "words" }, textObject(field, surface.store))));
  const named = text ? { "aria-label": plainText(text.text).slice(0, 150) } : {};
  const beside = accessory && h("div", { class: "accessory" }, element(accessory, block, surface, isField(accessory) ? named : {}));
  return h("div", { class: "section" }, h("div", {}, words, columns), beside);
}

function isField(element) {
  return !["button", "overflow", "image", "workflow_button"].includes(element.type);
}

function element(part, block, surface, named = {}) {
  return part.type === "image" ? image(part) : interactive(part, block, surface, named);
}

function context(block, surface) {
  const parts = block.elements.map((part) =>
    part.type === "image" ? image(part) : h("span", {}, textObject(part, surface.store)),
  );
  return h("div", { class: "context" }, parts);
}

function row(block, surface) {
  return h("div", { class: "actions" }, block.elements.map((part) => element(part, block, surface)));
}

/** An image's alternative text: the page loads nothing from other sites. */
function image(block) {
  return h("p", { class: "image" }, block.title ? `${plainText(block.title.text)}: ` : "", `Picture: ${block.alt_text}`);
}

function input(block, surface) {
  const id = `${surface.key}-${block.block_id}`;
  const error = surface.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const named = {
    "aria-label": null,
    "aria-labelledby": `${id}-label`,
    "aria-describedby": described || null,
    "aria-invalid": error ? "true" : null,
    "aria-required": block.optional || block.element.type === "checkboxes" ? null : "true",
  };
  return h(
    "div",
    { class: "input" },
    h("p", { class: "label", id: `${id}-label` }, plainText(block.label.text), block.optional && h("small", {}, " (optional)")),
    interactive(block.element, block, surface, named),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, plainText(block.hint.text)),
    error && h("p", { class: "error", id: `${id}-error` }, error),
  );
}

function table(block, surface) {
  const [head, ...rows] = block.rows;
  const header = block.row_header_column_index;
  const column = (index) => {
    const settings = block.column_settings?.[index];
    return ["left", "center", "right"].includes(settings?.align) ? `align-${settings.align}` : null;
  };
  const cell = (content, index, tag, scope) => {
    const inside = content.type === "rich_text" ? content.elements.map((part) => richText(part, surface.store)) : content.text;
    return h(tag, { scope, class: column(index) }, inside);
  };
  const drawn = rows.map((cells) =>
    h("tr", {}, cells.map((content, index) => (index === header ? cell(content, index, "th", "row") : cell(content, index, "td")))),
  );
  const caption = block.caption && h("caption", {}, block.caption);
  const headRow = h("thead", {}, h("tr", {}, head.map((content, index) => cell(content, index, "th", "col"))));
  const scrolled = { class: "table", tabindex: "0", role: "group", "aria-label": block.caption ?? "Table" };
  return h("div", scrolled, h("table", {}, caption, headRow, h("tbody", {}, drawn)));
}
