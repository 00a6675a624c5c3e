"""The messages that one person alone sees.

https://docs.slack.dev/reference/methods/chat.postEphemeral
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from localslack.model import Change, ChangeKind, Message, Payload
from localslack.state.ids import Ids
from localslack.state.messages import Messages

# A workspace that runs for days must not grow without bound, so the oldest messages are dropped.
EPHEMERALS_PER_CHANNEL_AND_USER = 200


class Ephemerals:
    """The ephemeral messages of the bot.

    Args:
        ids: Gives timestamps and ids.
        messages: The other messages, whose threads they may stand in.
        bot_user_id: ``U...`` of the bot, their author.
        bot_id: ``B...`` of the bot.
        observe: Called with every `Change`, at once.
    """

    def __init__(
        self, ids: Ids, messages: Messages, *, bot_user_id: str, bot_id: str, observe: Callable[[Change], None]
    ) -> None:
        self._ids = ids
        self._messages = messages
        self._bot_user_id = bot_user_id
        self._bot_id = bot_id
        self._observe = observe
        # (channel id, user id) -> ts -> message, oldest first.
        self._ephemerals: defaultdict[tuple[str, str], dict[str, Message]] = defaultdict(dict)

    def show(
        self,
        channel_id: str,
        user_id: str,
        text: str,
        *,
        blocks: Iterable[Payload] = (),
        thread_ts: str | None = None,
    ) -> Message:
        """Show a message of the bot to one person only; in a thread without replies, Slack shows it to nobody."""
        message = Message(
            channel_id=channel_id,
            ts=self._ids.next_ts(),
            text=text,
            user_id=self._bot_user_id,
            blocks=self._ids.with_ids(blocks),
            thread_ts=thread_ts,
            bot_id=self._bot_id,
            ephemeral_to=user_id,
        )
        if thread_ts is not None and not self._messages.replies(channel_id, thread_ts):
            return message
        shown = self._ephemerals[channel_id, user_id]
        shown[message.ts] = message
        if len(shown) > EPHEMERALS_PER_CHANNEL_AND_USER:
            self._tell("ephemeral_removed", shown.pop(next(iter(shown))))
        self._tell("ephemeral_shown", message)
        return message

    def change(self, message: Message, *, text: str, blocks: Iterable[Payload]) -> Message:
        """Replace the text and blocks of an ephemeral message."""
        changed = replace(message, text=text, blocks=self._ids.with_ids(blocks))
        self._siblings(message)[message.ts] = changed
        self._tell("ephemeral_changed", changed)
        return changed

    def remove(self, message: Message) -> None:
        """Remove an ephemeral message."""
        del self._siblings(message)[message.ts]
        self._tell("ephemeral_removed", message)

    def get(self, channel_id: str, user_id: str, ts: str) -> Message | None:
        """An ephemeral message in its present state; None when there is none."""
        return self._ephemerals.get((channel_id, user_id), {}).get(ts)

    def seen_by(self, channel_id: str, user_id: str) -> list[Message]:
        """The messages that one person alone sees in a channel, oldest first."""
        return list(self._ephemerals.get((channel_id, user_id), {}).values())

    def _siblings(self, message: Message) -> dict[str, Message]:
        return self._ephemerals[message.channel_id, message.ephemeral_to or ""]

    def _tell(self, kind: ChangeKind, message: Message) -> None:
        self._observe(Change(kind, message))
