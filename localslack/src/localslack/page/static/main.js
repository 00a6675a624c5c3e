// The page: one window on the workspace, used by one person at a time.

import { spokenText } from "./blocks.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { announce, fill, h, tell } from "./dom.js";
import { drawRecords } from "./inspector.js";
import { Messages } from "./messages.js";
import { loadEmoji, plainText, unescape } from "./mrkdwn.js";
import { Place, Store } from "./store.js";
import { drawHome, Modals } from "./views.js";

const NARROW = matchMedia("(max-width: 860px)");
const SPOKEN_CHARACTERS = 400;
const PROBLEM_SHOWN_MS = 10_000;
const UNREAD = "unread";

const element = (id) => document.getElementById(id);

class Window {
  constructor() {
    this.store = new Store();
    this.loaded = false;
    this.connected = true;
    // Person and channel, joined by "|".
    this.unread = new Set(JSON.parse(sessionStorage.getItem(UNREAD) ?? "[]"));
    this.problem = null;
    // What gets the focus once the page has been drawn after going elsewhere.
    this.focusNext = null;
    // The Home tab whose opening was last reported to the app, as person and channel.
    this.homeOpened = null;
    // The message last posted from this window; when the app answers it in its thread, the thread opens.
    this.asked = null;
    this.place = new Place(() => this.moved());
    this.channelMessages = new Messages(element("messages"), this);
    this.threadMessages = new Messages(element("thread-messages"), this);
    this.composer = new Composer(element("composer"), {
      id: "composer-text",
      window: this,
      send: (text) => this.send(text, null),
      editLast: () => this.channelMessages.editLast(),
    });
    this.threadComposer = new Composer(element("thread-composer"), {
      id: "thread-text",
      window: this,
      send: (text) => this.send(text, this.place.thread),
      editLast: () => this.threadMessages.editLast(),
    });
    this.modals = new Modals(this);
    this.redraw = this.redraw.bind(this);
    this.request = this.request.bind(this);
    this.report = this.report.bind(this);
    this.listen();
    this.connection = new Connection(
      (message) => this.receive(message),
      (connected) => this.reached(connected),
    );
  }

  listen() {
    document.querySelector(".skip").addEventListener("click", (event) => {
      // The address says where this window is, so a link within the page must not change it.
      event.preventDefault();
      this.composer.focus();
    });
    element("person").addEventListener("change", ({ target }) => this.play(target.value));
    element("close-thread").addEventListener("click", () => this.closeThread());
    element("inspect").addEventListener("click", () => this.place.go({ inspecting: !this.place.inspecting }));
    element("close-inspector").addEventListener("click", () => {
      this.place.go({ inspecting: false });
      element("inspect").focus();
    });
    element("next-steps").addEventListener("click", () => this.tellNextSteps());
    element("menu").addEventListener("click", () => this.showSidebar(element("menu").getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.escape());
  }

  escape() {
    if (document.querySelector("dialog[open]")) return;
    if (element("menu").getAttribute("aria-expanded") === "true") {
      this.showSidebar(false);
      element("menu").focus();
    } else if (this.place.thread) this.closeThread();
  }

  // From the workspace

  receive(message) {
    if (message.type === "snapshot") {
      this.store.load(message);
      this.loaded = true;
      this.homeOpened = null;
      this.place.settle(this.store);
    } else {
      this.store.apply(message);
      this.note(message);
      if (message.kind === "message_posted") this.followAnswer();
    }
    if (message.kind === "traffic_recorded") this.scheduleRecords();
    else this.scheduleRedraw();
  }

  /** Mark the app's messages as unread and announce them. */
  note({ kind, subject }) {
    const spoken = ["message_posted", "message_changed", "ephemeral_shown", "ephemeral_changed"].includes(kind);
    if (kind === "notice_changed" && subject.text) announce(subject.text, { urgent: subject.level === "error" });
    if (!spoken || subject.user_id === this.place.person) return;
    const isForMe = subject.ephemeral_to === null || subject.ephemeral_to === this.place.person;
    const channel = this.store.channels.get(subject.channel_id);
    if (!isForMe || !channel?.members.includes(this.place.person)) return;
    const isNew = kind === "message_posted" || kind === "ephemeral_shown";
    if (isNew && subject.channel_id !== this.place.channel) this.mark(subject.channel_id, true);
    if (subject.subtype === "tombstone") return;
    const name = this.store.users.get(subject.user_id)?.real_name ?? "Another app";
    const where = subject.thread_ts ? " in a thread" : "";
    const words = unescape(subject.text || spokenText(subject.blocks)).slice(0, SPOKEN_CHARACTERS);
    announce(`${name}${where}: ${plainText(words)}`);
  }

  unreadKey(channelId) {
    return `${this.place.person}|${channelId}`;
  }

  /** Mark a channel as unread or read for the present person; a reload of the window keeps that. */
  mark(channelId, isUnread) {
    const key = this.unreadKey(channelId);
    if (this.unread.has(key) === isUnread) return;
    if (isUnread) this.unread.add(key);
    else this.unread.delete(key);
    sessionStorage.setItem(UNREAD, JSON.stringify([...this.unread]));
  }

  reached(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    announce(connected ? "Connected again." : "The connection to the workspace is lost. Trying again.", { urgent: !connected });
    this.scheduleRedraw();
  }

  // What the person does

  /** Send a request to the workspace as the present person. */
  request(request) {
    return this.connection.request({ as: this.place.person, ...request });
  }

  /** Show what went wrong, if anything; returns whether the request succeeded. */
  report({ error }) {
    clearTimeout(this.problemTimer);
    this.problem = error ?? null;
    if (error && this.modals.dialog) {
      this.problem = null;
      this.modals.tell(error);
      announce(error, { urgent: true });
    } else if (error) {
      announce(error, { urgent: true });
      this.problemTimer = setTimeout(() => this.report({ error: null }), PROBLEM_SHOWN_MS);
    }
    this.drawNotices();
    return !error;
  }

  async send(text, thread_ts) {
    const { channel } = this.place;
    const command = /^\/([\w-]+)(?:\s+([\s\S]*))?$/.exec(text);
    if (command) {
      return this.report(
        await this.request({ do: "command", channel, command: `/${command[1]}`, text: command[2] ?? "", thread_ts }),
      );
    }
    const posted = await this.request({ do: "post", channel, text, thread_ts });
    if (!this.report(posted)) return false;
    if (!thread_ts && channel === this.place.channel) {
      this.asked = posted.ts;
      this.followAnswer();
    }
    return true;
  }

  /** Open the thread in which the app answers the message just posted here; not on a phone, where it hides the channel. */
  followAnswer() {
    const replies = this.store.replies(this.place.channel).get(this.asked) ?? [];
    if (NARROW.matches || !replies.some(({ bot_id }) => bot_id)) return;
    this.place.go({ thread: this.asked });
  }

  play(person) {
    const own = this.store.directChannel(this.place.person)?.id;
    const inDirect = this.place.channel === own;
    const channel = inDirect ? this.store.directChannel(person).id : this.place.channel;
    this.place.go({ person, channel });
  }

  openThread(ts) {
    this.focusNext = () => this.threadComposer.focus();
    // Without a change of the address, nothing would be drawn.
    if (this.place.thread === ts) this.moved();
    else this.place.go({ thread: ts });
  }

  closeThread() {
    const link = `[data-focus="${CSS.escape(`thread|${this.place.thread}`)}"]`;
    this.focusNext = () => (document.querySelector(link) ?? this.composer).focus();
    this.place.go({ thread: null });
  }

  /** Leave a thread whose messages are gone. */
  leaveLostThread() {
    const { activeElement } = document;
    if (element("thread").contains(activeElement)) this.focusNext = () => this.composer.focus();
    announce("The thread is gone; its messages were deleted.");
    this.place.go({ thread: null });
  }

  focusComposer(list) {
    (list === element("thread-messages") ? this.threadComposer : this.composer).focus();
  }

  showSidebar(shown) {
    element("menu").setAttribute("aria-expanded", String(shown));
    element("sidebar").classList.toggle("open", shown);
    if (shown) element("person").focus();
  }

  tellNextSteps() {
    const steps = this.store.content.next_steps;
    const list = steps.length ? h("ol", {}, steps.map((step) => h("li", {}, step))) : h("p", {}, "Install the app from its manifest.");
    tell("From here to real Slack", h("p", {}, "This workspace lives in one process on this machine and is gone when it ends."), list);
  }

  // Drawing

  moved() {
    if (!this.loaded) return;
    this.asked = null;
    this.place.settle(this.store);
    this.showSidebar(false);
    this.redraw();
    this.focusNext?.();
    this.focusNext = null;
  }

  scheduleRecords() {
    if (this.recordsScheduled || !this.place.inspecting) return;
    this.recordsScheduled = true;
    requestAnimationFrame(() => {
      this.recordsScheduled = false;
      this.drawInspector();
    });
  }

  /** Draw once for all changes that arrive together. */
  scheduleRedraw() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.redraw();
    });
  }

  currentChannel() {
    return this.store.channels.get(this.place.channel);
  }

  redraw() {
    this.drawNotices();
    if (!this.loaded) return;
    this.mark(this.place.channel, false);
    this.drawSidebar();
    this.drawPlace();
    this.drawThread();
    this.drawInspector();
    this.modals.draw();
    document.title = `${this.titleOf(this.currentChannel())} – Local workspace`;
  }

  titleOf(channel) {
    return channel.kind === "im" ? this.store.bot.real_name : `#${channel.name}`;
  }

  drawNotices() {
    const lost = !this.connected && { level: "error", text: "The connection to the workspace is lost. Trying again …" };
    const problem = this.problem && { level: "error", text: this.problem, close: () => this.report({ error: null }) };
    const own = [...(this.store.notices?.values() ?? [])].map((notice) => ({
      ...notice,
      close: notice.level === "info" && (() => { this.store.notices.delete(notice.key); this.drawNotices(); }),
    }));
    const drawn = [lost, ...own, problem].filter(Boolean).map(({ level, text, close }) =>
      h("p", { class: `notice ${level}` }, text, close && h("button", { type: "button", class: "quiet", onclick: close }, "Close")),
    );
    fill(element("notices"), drawn);
  }

  drawSidebar() {
    const { store, place } = this;
    const picker = element("person");
    if (picker.options.length !== store.people.length) {
      fill(picker, store.people.map(({ id, real_name }) => h("option", { value: id }, real_name)));
    }
    picker.value = place.person;
    const link = (channel) => {
      const isUnread = this.unread.has(this.unreadKey(channel.id));
      const attributes = {
        type: "button",
        class: isUnread ? "channel unread" : "channel",
        "aria-current": channel.id === place.channel ? "page" : null,
        "data-focus": `channel|${channel.id}`,
        onclick: () => this.openChannel(channel),
      };
      return h("li", {}, h("button", attributes, this.titleOf(channel), isUnread && h("span", { class: "badge" }, "new")));
    };
    fill(element("channels"), store.channelsOf(place.person).map(link));
    fill(element("apps"), [store.directChannel(place.person)].filter(Boolean).map(link));
  }

  async openChannel(channel) {
    if (NARROW.matches) this.focusNext = () => this.composer.focus();
    this.showSidebar(false);
    // On a phone the same channel may lie under the sidebar or a thread.
    if (channel.id === this.place.channel && !this.place.thread) this.moved();
    else this.place.go({ channel: channel.id, thread: null });
    if (channel.kind === "im" && this.store.app.messages_tab) await this.request({ do: "open_app", tab: "messages" });
  }

  drawPlace() {
    const { store, place } = this;
    const channel = this.currentChannel();
    const isDirect = channel.kind === "im";
    const isMember = channel.members.includes(store.bot.id);
    const onHome = isDirect && place.tab === "home" && store.app.home_tab;
    fill(element("place-title"), this.titleOf(channel));
    fill(element("place-about"), isDirect ? "Direct messages" : about(channel, store, isMember));
    fill(element("place-tools"), isDirect && store.app.home_tab && this.tabs(onHome), !isDirect && !isMember && this.addButton(channel));
    element("home").hidden = !onHome;
    element("messages").hidden = onHome;
    element("composer").hidden = onHome;
    if (onHome) this.showHome();
    else this.homeOpened = null;
    this.channelMessages.draw(channel);
    const name = isDirect ? store.bot.real_name : `#${channel.name}`;
    const closed = channel.is_archived
      ? "This channel is archived."
      : isDirect && !store.app.direct_messages
        ? "Messages to this app are turned off in its manifest."
        : null;
    this.composer.draw(`${place.person}|${channel.id}`, `Message ${name}`, closed);
    this.drawSamples(channel, isDirect, isMember && !onHome && closed === null);
  }

  /** Show the Home tab, and report it to the app each time a person opens it: by click, address or reload. */
  async showHome() {
    drawHome(element("home"), this);
    const shown = `${this.place.person}|${this.place.channel}`;
    if (this.homeOpened === shown || !this.connected) return;
    this.homeOpened = shown;
    this.report(await this.request({ do: "open_app", tab: "home" }));
  }

  tabs(onHome) {
    const tab = (name, id, selected) => {
      const open = async () => {
        this.place.go({ tab: id });
        if (id === "messages") this.report(await this.request({ do: "open_app", tab: id }));
      };
      const attributes = { type: "button", role: "tab", id: `tab-${id}`, "aria-selected": String(selected), onclick: open };
      return h("button", { ...attributes, "data-focus": `tab|${id}`, "aria-controls": id }, name);
    };
    return h("div", { role: "tablist", "aria-label": "App" }, tab("Home", "home", onHome), tab("Messages", "messages", !onHome));
  }

  addButton(channel) {
    const add = async () => this.report(await this.request({ do: "add_app", channel: channel.id }));
    return h("button", { type: "button", class: "button", "data-focus": "add", onclick: add }, `Add ${this.store.bot.real_name} to this channel`);
  }

  drawSamples(channel, isDirect, isShown) {
    const { store, place } = this;
    const said = store.seen(channel.id, place.person);
    const hasAsked = said.some(({ user_id }) => user_id === place.person);
    const questions = isShown && !hasAsked ? store.content.samples : [];
    const ask = (question) => async () => {
      if (this.asking) return;
      this.asking = true;
      this.composer.focus();
      await this.send(isDirect ? question : `@${store.bot.real_name} ${question}`, null);
      this.asking = false;
    };
    const buttons = questions.map((question) =>
      h("li", {}, h("button", { type: "button", class: "sample", "data-focus": question, onclick: ask(question) }, question)),
    );
    const isEmpty = !said.some(({ user_id, subtype }) => user_id !== store.bot.id && subtype === null);
    const lead = `${isEmpty ? "Nothing asked here yet. " : ""}Try one of these${isDirect ? "" : `; they mention @${store.bot.real_name}`}:`;
    fill(element("samples"), buttons.length > 0 && [h("p", { id: "samples-title" }, lead), h("ul", { "aria-labelledby": "samples-title" }, buttons)]);
  }

  drawThread() {
    const { store, place } = this;
    const channel = this.currentChannel();
    const isOpen = place.thread !== null && store.seen(channel.id, place.person, place.thread).length > 0;
    if (place.thread !== null && !isOpen) this.leaveLostThread();
    element("thread").hidden = !isOpen;
    document.body.classList.toggle("with-thread", isOpen);
    if (!isOpen) return;
    this.threadMessages.draw(channel, place.thread);
    this.threadComposer.draw(`${place.person}|${place.thread}`, "Reply in the thread", channel.is_archived ? "This channel is archived." : null);
  }

  drawInspector() {
    const shown = this.place.inspecting;
    element("inspect").setAttribute("aria-expanded", String(shown));
    element("inspector").hidden = !shown;
    document.body.classList.toggle("with-inspector", shown);
    if (shown) drawRecords(element("records"), this.store);
  }
}

function about(channel, store, isMember) {
  const name = store.bot.real_name;
  if (!isMember) return `${name} is not in this channel.`;
  return channel.about || `${name} is here. Mention @${name} to ask.`;
}

loadEmoji().finally(() => new Window());
