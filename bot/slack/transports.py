"""How Slack reaches the bot: over a Socket Mode connection, or by signed HTTP requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import SettingsError
from bot.manifest import EVENTS_PATH
from bot.settings import Settings
from bot.slack.health import Check, Operators, socket_check
from bot.slack.metrics import Metrics
from bot.slack.server import SlackRequests, listening

log = structlog.get_logger()

# Seconds. The SDK asks this often for a sign of life, and takes a connection without one for dead after half as long.
PING_SECONDS = 5.0
CONNECT_SECONDS = 10.0


MakeOperators = Callable[[Check], Operators]


@asynccontextmanager
async def socket_mode(
    settings: Settings, app: AsyncApp, app_token: str, metrics: Metrics, operators: MakeOperators
) -> AsyncIterator[None]:
    """Take Slack's envelopes inside the context, and serve what operators ask on a port of its own."""
    handler = _TimedHandler(app, app_token, metrics)
    client = handler.client
    # A handshake that hangs would keep the client for five minutes from trying anew.
    await client.aiohttp_client_session.close()
    client.aiohttp_client_session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CONNECT_SECONDS))
    asked = operators(socket_check(client.is_connected))
    # Nobody outside reaches this port, unless told so.
    routes = asked.health if settings.metrics_port is not None else [*asked.health, asked.metrics]
    watching = asyncio.create_task(_watch(client))
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        async with _health_served(settings, routes), _metrics_served(settings, asked):
            yield
    finally:
        watching.cancel()
        await handler.close_async()  # type: ignore[no-untyped-call]


class _TimedHandler(AsyncSocketModeHandler):
    """Notes how long acknowledging takes."""

    def __init__(self, app: AsyncApp, app_token: str, metrics: Metrics) -> None:
        super().__init__(app, app_token, ping_interval=PING_SECONDS)
        self._metrics = metrics

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        started = time.perf_counter()
        response = await run_async_bolt_app(self.app, req)
        await send_async_response(client, req, response, time.time())
        self._metrics.acknowledged("socket", response.status, time.perf_counter() - started)


async def _watch(client: SocketModeClient) -> None:
    """Log when the connection comes and goes, and keep the client from trying an address that has expired.

    Where a handshake fails, the SDK tries the same address again and again; Slack takes each once, for half a minute.
    """
    was_connected = False
    while True:
        is_connected = await client.is_connected()
        if is_connected != was_connected:
            log.info("slack_connected") if is_connected else log.warning("slack_not_connected")
        if not is_connected:
            client.wss_uri = None
        was_connected = is_connected
        await asyncio.sleep(PING_SECONDS)


@asynccontextmanager
async def http_mode(
    settings: Settings,
    requests: SlackRequests,
    operators: MakeOperators,
    more: Sequence[web.RouteDef] = (),
) -> AsyncIterator[None]:
    """Take Slack's requests inside the context, beside the health; metrics on a port of their own.

    Raises:
        SettingsError: The port is taken.
    """
    asked = operators(_is_served)
    routes = [web.post(EVENTS_PATH, requests.take), *more, *asked.health, web.get("/metrics", _metrics_are_elsewhere)]
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(listening(routes, settings.host, settings.port))
        except OSError as error:
            address, reason = f"{settings.host}:{settings.port}", error.strerror or type(error).__name__
            raise SettingsError(f"Cannot listen on {address} ({reason}). Set HOST and PORT to a free one.") from None
        async with _metrics_served(settings, asked):
            yield


async def _is_served() -> str | None:
    """Whoever can ask reaches the server."""
    return None


async def _metrics_are_elsewhere(_: web.Request) -> web.Response:
    words = "Metrics are not for everybody who reaches this port. Set METRICS_PORT, and ask there.\n"
    return web.Response(status=404, text=words)


@asynccontextmanager
async def _health_served(settings: Settings, routes: Sequence[web.RouteDef]) -> AsyncIterator[None]:
    async with _served_if_free("health_not_served", "PORT", routes, settings.host, settings.port):
        yield


@asynccontextmanager
async def _metrics_served(settings: Settings, asked: Operators) -> AsyncIterator[None]:
    if settings.metrics_port is None:
        yield
        return
    routes = [*asked.health, asked.metrics]
    host, port = settings.metrics_host, settings.metrics_port
    async with _served_if_free("metrics_not_served", "METRICS_PORT", routes, host, port):
        yield


@asynccontextmanager
async def _served_if_free(
    event: str, variable: str, routes: Sequence[web.RouteDef], host: str, port: int
) -> AsyncIterator[None]:
    """Serve what operators ask. A taken port costs only that, and not the answers."""
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(listening(routes, host, port))
        except OSError:
            log.warning(event, address=f"{host}:{port}", remedy=f"set {variable} to a free one")
        yield
