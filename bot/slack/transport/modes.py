"""How Slack reaches the bot: over a Socket Mode connection, or by signed HTTP requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.conversation.periodic import periodically
from bot.errors import SettingsError, StoreError
from bot.manifest import EVENTS_PATH
from bot.settings import Settings
from bot.slack.health import Check, Operators, socket_check
from bot.slack.metrics import Metrics
from bot.slack.transport.http import SlackRequests, listening
from bot.slack.transport.socket import SocketConnection
from bot.store import Store

log = structlog.get_logger()
# A replica answers some hundred questions a second, so that the last of these waits some ten seconds.
MOST_WAITING = 1_000
LOOK_SECONDS = 1.0

MakeOperators = Callable[[Check], Operators]


@asynccontextmanager
async def socket_mode(
    settings: Settings, app: AsyncApp, app_token: str, metrics: Metrics, operators: MakeOperators
) -> AsyncIterator[None]:
    """Take Slack's envelopes inside the context, and serve what operators ask on a port of its own."""
    connection = SocketConnection(app, app_token, metrics)
    asked = operators(socket_check(connection.is_connected))
    # Nobody outside reaches this port, unless told so.
    routes = asked.health if settings.metrics_port is not None else [*asked.health, asked.metrics]
    try:
        await connection.open()
        async with _health_served(settings, routes), _metrics_served(settings, asked):
            yield
    finally:
        await connection.close()


class Backlog:
    """How many questions wait in the store for a free hand, of all replicas: looked up about once a second.

    Questions that are deferred, such as by a rate limit, do not count: shedding load would not help them.

    Attributes:
        length: At the last look.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.length = 0

    def is_full(self) -> bool:
        """Whether a question more would wait too long."""
        return self.length >= MOST_WAITING

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look inside the context."""
        async with periodically(self._look, LOOK_SECONDS):
            yield

    async def _look(self) -> None:
        # Where the database is gone, the intake says so with each request.
        with suppress(StoreError):
            self.length = await self._store.due_count()


@asynccontextmanager
async def http_mode(
    settings: Settings,
    requests: SlackRequests,
    backlog: Backlog,
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
        async with backlog.watched(), _metrics_served(settings, asked):
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
