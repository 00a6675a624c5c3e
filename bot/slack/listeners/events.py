"""Events that ask nothing. Questions never come here: `bot.slack.intake` takes them before any listener."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp


def register(app: AsyncApp) -> None:
    """Register the listeners for events."""

    # Bolt acknowledges only what a listener takes; without this, Slack would retry every other event for minutes.
    @app.event(re.compile(".*"))
    async def acknowledge_anything_else() -> None: ...
