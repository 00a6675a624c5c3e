"""Which workspace a request comes from."""

from __future__ import annotations

from dataclasses import dataclass

from slack_bolt.context.async_context import AsyncBoltContext


@dataclass(frozen=True)
class Place:
    """The workspace that a request comes from.

    Attributes:
        team_id: The workspace; the organization's id for what happens in an organization as a whole.
        enterprise_id: The organization of the workspace, if it has one.
        bot_user_id: The bot there.
    """

    team_id: str
    enterprise_id: str | None
    bot_user_id: str | None

    @classmethod
    def of(cls, context: AsyncBoltContext) -> Place:
        """The place of a request that Bolt has authorized."""
        return cls(context.team_id or context.enterprise_id or "", context.enterprise_id, context.bot_user_id)
