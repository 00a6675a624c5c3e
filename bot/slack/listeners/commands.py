"""The slash command."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import StoreError
from bot.slack.intake import command_question
from bot.slack.keys import command_keys
from bot.slack.metrics import Metrics
from bot.slack.service import SlackService
from bot.slack.worker import Worker
from bot.store import Outcome, Store

log = structlog.get_logger()

_ASKS_FOR_HELP = re.compile(r"\s*(help|\?)?\s*", re.IGNORECASE)


def register(app: AsyncApp, service: SlackService, worker: Worker, store: Store, metrics: Metrics) -> None:
    """Register the listener for the slash command."""

    @app.command("/peo-vs-aso")
    async def answer_command(ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext) -> None:
        async with worker.under_way():
            started = time.perf_counter()
            text = command.get("text") or ""
            question = command_question(command, context.team_id, context.enterprise_id, store.user_hash)
            if _ASKS_FOR_HELP.fullmatch(text):
                reply, outcome = service.overview(), Outcome("done")
            else:
                reply, outcome = service.reply(text, question)
            # Inside the ack: the fastest way, and the only one that needs no further call to Slack. The asker sees the
            # answer or Slack's own error, so that nothing is lost where the record is.
            await ack(text=reply.text, blocks=reply.blocks, response_type="ephemeral")
            kind, is_miss = outcome.kind or "help", outcome.miss is not None
            metrics.answered(kind, "command", time.perf_counter() - started, is_miss=is_miss)
            try:
                await store.record(question, outcome, command_keys(command))
            except StoreError as error:
                log.error("answer_not_recorded", reason=str(error), team=question.team_id)
