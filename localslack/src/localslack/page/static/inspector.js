// The raw traffic between the workspace and the app.

import { announce, h, reconcile } from "./dom.js";

const RECORDS_SHOWN = 500;

/** Show the newest records; open ones stay open. */
export function drawRecords(list, store) {
  const newest = [...store.records.values()].slice(-RECORDS_SHOWN).reverse();
  const open = new Set([...list.querySelectorAll("details[open]")].map((details) => details.parentElement.dataset.key));
  const entries = newest.map((item) => ({ key: String(item.number), version: [item.seconds, item.error].join(), item }));
  reconcile(list, entries, (item) => record(item, open.has(String(item.number))));
}

function record(record, isOpen) {
  const summary = h(
    "summary",
    { "data-focus": `record|${record.number}` },
    h("span", { class: "badge" }, record.kind === "event" ? "Event" : "Call"),
    h("span", { class: "record-title" }, record.title),
    record.error && h("span", { class: "error" }, record.error),
    h("span", { class: "note" }, latency(record)),
    h("time", { datetime: new Date(record.at * 1000).toISOString() }, new Date(record.at * 1000).toLocaleTimeString()),
  );
  const details = h("details", { open: isOpen }, summary);
  // A payload may be long, so it is written out only when opened.
  const fillIn = () => details.open && details.children.length === 1 && details.append(...content(record));
  details.addEventListener("toggle", fillIn);
  fillIn();
  return h("li", { class: record.error ? "failed" : null }, details);
}

function latency(record) {
  const what = record.kind === "event" ? "ack" : "answered";
  if (record.seconds === null) return "no ack yet";
  const ms = record.seconds * 1000;
  return `${what} in ${ms < 0.1 ? "under 0.1" : ms.toFixed(1)} ms`;
}

function content(record) {
  const json = JSON.stringify({ sent: record.sent, answer: record.answer }, null, 2);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(json);
      announce("Copied as JSON.");
    } catch {
      getSelection().selectAllChildren(text);
      announce("The browser lets nothing be copied here; the JSON is selected instead.");
    }
  };
  const text = h("pre", { tabindex: "0" }, json);
  return [h("button", { type: "button", class: "button", onclick: copy }, "Copy as JSON"), text];
}
