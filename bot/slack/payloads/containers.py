"""Where a button was pressed: the container of an interaction, filled in where Slack leaves something out.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Container:
    """The message with the button; everything is None in a view.

    Attributes:
        thread_ts: The thread of the message; None outside threads.
    """

    channel_id: str | None
    message_ts: str | None
    thread_ts: str | None
    is_ephemeral: bool

    @classmethod
    def of(cls, interaction: Mapping[str, Any]) -> Container:
        """Read the container, falling back to the payload's ``message`` and ``channel``."""
        container, message, channel = (interaction.get(key) or {} for key in ("container", "message", "channel"))
        return cls(
            container.get("channel_id") or channel.get("id"),
            container.get("message_ts") or message.get("ts"),
            container.get("thread_ts") or message.get("thread_ts"),
            bool(container.get("is_ephemeral")),
        )


def visible_thread(thread_ts: str | None, message_ts: str | None) -> str | None:
    """The thread for an ephemeral message about a message; None for the channel itself.

    Slack shows ephemeral messages only in threads that have replies. If the message is itself a reply, the thread has
    one; a top-level message is seen in the channel anyway.
    https://docs.slack.dev/reference/methods/chat.postEphemeral
    """
    return thread_ts if thread_ts != message_ts else None
