"""The messages that everybody in a channel sees.

Every change is reported to one observer, so that a page or a terminal can follow along.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from localslack.model import Change, ChangeKind, Message, Payload
from localslack.state.ids import Ids

# A workspace that runs for days must not grow without bound, so the oldest messages are dropped.
MESSAGES_PER_CHANNEL = 2_000

TOMBSTONE_TEXT = "This message was deleted."
TOMBSTONE_USER_ID = "USLACKBOT"


class Messages:
    """The messages of all channels.

    Args:
        ids: Gives timestamps and ids.
        observe: Called with every `Change`, at once.
    """

    def __init__(self, ids: Ids, observe: Callable[[Change], None]) -> None:
        self._ids = ids
        self._observe = observe
        # Channel id -> ts -> message, oldest first.
        self._messages: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        # Channel id -> ts of the parent -> ts of the replies, oldest first.
        self._replies: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)

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
            ts=self._ids.next_ts(),
            text=text,
            user_id=user_id,
            blocks=self._ids.with_ids(blocks),
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
        """Replace fields of a message, named as in `Message`."""
        changed = replace(message, **fields)
        self._messages[message.channel_id][message.ts] = changed
        self._tell("message_changed", changed)
        return changed

    def delete(self, message: Message) -> Message | None:
        """Delete a message.

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

    def get(self, channel_id: str, ts: str) -> Message | None:
        """A message in its present state; None when there is none."""
        return self._messages.get(channel_id, {}).get(ts)

    def in_channel(self, channel_id: str) -> list[Message]:
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

    def _tell(self, kind: ChangeKind, message: Message) -> None:
        self._observe(Change(kind, message))
