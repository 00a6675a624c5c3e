"""The shortcut in the menu of a message, chosen where no reply will come; `bot.slack.intake` takes the others."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messages.layout import Reply
from bot.slack.messages.notices import ALREADY_REPLIED, OWN_MESSAGE
from bot.slack.payloads.containers import visible_thread
from bot.slack.payloads.questions import ANSWER_MESSAGE
from bot.slack.sending import Person, notify_privately
from bot.slack.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register the listener for the shortcut."""

    @app.message_shortcut(ANSWER_MESSAGE)
    async def say_why_no_reply_comes(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        message = body["message"]
        is_own = message.get("user") == context.bot_user_id
        thread_ts = visible_thread(message.get("thread_ts"), message["ts"])
        async with services.worker.under_way():
            person = Person(body["user"]["id"], body["channel"]["id"], thread_ts, body.get("response_url"))
            await notify_privately(client, person, Reply(OWN_MESSAGE if is_own else ALREADY_REPLIED, []))
