"""Looks at the Home tab. Questions never come here: `bot.slack.intake` takes them before any listener."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.service import SlackService
from bot.slack.worker import Worker


def register(app: AsyncApp, service: SlackService, worker: Worker) -> None:
    """Register the listeners for events."""

    @app.event("app_home_opened")
    async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        # The messages tab opens with the same event. Published at each look, so that nobody sees old knowledge.
        if event.get("tab") == "home":
            async with worker.under_way():
                await client.views_publish(user_id=event["user"], view=service.home())

    # Bolt acknowledges only what a listener takes; without this, Slack would retry every other event for minutes.
    @app.event(re.compile(".*"))
    async def acknowledge_anything_else() -> None: ...
