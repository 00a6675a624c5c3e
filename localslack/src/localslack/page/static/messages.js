// Lists of messages: a channel's own, and those of a thread.

import { blocks } from "./blocks.js";
import { ask, h, reconcile } from "./dom.js";
import { mrkdwn, typed } from "./mrkdwn.js";

const NEAR_THE_END_PX = 80;
const GROUPED_SECONDS = 300;
export const LONGEST_MESSAGE = 40_000;

const numbers = new WeakMap();
let lastNumber = 0;

/** A number that identifies an object; the same object always gets the same number. */
function numberOf(object) {
  if (!numbers.has(object)) numbers.set(object, ++lastNumber);
  return numbers.get(object);
}

/** One list of messages on the page. */
export class Messages {
  /**
   * @param {HTMLElement} list
   * @param {object} window the window: `store`, `place`, `request`, `report`, `redraw`
   */
  constructor(list, window) {
    this.list = list;
    this.window = window;
    this.editing = null;
    this.shown = null;
    this.last = null;
    this.atEnd = true;
    // Whether this person has pressed something here and waits for the result.
    this.pressed = false;
    list.addEventListener("scroll", () => (this.atEnd = this.isAtEnd()), { passive: true });
    // A pane that opens beside or below takes space away; a list that was at its end stays at its end.
    new ResizeObserver(() => this.atEnd && this.scrollToEnd()).observe(list);
  }

  isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_THE_END_PX;
  }

  /** Show the last message: its end, or its beginning where it is taller than the list. */
  scrollToEnd() {
    const last = this.list.lastElementChild;
    if (!last) return;
    const top = last.offsetTop;
    this.list.scrollTop = last.offsetHeight > this.list.clientHeight ? top : this.list.scrollHeight;
  }

  /** Show what this person sees in a channel, or in a thread of it. */
  draw(channel, threadTs = null) {
    const { store, place } = this.window;
    const messages = store.seen(channel.id, place.person, threadTs);
    const replies = threadTs === null ? store.replies(channel.id) : new Map();
    const where = [place.person, channel.id, threadTs].join();
    const moved = where !== this.shown;
    this.shown = where;
    if (moved || !messages.some((message) => message.ts === this.editing && this.isOwn(message))) this.editing = null;
    const typedIn = this.typedIn();
    const last = messages.at(-1)?.ts;
    const hasNew = last !== this.last;
    this.last = last;
    const { atEnd } = this;
    const entries = messages.map((message, index) => {
      const thread = replies.get(message.ts) ?? [];
      const follows = index > 0 && continues(messages[index - 1], message);
      const chosen = store.choicesIn(message, place.person);
      const parts = [where, numberOf(message), thread.length, thread.at(-1)?.ts, follows, chosen && numberOf(chosen)];
      // Text that is being typed stays, whatever changes around it.
      const isHeld = typedIn?.message === message && !moved;
      const version = message.ts === this.editing ? `${where},editing` : isHeld ? typedIn.version : parts.join();
      return { key: message.ts, version, item: { message, thread, follows } };
    });
    reconcile(this.list, entries, (item) => this.message(item, threadTs));
    const isOwn = messages.at(-1)?.user_id === place.person;
    if (moved || (hasNew && (atEnd || isOwn || this.pressed))) this.scrollToEnd();
    if (moved || hasNew) this.pressed = false;
    this.atEnd = this.isAtEnd() || (hasNew && atEnd);
  }

  /** The item in which a field of an app has the focus; undefined without one. */
  typedIn() {
    const field = document.activeElement;
    const isField = this.list.contains(field) && field.matches("textarea, input:not([type=checkbox], [type=radio])");
    return isField && !field.closest(".editor") ? field.closest("[data-key]") : undefined;
  }

  /** Begin to edit this person's last message here; returns whether there is one. */
  editLast() {
    const own = [...this.list.children].map((item) => item.message).filter((message) => this.isOwn(message));
    if (!own.length) return false;
    this.edit(own.at(-1));
    return true;
  }

  message({ message, thread, follows }, threadTs) {
    const { store, place } = this.window;
    const author = store.users.get(message.user_id);
    const name = author?.real_name ?? (message.subtype === "tombstone" ? "Deleted" : "Another app");
    const isApp = message.bot_id !== null;
    const item = h(
      "li",
      { class: ["message", isApp && "app", follows && "follows", message.ephemeral_to && "ephemeral"].filter(Boolean).join(" "), tabindex: "-1" },
      h("span", { class: `avatar ${isApp ? "of-app" : `of-${(store.people.findIndex(({ id }) => id === message.user_id) + 3) % 3}`}`, "aria-hidden": "true" }, initials(name)),
      h(
        "div",
        { class: "said" },
        h(
          "p",
          { class: "who" },
          h("strong", {}, name),
          isApp && h("span", { class: "badge" }, "App"),
          time(message.ts),
          message.ephemeral_to && h("span", { class: "note" }, "Only visible to you"),
        ),
        message.ts === this.editing ? this.editor(message) : this.body(message),
        thread.length > 0 && this.threadLink(message, thread),
      ),
      message.ts !== this.editing && this.tools(message, threadTs),
    );
    item.message = message;
    return item;
  }

  body(message) {
    const { store, place, request, report } = this.window;
    const edited = message.edited_ts && h("span", { class: "note" }, " (edited)");
    const files = message.files.map((file) => h("p", { class: "note" }, `File: ${file.name ?? file.title ?? file.id}`));
    if (!message.blocks.length) {
      const text = message.subtype === "channel_join" || message.subtype === "tombstone" ? "note" : "words";
      return h("div", { class: "body" }, h("div", { class: text }, mrkdwn(message.text, store), edited), files);
    }
    const surface = {
      store,
      person: place.person,
      key: message.ts,
      value: (blockId, actionId) => store.choicesIn(message, place.person)?.values[blockId]?.[actionId],
      // A field of a message that waits for Enter is reported then.
      keep: async (block_id, action_id, value) => {
        const { dispatch_action } = message.blocks.find((block) => block.block_id === block_id) ?? {};
        if (!dispatch_action) await surface.act(block_id, action_id, value);
      },
      act: async (block_id, action_id, value) => {
        this.pressed = true;
        return report(await request({ do: "act", channel: message.channel_id, ts: message.ts, block_id, action_id, value }));
      },
    };
    return h("div", { class: "body" }, blocks(message.blocks, surface), edited, files);
  }

  threadLink(message, thread) {
    const open = () => this.window.openThread(message.ts);
    const count = `${thread.length} ${thread.length === 1 ? "reply" : "replies"}`;
    return h("button", { type: "button", class: "thread-link", "data-focus": `thread|${message.ts}`, onclick: open }, count);
  }

  tools(message, threadTs) {
    const { store, request, report } = this.window;
    if (message.ephemeral_to || message.subtype === "tombstone") return null;
    const tool = (name, act) =>
      h("button", { type: "button", class: "tool", "data-focus": `${name}|${message.ts}`, onclick: act }, name);
    const about = { channel: message.channel_id, ts: message.ts };
    const shortcuts = store.app.shortcuts
      .filter(({ kind }) => kind === "message")
      .map(({ name, callback_id }) =>
        tool(name, async () => report(await request({ do: "shortcut", callback_id, ...about }))),
      );
    const reply = () => this.window.openThread(message.thread_ts ?? message.ts);
    const tools = [
      ...(threadTs === null && !message.subtype ? [tool("Reply in thread", reply)] : []),
      ...shortcuts,
      ...(this.isOwn(message) ? [tool("Edit", () => this.edit(message)), tool("Delete", () => this.remove(message))] : []),
    ];
    return tools.length > 0 && h("div", { class: "tools", role: "group", "aria-label": "Message actions" }, tools);
  }

  isOwn(message) {
    return message?.user_id === this.window.place.person && !message.subtype && !message.bot_id && !message.ephemeral_to;
  }

  edit(message) {
    this.editing = message.ts;
    this.window.redraw();
    const field = this.list.querySelector(".editor textarea");
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  editor(message) {
    const { store, request, report } = this.window;
    const field = h("textarea", { "aria-label": "Edit message", rows: "2", maxlength: LONGEST_MESSAGE, "data-focus": `editor|${message.ts}` });
    field.value = typed(message.text, store);
    const leave = () => {
      this.editing = null;
      this.window.redraw();
      this.window.focusComposer(this.list);
    };
    const save = async () => {
      const result = await request({ do: "edit", channel: message.channel_id, ts: message.ts, text: field.value });
      if (!report(result)) return;
      leave();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        leave();
      }
    });
    return h(
      "div",
      { class: "editor" },
      field,
      h("button", { type: "button", class: "button", onclick: leave }, "Cancel"),
      h("button", { type: "button", class: "button primary", onclick: save }, "Save"),
    );
  }

  async remove(message) {
    const { store, request, report } = this.window;
    const sure = await ask({
      title: "Delete this message?",
      text: h("blockquote", {}, mrkdwn(message.text, store)),
      yes: "Delete",
      no: "Keep",
      danger: true,
    });
    if (!sure) return;
    report(await request({ do: "delete", channel: message.channel_id, ts: message.ts }));
  }
}

/** Whether a message is by the same author, soon after. */
function continues(before, message) {
  const sameAuthor = before.user_id === message.user_id && before.bot_id === message.bot_id;
  const ordinary = !message.bot_id && !before.subtype && !message.subtype && !before.ephemeral_to && !message.ephemeral_to;
  return sameAuthor && ordinary && message.ts - before.ts < GROUPED_SECONDS;
}

function initials(name) {
  const words = name.split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word.charAt(0)).join("").toUpperCase();
}

function time(ts) {
  const moment = new Date(Number(ts) * 1000);
  const clock = moment.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
  return h("time", { datetime: moment.toISOString(), title: moment.toLocaleString() }, clock);
}
