"""The shortcut in the menu of a message that asks nothing new. The others: `bot.slack.intake` takes them."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.worker import Worker
from bot.slack.intake import ANSWER_MESSAGE
from bot.slack.messages.answers import Reply, own_message_text, replied_text
from bot.slack.payloads.containers import visible_thread
from bot.slack.sending import Person, tell


def register(app: AsyncApp, worker: Worker) -> None:
    """Register the listener for the shortcut."""

    @app.message_shortcut(ANSWER_MESSAGE)
    async def say_why_no_reply_comes(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        message = body["message"]
        is_own = message.get("user") == context.bot_user_id
        thread_ts = visible_thread(message.get("thread_ts"), message["ts"])
        async with worker.under_way():
            person = Person(body["user"]["id"], body["channel"]["id"], thread_ts, body.get("response_url"))
            await tell(client, person, Reply(own_message_text() if is_own else replied_text(), []))
