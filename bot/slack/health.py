"""Is the process alive, and can it answer?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.reloading import Answers

Ready = Callable[[], Awaitable[bool]]


def health_routes(is_ready: Ready, answers: Answers) -> list[web.RouteDef]:
    """``/healthz``: the event loop answers. ``/readyz``: 200 where Slack can reach the bot, else 503.

    Knowledge that was refused leaves the bot ready, for the one before it answers; the text says so.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        if not await is_ready():
            return web.Response(text="not connected to Slack\n", status=503)
        if answers.refused is None:
            return web.Response(text="ready\n")
        fault = answers.refused.faults[0]
        return web.Response(text=f"ready with the earlier knowledge; the present one was refused: {fault}\n")

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
