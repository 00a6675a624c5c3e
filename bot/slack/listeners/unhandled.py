"""Acknowledges what no other listener takes: Slack would retry an event, and show an error for a button."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.services import Services

_ANY = re.compile(".*")


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners, after all others."""

    @app.event(_ANY)
    async def ignore_event() -> None:
        """Bolt acknowledges an event as soon as a listener matches."""

    # Links, and buttons of older versions of the bot that are still in a channel.
    @app.action(_ANY)
    async def acknowledge_action(ack: AsyncAck) -> None:
        await ack()
