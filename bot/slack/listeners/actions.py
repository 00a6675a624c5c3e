"""Buttons under a reply."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW, SHOW_TOPIC, Reply, gone_text
from bot.slack.sending import NO_UNFURL, send
from bot.slack.service import SlackService


def register(app: AsyncApp, service: SlackService) -> None:
    """Register the listeners for buttons."""

    @app.action(re.compile(f"^{SHOW_TOPIC}:"))
    async def show_topic(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        await _add(service, body, service.topic(action["value"]), client, respond)

    @app.action(SHOW_MORE)
    async def show_more(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        await _add(service, body, service.more(action["value"]), client, respond)

    @app.action(SHOW_OVERVIEW)
    async def show_overview(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> None:
        await ack()
        await _add(service, body, service.overview(), client, respond)

    @app.action(re.compile(f"^{CHOOSE_TOPIC}:"))
    async def choose_topic(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        await ack()
        await _replace(service, body, service.topic(action["value"]), client, respond)

    # A button of an older version of the bot may still stand in a channel.
    @app.action(re.compile(".*"))
    async def acknowledge_unknown_button(ack: AsyncAck) -> None:
        await ack()


async def _add(
    service: SlackService, body: dict[str, Any], reply: Reply | None, client: AsyncWebClient, respond: AsyncRespond
) -> None:
    """Answer a click with one more message: for everybody under a message, for one person under an ephemeral one."""
    container, action = body["container"], body["actions"][0]
    channel, message_ts = container.get("channel_id"), container.get("message_ts")
    reply = reply or Reply(gone_text(), [])
    click = ("click", channel, message_ts, action["action_id"], action.get("value"))
    async with service.working(), service.once.attempt(click) as is_first:
        if not is_first:
            return
        if container.get("is_ephemeral"):
            await send(respond, reply, replace_original=False, response_type="ephemeral")
        else:
            await send(client.chat_postMessage, reply, channel=channel, thread_ts=_thread_of(container), **NO_UNFURL)


async def _replace(
    service: SlackService, body: dict[str, Any], reply: Reply | None, client: AsyncWebClient, respond: AsyncRespond
) -> None:
    """Turn the message with the choices into the answer. The first click counts, whoever else clicks after it."""
    container = body["container"]
    channel, message_ts = container.get("channel_id"), container.get("message_ts")
    reply = reply or Reply(gone_text(), [])
    async with service.working(), service.once.attempt(("choice", channel, message_ts)) as is_first:
        if not is_first:
            return
        if container.get("is_ephemeral"):
            await send(respond, reply, replace_original=True, response_type="ephemeral")
        else:
            await send(client.chat_update, reply, channel=channel, ts=message_ts)


def _thread_of(container: dict[str, Any]) -> str | None:
    """The thread that the message stands in; under a message of its own in a channel, a thread begins."""
    thread_ts = container.get("thread_ts")
    is_direct = str(container.get("channel_id", "")).startswith("D")
    return thread_ts if thread_ts or is_direct else container.get("message_ts")
