"""Is the process alive, and can it answer?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Ready = Callable[[], Awaitable[bool]]


def health_routes(is_ready: Ready) -> list[web.RouteDef]:
    """``/healthz``: the event loop answers. ``/readyz``: 200 where Slack can reach the bot, else 503."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        ready = await is_ready()
        return web.Response(text="ready\n" if ready else "not connected to Slack\n", status=200 if ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
