"""The slash command."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.buttons import OFF, ON
from bot.conversation.idempotency import command_keys
from bot.errors import StoreError
from bot.slack.messages.answers import overview_reply
from bot.slack.messages.layout import Reply
from bot.slack.messages.listening import no_channel, no_group_channel, not_here, status
from bot.slack.messages.render import render
from bot.slack.payloads.place import Place
from bot.slack.payloads.questions import command_question
from bot.slack.services import Services
from bot.slack.web_api import failure_of
from bot.store import Outcome, Question, Store

log = structlog.get_logger()

_ASKS_FOR_HELP = re.compile(r"\s*(help|\?)?\s*", re.IGNORECASE)
_ASKS_TO_LISTEN = re.compile(r"\s*listen(?:\s+(on|off|status))?\s*", re.IGNORECASE)
# What Slack calls a group direct message: mpdm-maya--andre--priya-1.
_GROUP_DM_NAME = "mpdm-"
# Of the three that Slack gives a command.
_LOOK_SECONDS = 1.5


def register(app: AsyncApp, services: Services) -> None:
    """Register the listener for the slash command."""
    store = services.store

    @app.command("/peo-vs-aso")
    async def answer_command(
        ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        async with services.worker.under_way():
            started = time.perf_counter()
            text = command.get("text") or ""
            question = command_question(command, Place.of(context), store.user_hash)
            outcome = Outcome("done")
            if _ASKS_FOR_HELP.fullmatch(text):
                kind, reply = "help", overview_reply(services.knowledge)
            elif listening := _ASKS_TO_LISTEN.fullmatch(text):
                setting = (listening[1] or "status").casefold()
                is_group_dm = str(command.get("channel_name")).startswith(_GROUP_DM_NAME)
                reply = no_group_channel() if is_group_dm else await _listen(store, client, question, setting)
                kind = "listen"
            else:
                content, outcome = services.replies.answer(question, text)
                kind, reply = content.answer.kind, render(content)
            # Inside the ack: the fastest way, and the only one that needs no other call to Slack. The asker sees the
            # answer or Slack's own error, so nothing is lost if it cannot be recorded.
            await ack(text=reply.text, blocks=reply.blocks, response_type="ephemeral")
            is_miss = outcome.miss is not None
            services.metrics.answered(kind, "command", time.perf_counter() - started, is_miss=is_miss)
            try:
                await store.record(question, outcome, command_keys(command))
            except StoreError as error:
                log.error("answer_not_recorded", reason=str(error), team=question.team_id)


async def _listen(store: Store, client: AsyncWebClient, question: Question, setting: str) -> Reply:
    """Turn listening in a channel on or off, or say whether it is on."""
    if question.channel_id.startswith("D"):
        return no_channel()
    if setting == ON and not await _may_be_here(client, question.channel_id):
        return not_here()
    where = (question.team_id, question.channel_id)
    if setting in (ON, OFF):
        await store.switch_listening(*where, listens=setting == ON, user_id=question.user_id or "")
    return status(await store.channel_setting(*where))


async def _may_be_here(client: AsyncWebClient, channel_id: str) -> bool:
    """Whether the bot is in a channel; yes where Slack does not say in time."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            answer = await client.conversations_info(channel=channel_id)
    except SlackApiError as error:
        return failure_of(error).code != "channel_not_found"
    except (aiohttp.ClientError, TimeoutError, OSError):
        return True
    return bool(answer["channel"].get("is_member", True))
