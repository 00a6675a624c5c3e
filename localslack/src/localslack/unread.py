"""The bot's messages that a test has not read yet."""

import asyncio

from localslack.model import Message
from localslack.state import ChannelRef, State
from localslack.state.changes import Publisher


class Unread:
    """Finds the bot's next message in a channel.

    Args:
        state: What the workspace holds.
        bot_id: ``B...`` of the bot.
        publisher: Says when something has changed.
    """

    def __init__(self, state: State, bot_id: str, publisher: Publisher) -> None:
        self._state = state
        self._bot_id = bot_id
        self._publisher = publisher
        # Channel id -> the ts after which messages are unread.
        self._read_up_to: dict[str, str] = {}

    def start_now(self, channel_id: str) -> None:
        """Count only messages that come from now on as unread: a person did something in the channel."""
        self.start_after(channel_id, self._state.ids.next_ts())

    def start_after(self, channel_id: str, ts: str) -> None:
        """Count only messages later than ``ts`` as unread."""
        self._read_up_to[channel_id] = ts

    async def next_message(
        self, channel: ChannelRef, thread_ts: str | None = None, timeout_seconds: float = 5.0
    ) -> Message:
        """Wait for the bot's next message that everybody in a channel sees.

        Next means: after the last thing that a person did there (wrote, clicked, ran a command), and after the last
        message that this returned for the channel.

        Args:
            channel: Where.
            thread_ts: Only in this thread; else in the channel or any of its threads.
            timeout_seconds: How long to wait.

        Raises:
            TimeoutError: None came in time.
        """
        channel_id = self._state.channels.find(channel).id
        changes = self._publisher.subscribe()
        try:
            async with asyncio.timeout(timeout_seconds):
                while (found := self._first(channel_id, thread_ts)) is None:
                    await anext(changes)
        except TimeoutError:
            where = f"thread {thread_ts} of {channel_id}" if thread_ts else channel_id
            raise TimeoutError(f"For {timeout_seconds} s the bot posted nothing in {where}.") from None
        finally:
            changes.close()
        self.start_after(channel_id, found.ts)
        return found

    def _first(self, channel_id: str, thread_ts: str | None) -> Message | None:
        read_up_to = self._read_up_to.get(channel_id, "")
        for message in self._state.messages.in_channel(channel_id):
            is_meant = message.bot_id == self._bot_id and thread_ts in (None, message.thread_ts)
            # Compared as text: until the year 2286 every ts has ten digits before the dot and six after it.
            if is_meant and message.ts > read_up_to:
                return message
        return None
