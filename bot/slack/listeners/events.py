"""Mentions in channels, messages to the bot, and looks at its Home tab."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.sending import NO_UNFURL, send
from bot.slack.service import SlackService

# What a person writes; every other subtype is an edit, a deletion, a join or the like, and asks nothing.
# https://docs.slack.dev/reference/events/message
_ASKING_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})


def register(app: AsyncApp, service: SlackService) -> None:
    """Register the listeners for events."""

    @app.event("app_mention")
    async def answer_mention(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if not _is_new_question(event, body, service):
            return
        async with service.working():
            reply = service.reply(event.get("text") or "", "channel")
            thread_ts = event.get("thread_ts") or event["ts"]
            await send(client.chat_postMessage, reply, channel=event["channel"], thread_ts=thread_ts, **NO_UNFURL)

    @app.event("message")
    async def answer_direct_message(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        # A mention in a channel may arrive as a message too; there, only the mention is answered.
        if event.get("channel_type") != "im" or not _is_new_question(event, body, service):
            return
        async with service.working():
            reply = service.reply(event.get("text") or "", "dm")
            # Not `say`: in a thread of a DM it takes the bot for an assistant, reads the thread and adds metadata.
            thread_ts = event.get("thread_ts")
            await send(client.chat_postMessage, reply, channel=event["channel"], thread_ts=thread_ts, **NO_UNFURL)

    @app.event("app_home_opened")
    async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        # The messages tab opens with the same event. Published at each look, so that nobody sees old knowledge.
        if event.get("tab") == "home":
            async with service.working():
                await client.views_publish(user_id=event["user"], view=service.home())

    # Bolt acknowledges only what a listener takes; without this, Slack would retry every other event for minutes.
    @app.event(re.compile(".*"))
    async def acknowledge_anything_else() -> None: ...


def _is_new_question(event: dict[str, Any], body: dict[str, Any], service: SlackService) -> bool:
    """Whether a person asks here for the first time: not a bot, an edit, a redelivery or a second event for it."""
    if event.get("bot_id") or event.get("subtype") not in _ASKING_SUBTYPES:
        return False
    # An edited question arrives as a mention of its own; it was answered when it was first asked.
    if event.get("edited") or not event.get("user") or not event.get("ts"):
        return False
    is_new_event = service.once.is_first(("event", body.get("event_id") or event["ts"]))
    return service.once.is_first(("message", event.get("channel"), event["ts"])) and is_new_event
