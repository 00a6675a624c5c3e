"""The Home tab, and the topics that open from it and from one another."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.buttons import CHOOSE_TOPIC, SHOW_MORE, SHOW_STATES, SHOW_TOPIC, parse_topic_value
from bot.conversation.contents import Notice
from bot.errors import StoreError
from bot.slack.messages.answers import state_reply, states_reply
from bot.slack.messages.home import OPEN_TOPIC, SEARCH, home_view, modal_of, topic_reply
from bot.slack.messages.layout import Reply
from bot.slack.messages.render import render, today
from bot.slack.messages.states import OPEN_STATE
from bot.slack.payloads.place import Place
from bot.slack.payloads.questions import home_question
from bot.slack.screens import open_window, publish_home
from bot.slack.services import Services
from bot.versions import version_of

log = structlog.get_logger()

_TOPICS = re.compile(rf"(?:{OPEN_TOPIC}|{SHOW_TOPIC}|{CHOOSE_TOPIC}|{SHOW_MORE})(?::\d+)?")
_STATES = re.compile(rf"{SHOW_STATES}(?::\d+)?")


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners for the Home tab."""
    store, worker = services.store, services.worker

    def topic(value: str) -> Reply:
        """By the value of what opens it."""
        entry_id, places = parse_topic_value(value)
        entry = services.knowledge.entries.get(entry_id)
        return topic_reply(entry, services.knowledge, today(), places) if entry else render(Notice.GONE)

    def state(code: str) -> Reply:
        answer = services.answers.current.of_state(code)
        return state_reply(code, answer.entries, services.knowledge) if answer else render(Notice.GONE)

    def states(entry_id: str, *, is_view: bool) -> Reply:
        if entry_id not in services.knowledge.states:
            return render(Notice.GONE)
        return states_reply(services.knowledge.entries[entry_id], services.knowledge, is_view=is_view)

    @app.event("app_home_opened")
    async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        # The messages tab opens with the same event. Published at each look, so that nobody sees old knowledge.
        if event.get("tab") == "home":
            async with worker.under_way():
                view = home_view(services.knowledge, version_of("peo-aso"), store.retention_days)
                await publish_home(client, event["user"], view, has_one=bool(event.get("view")))

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
            content, outcome = services.replies.answer(question, text)
            reply = render(content)
            await open_window(client, body, modal_of(reply), reply)
            services.metrics.answered(content.answer.kind, "home", 0.0, is_miss=outcome.miss is not None)
            try:
                await store.record(question, outcome, [])
            except StoreError as error:
                log.error("answer_not_recorded", reason=str(error), team=question.team_id)

    # `bot.slack.intake` takes the same buttons under a message.
    @app.action(_TOPICS)
    async def open_topic(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        option = action.get("selected_option") or action
        async with worker.under_way():
            reply = topic(str(option.get("value")))
            await open_window(client, body, modal_of(reply), reply)

    @app.action(OPEN_STATE)
    async def open_state(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        async with worker.under_way():
            reply = state(str((action.get("selected_option") or {}).get("value")))
            await open_window(client, body, modal_of(reply), reply)

    @app.action(_STATES)
    async def open_states(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        async with worker.under_way():
            entry_id = str(action.get("value"))
            view = modal_of(states(entry_id, is_view=True))
            await open_window(client, body, view, states(entry_id, is_view=False))
