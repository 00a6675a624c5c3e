"""What people do under a reply: vote, say what they expected, look why. Nobody sees what others did."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreError
from bot.slack.messages.feedback import (
    EXPECTED,
    MOST_CHARACTERS,
    TOPIC,
    VOTE,
    WHY,
    WORDS,
    Grounds,
    as_message,
    expected_view,
    read_vote,
    why_view,
)
from bot.slack.messages.layout import Reply
from bot.slack.messages.notices import NOT_COUNTED, NOT_SAVED, THANKS
from bot.slack.messages.render import today
from bot.slack.payloads.place import Place
from bot.slack.screens import open_window
from bot.slack.sending import Person, notify_privately
from bot.slack.services import Services
from bot.store import Voter

log = structlog.get_logger()


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners for what is under a reply."""
    store, worker = services.store, services.worker

    def voter(context: AsyncBoltContext, body: dict[str, Any], question_id: str) -> Voter:
        team_id = Place.of(context).team_id
        return Voter(team_id, question_id, store.user_hash(team_id, body["user"]["id"]))

    @app.action(VOTE)
    async def take_vote(
        ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        vote = read_vote(str(action.get("value")))
        if vote is None:
            await ack()
            return
        async with worker.under_way():
            question_id, is_helpful = vote
            # Before the ack: where the store is away, Slack marks the button as failed.
            is_new = await store.vote(voter(context, body, question_id), is_helpful=is_helpful)
            await ack()
            if is_new is None:
                await notify_privately(client, Person.of(body), Reply(NOT_COUNTED, []))
                return
            if is_new:
                services.metrics.voted(is_helpful=is_helpful)
            if is_helpful or not store.retention_days:
                if is_new:
                    await notify_privately(client, Person.of(body), Reply(THANKS, []))
                return
            view = expected_view(services.knowledge, question_id, store.retention_days)
            await open_window(client, body, view, Reply(THANKS, []))

    @app.view(EXPECTED)
    async def take_report(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        # A form of an older version may lack a field.
        values = view["state"]["values"]
        option = values.get(TOPIC, {}).get(TOPIC, {}).get("selected_option")
        topic = option["value"] if option and option["value"] in services.knowledge.entries else None
        words = (values.get(WORDS, {}).get(WORDS, {}).get("value") or "").strip()[:MOST_CHARACTERS]
        if topic or words:
            try:
                is_kept = await store.report(voter(context, body, view["private_metadata"]), topic, words)
            except StoreError as error:
                log.error("report_not_kept", reason=str(error))
                await ack(response_action="errors", errors={WORDS: NOT_SAVED})
                return
            if not is_kept:
                await ack(response_action="errors", errors={WORDS: NOT_COUNTED})
                return
        await ack()

    @app.action(WHY)
    async def show_why(
        ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        grounds = Grounds.parse(str(action.get("value")))
        if grounds is not None:
            help_channel = services.help_channel(Place.of(context).team_id)
            view = why_view(grounds, services.knowledge, help_channel, today())
            async with worker.under_way():
                await open_window(client, body, view, as_message(view))
