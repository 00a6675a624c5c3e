"""What a person writes in Slack's client: messages, edits and deletions; and joining a channel."""

from collections.abc import Iterable

from localslack.block_kit import limits
from localslack.client import markup
from localslack.errors import WorkspaceError
from localslack.events import Events
from localslack.manifest import AppManifest
from localslack.model import Channel, Message, Payload, User
from localslack.state import ChannelRef, State, UserRef
from localslack.unread import Unread


class Writing:
    """Lets people write where Slack's client would let them, and tells the app."""

    def __init__(self, *, manifest: AppManifest, state: State, events: Events, unread: Unread) -> None:
        self._manifest = manifest
        self._state = state
        self._events = events
        self._unread = unread

    def typed(self, text: str) -> str:
        """What Slack's client sends for a text as a person types it: see `markup.typed`."""
        people = {}
        for user in self._state.users.values():
            people[user.name] = people[user.real_name] = user.id
        channels = {channel.name: channel.id for channel in self._state.channels.values() if channel.name}
        return markup.typed(text, people=people, channels=channels)

    async def post(
        self,
        user: UserRef | None,
        channel: ChannelRef,
        text: str,
        *,
        thread_ts: str | None = None,
        subtype: str | None = None,
        files: Iterable[Payload] = (),
        blocks: Iterable[Payload] = (),
        attachments: Iterable[Payload] = (),
        bot_id: str | None = None,
        app_id: str | None = None,
    ) -> Message:
        """Write a message.

        Args:
            user: The author; None only together with ``bot_id``.
            channel: Where.
            text: With Slack's markup and escapes, as `typed` makes it.
            thread_ts: The thread to reply in; a reply's own ``ts`` means the thread it is in.
            subtype: Any that a test needs, such as ``thread_broadcast``; ``file_share`` by default with ``files``.
            files: Slack's file objects.
            blocks: Made by Slack's client for quotes and lists, or by an app.
            attachments: Such as a forwarded message.
            bot_id: Set when another app writes the message, on behalf of the user if there is one.
            app_id: The ``A...`` id of that app.

        Raises:
            WorkspaceError: Slack's client would not let this person write that there.
        """
        author = self._state.users.find(user) if user is not None else None
        place = self._state.channels.find(channel)
        self._refuse_unwritable(author, place, text)
        files = tuple(files)
        message = self._state.messages.post(
            place.id,
            text,
            user_id=author.id if author else None,
            thread_ts=self._parent_ts(place, thread_ts),
            subtype=subtype or ("file_share" if files else None),
            blocks=blocks,
            files=files,
            attachments=attachments,
            bot_id=bot_id,
            app_id=app_id,
        )
        self._unread.start_after(place.id, message.ts)
        self._events.posted(message)
        return message

    async def mention(self, user: UserRef, channel: ChannelRef, text: str, *, thread_ts: str | None = None) -> Message:
        """Write a message that begins with a mention of the bot; see `post`."""
        mention = f"<@{self._state.users.bot.id}> {text}".rstrip()
        return await self.post(user, channel, mention, thread_ts=thread_ts)

    async def direct_message(self, user: UserRef, text: str, *, thread_ts: str | None = None) -> Message:
        """Write a direct message to the bot; see `post`."""
        return await self.post(user, self._state.direct_channel(user), text, thread_ts=thread_ts)

    async def edit(self, message: Message, text: str) -> Message:
        """Edit a message as its author.

        Raises:
            WorkspaceError: The message has been deleted, or Slack's client would not let its author write that.
        """
        before = self._state.current(message)
        author = self._state.users.get(before.user_id or "")
        self._refuse_unwritable(author, self._state.channels.find(before.channel_id), text)
        after = self._state.messages.change(
            before, text=text, edited_by=before.user_id, edited_ts=self._state.ids.next_ts()
        )
        self._events.changed(before, after)
        return after

    async def delete(self, message: Message) -> None:
        """Delete a message as its author; the parent of a thread leaves a tombstone.

        Raises:
            WorkspaceError: The message was already deleted.
        """
        message = self._state.current(message)
        tombstone = self._state.messages.delete(message)
        if tombstone is None:
            self._events.deleted(message)
        else:
            self._events.changed(message, tombstone)

    async def join(self, user: UserRef, channel: ChannelRef) -> Message:
        """Add a person, or the bot, to a channel; returns the message that says so."""
        newcomer = self._state.users.find(user)
        place = self._state.channels.add_member(self._state.channels.find(channel).id, newcomer.id)
        message = self._state.messages.post(
            place.id,
            f"<@{newcomer.id}> has joined the channel",
            user_id=newcomer.id,
            subtype="channel_join",
        )
        self._events.joined(place, newcomer.id)
        self._events.posted(message)
        return message

    async def add_app(self, channel: ChannelRef) -> Message:
        """Add the app to a channel; returns the message that says so."""
        return await self.join(self._state.users.bot, channel)

    def _refuse_unwritable(self, author: User | None, channel: Channel, text: str) -> None:
        where = f"#{channel.name}" if channel.name else channel.id
        if channel.is_archived:
            raise WorkspaceError(f"{where} is archived.")
        if author is not None and author.id not in channel.members:
            raise WorkspaceError(f"{author.name} is not in {where}; join first.")
        if channel.kind == "im" and not self._manifest.direct_messages:
            raise WorkspaceError(
                "Sending messages to this app has been turned off: the manifest's features.app_home "
                "needs messages_tab_enabled on and messages_tab_read_only_enabled off."
            )
        if len(text) > limits.MESSAGE_TEXT_CHARACTERS:
            raise WorkspaceError(f"A message has at most {limits.MESSAGE_TEXT_CHARACTERS} characters.")

    def _parent_ts(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        message = self._state.messages.get(channel.id, thread_ts)
        if message is None:
            raise WorkspaceError(f"There is no message {thread_ts} in {channel.id} to reply to.")
        return message.thread_ts or message.ts
