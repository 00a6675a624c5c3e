"""The least that Bolt can do, as a yardstick: one listener, one constant, no store. A process as the bot is one.

Socket Mode where ``SLACK_APP_TOKEN`` is set, else HTTP on ``PORT``. It says ``BARE_MESSAGE`` (JSON), or one line.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.say.async_say import AsyncSay

from bot.manifest import EVENTS_PATH
from bot.slack.web_api import api_session, web_client


async def main() -> None:
    """Serve until killed."""
    message: dict[str, Any] = json.loads(os.environ.get("BARE_MESSAGE", '{"text": "The same answer, always."}'))
    async with api_session() as session:
        # Bolt reads this variable by itself, too, and says that it has both.
        client = web_client(os.environ.pop("SLACK_BOT_TOKEN"), os.environ["SLACK_API_URL"], session)
        app = AsyncApp(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET"))

        @app.event("app_mention")
        async def answer(event: dict[str, str], say: AsyncSay) -> None:
            await say(**message, thread_ts=event["ts"])

        # The manifest subscribes to these, too; unacknowledged, they would come again.
        @app.event("message")
        async def acknowledge() -> None: ...

        if "SLACK_APP_TOKEN" in os.environ:
            await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()  # type: ignore[no-untyped-call]
        else:
            runner = web.AppRunner(app.web_app(path=EVENTS_PATH), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
