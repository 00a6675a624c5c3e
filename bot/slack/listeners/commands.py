"""The slash command."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.service import SlackService

_ASKS_FOR_HELP = re.compile(r"\s*(help|\?)?\s*", re.IGNORECASE)


def register(app: AsyncApp, service: SlackService) -> None:
    """Register the listener for the slash command."""

    @app.command("/peo-vs-aso")
    async def answer_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        question = command.get("text") or ""
        needs_help = _ASKS_FOR_HELP.fullmatch(question) is not None
        reply = service.overview() if needs_help else service.reply(question, "command")
        # Inside the ack: the fastest way, and the only one that needs no further call to Slack.
        await ack(text=reply.text, blocks=reply.blocks, response_type="ephemeral")
