"""A listener is added as the Bolt documentation says, and gets every event of its kind."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.answering import AnswerService
from bot.conversation.replies import Replies
from bot.conversation.worker import Worker
from bot.live_answers import Answers
from bot.settings import Settings
from bot.slack import listeners
from bot.slack.app import build_app
from bot.slack.install.clients import Identity, OneWorkspace
from bot.slack.install.scopes import Granted
from bot.slack.install.tenancy import Tenancy
from bot.slack.install.workspaces import Workspaces
from bot.slack.metrics import Metrics
from bot.slack.run import messenger_for
from bot.slack.services import Services
from bot.slack.web_api import api_session, posting_client
from bot.store import open_store
from bot.store.engine import IN_MEMORY

MESSAGE = {"type": "message", "channel": "C0ASK", "channel_type": "channel", "user": "U0MAYA", "text": "lunch?"}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"type": "reaction_added", "user": "U0MAYA"}, id="an event that the bot has no use for"),
        pytest.param({**MESSAGE, "ts": "1700000000.000100"}, id="a message that is not for the bot"),
        pytest.param({**MESSAGE, "ts": "1700000000.000200", "bot_id": "B0OTHER"}, id="another app's message"),
    ],
)
async def test_a_listener_fires_without_being_listed_anywhere(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    heard: list[dict[str, Any]] = []

    class OneMore:
        @staticmethod
        def register(app: AsyncApp, services: Services) -> None:
            @app.event(event["type"])
            async def hear(event: dict[str, Any]) -> None:
                heard.append(event)

    monkeypatch.setattr(listeners, "_MODULES", (OneMore, *listeners._MODULES))
    settings = Settings(database_url=SecretStr(IN_MEMORY))
    async with open_store(settings) as store, api_session() as session:
        client = posting_client("xoxb-local", "http://127.0.0.1:1/api/", session)
        clients = OneWorkspace(client, Identity("T0LOCAL", None, "B0BOT", "U0BOT"))
        in_use, metrics = Answers(answers), Metrics()
        replies = Replies(in_use)
        worker = Worker(store, replies, partial(messenger_for, clients), metrics)
        services = Services(in_use, replies, lambda team_id: None, worker, store, metrics)
        tenants = Tenancy(clients, Workspaces(store, clients, None, lambda _: client), Granted(), client.auth_test)
        app = build_app(client, tenants, services)
        body = {"type": "event_callback", "team_id": "T0LOCAL", "event_id": "Ev0", "event": event}
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.01)
    assert response.status == 200
    assert heard == [event]
