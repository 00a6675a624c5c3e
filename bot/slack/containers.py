"""Where somebody pressed something: the container of an interaction, and what Slack leaves out of it.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Container:
    """The message in which something was pressed; all None in a view.

    Attributes:
        message_ts: The message.
        thread_ts: Its thread; None where it is in none, or Slack does not say so.
        is_ephemeral: One person alone sees it.
    """

    channel_id: str | None
    message_ts: str | None
    thread_ts: str | None
    is_ephemeral: bool

    @classmethod
    def of(cls, interaction: Mapping[str, Any]) -> Container:
        """The container of an interaction; what it lacks is taken from the message and the channel beside it."""
        container, message, channel = (_mapping(interaction.get(key)) for key in ("container", "message", "channel"))
        return cls(
            container.get("channel_id") or channel.get("id"),
            container.get("message_ts") or message.get("ts"),
            container.get("thread_ts") or message.get("thread_ts"),
            bool(container.get("is_ephemeral")),
        )


def visible_thread(thread_ts: str | None, message_ts: str | None) -> str | None:
    """The thread in which one person can be shown something; None for the channel itself.

    Slack shows an ephemeral message only in a thread that somebody has replied in. A reply proves that; the first
    message of a thread stands in the channel, where people look.
    https://docs.slack.dev/reference/methods/chat.postEphemeral
    """
    return thread_ts if thread_ts != message_ts else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
