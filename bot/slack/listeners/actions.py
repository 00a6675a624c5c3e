"""Buttons that ask nothing, such as links. The others never come here: `bot.slack.intake` takes them."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck


def register(app: AsyncApp) -> None:
    """Register the listener for buttons."""

    # A button of an older version of the bot may still stand in a channel.
    @app.action(re.compile(".*"))
    async def acknowledge_any_other_button(ack: AsyncAck) -> None:
        await ack()
