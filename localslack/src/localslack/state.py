"""The conversations of a workspace: who is in them and what has been said. No input or output.

Every change is told to one observer, so that a page or a terminal can follow along.
"""

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from localslack.block_kit import with_ids
from localslack.errors import WorkspaceError
from localslack.model import Blocks, Change, ChangeKind, Channel, ChannelKind, Message, Payload, User

# A workspace that runs for days must not grow without bound; the oldest messages go first.
MESSAGES_PER_CHANNEL = 2_000
EPHEMERALS_PER_CHANNEL_AND_USER = 200

TOMBSTONE_TEXT = "This message was deleted."
TOMBSTONE_USER_ID = "USLACKBOT"


class WorkspaceState:
    """Users, channels and messages, changed only through its methods.

    Args:
        bot: The bot user of the app under test.
        bot_id: Its ``B...`` id.
        clock: Seconds since the epoch; a message's ``ts`` comes from it.
        observe: Called with every `Change`, at once.
    """

    def __init__(
        self,
        *,
        bot: User,
        bot_id: str,
        clock: Callable[[], float],
        observe: Callable[[Change], None],
    ) -> None:
        self.bot = bot
        self.bot_id = bot_id
        self.users: dict[str, User] = {bot.id: bot}
        self.channels: dict[str, Channel] = {}
        self._clock = clock
        self._observe = observe
        self._last_ts_micros = 0
        self._numbers = itertools.count(1)
        # Channel id -> ts -> message, oldest first.
        self._messages: dict[str, dict[str, Message]] = {}
        # Channel id -> ts of the parent -> ts of the replies, oldest first.
        self._replies: dict[str, dict[str, list[str]]] = {}
        self._ephemerals: dict[tuple[str, str], dict[str, Message]] = {}

    # People and channels

    def add_user(self, user: User) -> User:
        """Add a person to the workspace."""
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, kind: ChannelKind, members: Iterable[str], *, id: str | None = None) -> Channel:
        """Open a conversation; without an ``id`` it gets the next free one."""
        channel = Channel(
            id=id or self.new_id("D" if kind == "im" else "C"),
            name=name,
            kind=kind,
            members=frozenset(members),
            created=int(self._clock()),
        )
        self._messages[channel.id] = {}
        self._replies[channel.id] = {}
        return self._put_channel(channel)

    def add_member(self, channel_id: str, user_id: str) -> Channel:
        """Let a user into a channel."""
        channel = self.channels[channel_id]
        return self._put_channel(replace(channel, members=channel.members | {user_id}))

    def is_shared(self, channel_id: object) -> bool:
        """Whether somebody of another organization is in the channel."""
        channel = self.channels.get(channel_id) if isinstance(channel_id, str) else None
        return channel is not None and any(self.users[one].team_id for one in channel.members if one in self.users)

    def archive(self, channel_id: str) -> Channel:
        """Archive a channel: it can be read, and nobody can post."""
        return self._put_channel(replace(self.channels[channel_id], is_archived=True))

    def describe(self, channel_id: str, about: str) -> Channel:
        """Say in the header of a channel what the app does there."""
        return self._put_channel(replace(self.channels[channel_id], about=about))

    def direct_channel(self, user_id: str) -> Channel | None:
        """The direct message channel of a person and the bot; None when there is none."""
        both = {user_id, self.bot.id}
        channels = self.channels.values()
        return next((one for one in channels if one.kind == "im" and one.members == both), None)

    def is_bot_member(self, channel_id: str) -> bool:
        """Whether the bot is in the channel."""
        return self.bot.id in self.channels[channel_id].members

    def _put_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self._tell("channel_changed", channel)
        return channel

    # Messages that everybody in the channel sees

    def post(
        self,
        channel_id: str,
        text: str,
        *,
        user_id: str | None,
        blocks: Iterable[Payload] = (),
        thread_ts: str | None = None,
        subtype: str | None = None,
        bot_id: str | None = None,
        app_id: str | None = None,
        files: Iterable[Payload] = (),
        attachments: Iterable[Payload] = (),
        metadata: Payload | None = None,
    ) -> Message:
        """Add a message to a channel, or to a thread of it."""
        message = Message(
            channel_id=channel_id,
            ts=self.next_ts(),
            text=text,
            user_id=user_id,
            blocks=self.with_ids(blocks),
            thread_ts=thread_ts,
            subtype=subtype,
            bot_id=bot_id,
            app_id=app_id,
            files=tuple(files),
            attachments=tuple(attachments),
            metadata=metadata,
            client_msg_id=None if bot_id or subtype else str(uuid.uuid4()),
        )
        self._messages[channel_id][message.ts] = message
        if thread_ts is not None:
            self._replies[channel_id].setdefault(thread_ts, []).append(message.ts)
        self._drop_oldest(channel_id)
        self._tell("message_posted", message)
        return message

    def change(self, message: Message, **fields: Any) -> Message:
        """Put a changed copy of a message in its place; the fields are those of `Message`."""
        changed = replace(message, **fields)
        self._messages[message.channel_id][message.ts] = changed
        self._tell("message_changed", changed)
        return changed

    def delete(self, message: Message) -> Message | None:
        """Take a message away.

        Returns:
            None; for the parent of a thread, the tombstone that keeps its place.
        """
        if self.replies(message.channel_id, message.ts):
            return self.change(
                message,
                text=TOMBSTONE_TEXT,
                user_id=TOMBSTONE_USER_ID,
                subtype="tombstone",
                blocks=(),
                bot_id=None,
                app_id=None,
                files=(),
                attachments=(),
                metadata=None,
            )
        del self._messages[message.channel_id][message.ts]
        if message.thread_ts is not None:
            self._forget_reply(message.channel_id, message.thread_ts, message.ts)
        self._tell("message_deleted", message)
        return None

    def message(self, channel_id: str, ts: str) -> Message | None:
        """A message as it stands; None when there is none."""
        return self._messages.get(channel_id, {}).get(ts)

    def messages(self, channel_id: str) -> list[Message]:
        """All messages of a channel, replies among them, oldest first."""
        return list(self._messages[channel_id].values())

    def replies(self, channel_id: str, thread_ts: str) -> list[Message]:
        """The replies in a thread, without its parent, oldest first."""
        stored = self._messages[channel_id]
        return [stored[ts] for ts in self._replies[channel_id].get(thread_ts, ())]

    def _drop_oldest(self, channel_id: str) -> None:
        stored = self._messages[channel_id]
        while len(stored) > MESSAGES_PER_CHANNEL:
            oldest = stored.pop(next(iter(stored)))
            if oldest.thread_ts is not None:
                self._forget_reply(channel_id, oldest.thread_ts, oldest.ts)
            self._tell("message_deleted", oldest)

    def _forget_reply(self, channel_id: str, thread_ts: str, ts: str) -> None:
        replies = self._replies[channel_id][thread_ts]
        replies.remove(ts)
        if not replies:
            del self._replies[channel_id][thread_ts]

    # Messages that one person sees

    def show_ephemeral(
        self,
        channel_id: str,
        user_id: str,
        text: str,
        *,
        blocks: Iterable[Payload] = (),
        thread_ts: str | None = None,
    ) -> Message:
        """Show a message of the bot to one person only; in a thread without replies, Slack shows it to nobody.

        https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        message = Message(
            channel_id=channel_id,
            ts=self.next_ts(),
            text=text,
            user_id=self.bot.id,
            blocks=self.with_ids(blocks),
            thread_ts=thread_ts,
            bot_id=self.bot_id,
            ephemeral_to=user_id,
        )
        if thread_ts is not None and not self.replies(channel_id, thread_ts):
            return message
        shown = self._ephemerals.setdefault((channel_id, user_id), {})
        shown[message.ts] = message
        if len(shown) > EPHEMERALS_PER_CHANNEL_AND_USER:
            self._tell("ephemeral_removed", shown.pop(next(iter(shown))))
        self._tell("ephemeral_shown", message)
        return message

    def change_ephemeral(self, message: Message, *, text: str, blocks: Iterable[Payload]) -> Message:
        """Put other words in the place of an ephemeral message."""
        changed = replace(message, text=text, blocks=self.with_ids(blocks))
        self._ephemerals_of(message)[message.ts] = changed
        self._tell("ephemeral_changed", changed)
        return changed

    def remove_ephemeral(self, message: Message) -> None:
        """Take an ephemeral message away."""
        del self._ephemerals_of(message)[message.ts]
        self._tell("ephemeral_removed", message)

    def ephemeral(self, channel_id: str, user_id: str, ts: str) -> Message | None:
        """An ephemeral message as it stands; None when there is none."""
        return self._ephemerals.get((channel_id, user_id), {}).get(ts)

    def ephemerals(self, channel_id: str, user_id: str) -> list[Message]:
        """What one person alone sees in a channel, oldest first."""
        return list(self._ephemerals.get((channel_id, user_id), {}).values())

    def _ephemerals_of(self, message: Message) -> dict[str, Message]:
        return self._ephemerals[message.channel_id, message.ephemeral_to or ""]

    # Either kind

    def current(self, message: Message) -> Message:
        """A message as it stands now.

        Raises:
            WorkspaceError: It has been deleted.
        """
        if message.ephemeral_to is not None:
            found = self.ephemeral(message.channel_id, message.ephemeral_to, message.ts)
        else:
            found = self.message(message.channel_id, message.ts)
        if found is None:
            raise WorkspaceError(f"Message {message.ts} in {message.channel_id} is not there any more.")
        return found

    # Ids and time

    def next_ts(self) -> str:
        """A ``ts`` from the clock, later than every one before it."""
        micros = max(int(self._clock() * 1_000_000), self._last_ts_micros + 1)
        self._last_ts_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that nothing else in the workspace has, such as ``V0LOCAL0012``."""
        return f"{prefix}0LOCAL{next(self._numbers):04d}"

    def with_ids(self, blocks: Iterable[dict[str, Any]]) -> Blocks:
        """Copy blocks, filling in the ids that Slack would make up."""
        return with_ids(blocks, self._made_up_ids())

    def _made_up_ids(self) -> Iterator[str]:
        while True:
            yield f"auto{next(self._numbers)}"

    def _tell(self, kind: ChangeKind, subject: object) -> None:
        self._observe(Change(kind, subject))
