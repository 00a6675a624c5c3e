"""The Home tab, and the topics that open from it and from one another."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreError
from bot.slack.blocks import CHOOSE_TOPIC, SHOW_MORE, SHOW_TOPIC
from bot.slack.intake import Place, home_question
from bot.slack.metrics import Metrics
from bot.slack.screens import open_window, publish_home
from bot.slack.service import SlackService
from bot.slack.states import OPEN_STATE, SHOW_STATES
from bot.slack.views import OPEN_TOPIC, SEARCH, modal_of
from bot.slack.worker import Worker
from bot.store import Store

log = structlog.get_logger()

_TOPICS = re.compile(rf"(?:{OPEN_TOPIC}|{SHOW_TOPIC}|{CHOOSE_TOPIC}|{SHOW_MORE})(?::\d+)?")
_STATES = re.compile(rf"{SHOW_STATES}(?::\d+)?")


def register(app: AsyncApp, service: SlackService, worker: Worker, store: Store, metrics: Metrics) -> None:
    """Register the listeners for the Home tab."""

    @app.event("app_home_opened")
    async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        # The messages tab opens with the same event. Published at each look, so that nobody sees old knowledge.
        if event.get("tab") == "home":
            async with worker.under_way():
                await publish_home(client, event["user"], service.home(), has_one=bool(event.get("view")))

    @app.action(SEARCH)
    async def search(
        ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        text = str(action.get("value") or "")
        if not text.strip():
            return
        async with worker.under_way():
            question = home_question(body, Place.of(context), store.user_hash)
            reply, outcome = service.reply(text, question)
            await open_window(client, body, modal_of(reply), reply)
            metrics.answered(outcome.kind or "home", "home", 0.0, is_miss=outcome.miss is not None)
            try:
                await store.record(question, outcome, [])
            except StoreError as error:
                log.error("answer_not_recorded", reason=str(error), team=question.team_id)

    # Under a message, the same buttons never come here: `bot.slack.intake` takes them.
    @app.action(_TOPICS)
    async def open_topic(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        option = action.get("selected_option") or action
        async with worker.under_way():
            reply = service.topic(str(option.get("value")))
            await open_window(client, body, modal_of(reply), reply)

    @app.action(OPEN_STATE)
    async def open_state(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        async with worker.under_way():
            reply = service.state(str((action.get("selected_option") or {}).get("value")))
            await open_window(client, body, modal_of(reply), reply)

    @app.action(_STATES)
    async def open_states(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        async with worker.under_way():
            entry_id = str(action.get("value"))
            await open_window(client, body, modal_of(service.states(entry_id, is_view=True)), service.states(entry_id))
