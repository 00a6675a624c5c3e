"""The shortcut in the menu of a message, chosen for one that has its reply. Others: `bot.slack.intake` takes them."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import Reply, replied_text
from bot.slack.intake import ANSWER_MESSAGE
from bot.slack.sending import Person, tell
from bot.slack.worker import Worker


def register(app: AsyncApp, worker: Worker) -> None:
    """Register the listener for the shortcut."""

    @app.message_shortcut(ANSWER_MESSAGE)
    async def say_that_it_has_its_reply(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        async with worker.under_way():
            person = Person(body["user"]["id"], body["channel"]["id"], None, body.get("response_url"))
            await tell(client, person, Reply(replied_text(), []))
