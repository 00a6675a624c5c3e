// The content of the workspace as the server sends it, and which part this window shows.

// As many as the server sends to a window that opens.
const RECORDS_KEPT = 500;

function choicesKey({ channel_id, ts, user_id }) {
  return [channel_id, ts, user_id].join("|");
}

/** A copy of the workspace. Objects in it are replaced and never changed, so `===` shows what is new. */
export class Store {
  load(snapshot) {
    this.bot = snapshot.bot;
    this.app = snapshot.app;
    this.content = snapshot.content;
    this.people = snapshot.people;
    this.users = new Map([...snapshot.people, snapshot.bot].map((user) => [user.id, user]));
    this.channels = new Map(snapshot.channels.map((channel) => [channel.id, channel]));
    this.messages = new Map(snapshot.channels.map((channel) => [channel.id, new Map()]));
    for (const message of [...snapshot.messages, ...snapshot.ephemerals]) this.put(message);
    this.homes = new Map(snapshot.homes.map((view) => [view.user_id, view]));
    this.modals = snapshot.modals;
    this.records = new Map(snapshot.traffic.map((record) => [record.number, record]));
    this.choices = new Map(snapshot.choices.map((choices) => [choicesKey(choices), choices]));
    this.notices = new Map(snapshot.notices.map((notice) => [notice.key, notice]));
  }

  apply({ kind, subject }) {
    if (kind === "channel_changed") {
      this.channels.set(subject.id, subject);
      if (!this.messages.has(subject.id)) this.messages.set(subject.id, new Map());
    } else if (["message_posted", "message_changed", "ephemeral_shown", "ephemeral_changed"].includes(kind)) {
      this.put(subject);
    } else if (["message_deleted", "ephemeral_removed"].includes(kind)) {
      this.messages.get(subject.channel_id)?.delete(subject.ts);
    } else if (kind === "home_published") {
      this.homes.set(subject.user_id, subject);
    } else if (kind === "view_opened") {
      this.modals = [...this.modals, subject];
    } else if (kind === "view_changed") {
      if (subject.body.type === "home") this.homes.set(subject.user_id, subject);
      this.modals = this.modals.map((view) => (view.id === subject.id ? subject : view));
    } else if (kind === "view_closed") {
      this.modals = this.modals.filter((view) => view.id !== subject.id);
    } else if (kind === "traffic_recorded") {
      this.records.set(subject.number, subject);
      if (this.records.size > RECORDS_KEPT) this.records.delete(this.records.keys().next().value);
    } else if (kind === "choices_made") {
      this.choices.set(choicesKey(subject), subject);
    } else if (kind === "notice_changed") {
      if (subject.text) this.notices.set(subject.key, subject);
      else this.notices.delete(subject.key);
    }
  }

  put(message) {
    this.messages.get(message.channel_id)?.set(message.ts, message);
  }

  /** What a person has chosen in a message; undefined if nothing. */
  choicesIn(message, personId) {
    return this.choices.get(choicesKey({ ...message, user_id: personId }));
  }

  /** What this person sees in a channel, or in a thread of it, oldest first. */
  seen(channelId, personId, threadTs = null) {
    const all = [...(this.messages.get(channelId)?.values() ?? [])];
    return all
      .filter((message) => message.ephemeral_to === null || message.ephemeral_to === personId)
      .filter((message) =>
        threadTs === null
          ? message.thread_ts === null || message.subtype === "thread_broadcast"
          : message.ts === threadTs || message.thread_ts === threadTs,
      )
      .sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }

  /** The ts of a thread's parent -> the replies that everybody sees. */
  replies(channelId) {
    const replies = new Map();
    for (const message of this.messages.get(channelId)?.values() ?? []) {
      if (message.thread_ts === null || message.ephemeral_to !== null) continue;
      replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
    }
    return replies;
  }

  /** The first message in a channel that the app has answered in its thread; null where there is none. */
  answered(channelId) {
    const threads = [...this.replies(channelId)].filter(([, replies]) => replies.some(({ bot_id }) => bot_id));
    return threads.map(([ts]) => ts).sort()[0] ?? null;
  }

  directChannel(personId) {
    const both = [personId, this.bot.id];
    return [...this.channels.values()].find(
      (channel) => channel.kind === "im" && both.every((id) => channel.members.includes(id)),
    );
  }

  /** The conversations in this person's sidebar. */
  channelsOf(personId) {
    return [...this.channels.values()].filter(({ kind, members }) => kind !== "im" && members.includes(personId));
  }

  topModal(personId) {
    return this.modals.filter((view) => view.user_id === personId).at(-1) ?? null;
  }
}

/** Where this window is. The address holds it, so a reload, a bookmark and "Back" return to it. */
export class Place {
  constructor(onChange) {
    this.onChange = onChange;
    this.read();
    addEventListener("hashchange", () => this.moved());
  }

  moved() {
    this.read();
    this.onChange();
  }

  read() {
    const parts = new URLSearchParams(location.hash.slice(1));
    this.person = parts.get("as");
    this.channel = parts.get("in");
    this.thread = parts.get("thread");
    this.tab = parts.get("tab") === "home" ? "home" : "messages";
    this.inspecting = parts.has("inspect");
  }

  /** Go to another place. What is not named stays, but a thread closes with its channel. */
  go(changes) {
    const leaves = "channel" in changes && changes.channel !== this.channel;
    const next = { ...this, ...(leaves ? { thread: null, tab: "messages" } : {}), ...changes };
    const parts = new URLSearchParams();
    if (next.person) parts.set("as", next.person);
    if (next.channel) parts.set("in", next.channel);
    if (next.thread) parts.set("thread", next.thread);
    if (next.tab === "home") parts.set("tab", "home");
    if (next.inspecting) parts.set("inspect", "");
    const hash = `#${parts}`;
    if (hash === location.hash) return;
    // Setting the hash would draw the page only later, and lose what is typed meanwhile.
    history.pushState(null, "", hash);
    this.moved();
  }

  /** Where a new window starts: at the first answer of the app, if there is one. */
  settle(store) {
    const isNew = this.channel === null;
    const person = store.people.find(({ id }) => id === this.person) ?? store.people[0];
    const open = [...store.channelsOf(person.id), store.directChannel(person.id)].filter(Boolean);
    const asked = open.find(({ id, name }) => id === this.channel || (name && name === this.channel));
    const channel = asked ?? open.find(({ members, name }) => members.includes(store.bot.id) && name !== "general") ?? open[0];
    if (person.id === this.person && channel.id === this.channel) return;
    const parts = new URLSearchParams(location.hash.slice(1));
    parts.set("as", person.id);
    parts.set("in", channel.id);
    if (!asked) parts.delete("thread");
    const thread = isNew && store.answered(channel.id);
    if (thread) parts.set("thread", thread);
    history.replaceState(null, "", `#${parts}`);
    this.read();
  }
}
