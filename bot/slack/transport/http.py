"""The HTTP server: Slack's requests in HTTP mode, and what operators ask in both modes.

It faces the internet. Whoever is slow, too large, too many or not Slack is turned away in plain words before anything
of ours is asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.metrics import Metrics
from bot.slack.payloads.shapes import Misshapen, checked
from bot.slack.transport.refusals import UNKNOWN_TYPE, RefusalLog
from bot.slack.transport.signatures import Refused, Signatures
from bot.store import Store

log = structlog.get_logger()

# A message of 40,000 characters, each as \uXXXX, in its text and its blocks, before and after an edit.
LARGEST_BODY_BYTES = 1_048_576
# Slack waits three seconds for the whole exchange.
HEAD_SECONDS = 3.0
# A connection on which nothing comes at all; a load balancer opens one when it has a request.
SILENT_SECONDS = 5.0
BODY_SECONDS = 3.0
ACK_SECONDS = 2.5
# Longer than the 60 s that load balancers keep an idle connection: the one who closes first breaks a request.
IDLE_SECONDS = 75.0
# What a refused client may still send before the connection is cut.
LINGER_SECONDS = 1.0
# Each may hold a body in memory.
MOST_CONNECTIONS = 256
# Requests that are being acknowledged. What one replica can do in a second is several times that, so that the last of
# them waits a fraction of Slack's three seconds.
MOST_UNDER_WAY = 64
RETRY_AFTER_SECONDS = 1
SHUTDOWN_SECONDS = 10.0

_NO_RETRY = {"X-Slack-No-Retry": "1"}


class SlackRequests:
    """Takes Slack's requests: checks, then hands to Bolt, then answers.

    A request whose signature does not fit or is older than five minutes is refused. So is a command or a click that
    was taken before, to the letter: Slack tells these once. An event is not refused for that, for Slack may send it
    again within the same second; the store knows it by its ``event_id`` and does nothing twice.

    Args:
        app: Gets what is Slack's.
        secret: The signing secret.
        metrics: Told what came of each request.
        is_full: Whether this replica has taken more than it can soon answer.
        store: Knows what was taken before, here or by another replica.
    """

    def __init__(self, app: AsyncApp, secret: str, metrics: Metrics, is_full: Callable[[], bool], store: Store) -> None:
        self._app = app
        self._signatures = Signatures(secret, store)
        self._metrics = metrics
        self._is_full = is_full
        self._under_way = 0
        self._refusals = RefusalLog()

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        started = time.perf_counter()
        try:
            response = await self._answer(request)
        except _Refusal as refusal:
            response = refusal.response
            self._refusals.tell(refusal.reason, refusal.response.status, str(refusal))
        self._metrics.acknowledged("http", response.status, time.perf_counter() - started)
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self._is_overloaded:
            raise _busy()
        body = await _body(request)
        try:
            signature = self._signatures.check(request.headers, body)
        except Refused as refused:
            raise _Refusal(401, refused.reason, str(refused)) from None
        bolt_request = _bolt_request(request, body)
        if self._is_overloaded:
            raise _busy()
        self._under_way += 1
        try:
            return await self._carried_out(bolt_request, signature)
        finally:
            self._under_way -= 1

    async def _carried_out(self, bolt_request: AsyncBoltRequest, signature: str) -> web.Response:
        if bolt_request.body.get("type") in _TOLD_AGAIN:
            return await self._dispatch(bolt_request)
        try:
            await self._signatures.take(signature)
        except Refused as refused:
            raise _Refusal(401, refused.reason, str(refused)) from None
        is_done = False
        try:
            response = await self._dispatch(bolt_request)
            is_done = response.status == 200
            return response
        finally:
            if not is_done:
                await self._signatures.give_back(signature)

    @property
    def _is_overloaded(self) -> bool:
        return self._under_way >= MOST_UNDER_WAY or self._is_full()

    async def _dispatch(self, request: AsyncBoltRequest) -> web.Response:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                response = await to_aiohttp_response(await self._app.async_dispatch(request))
        except TimeoutError:
            raise _busy() from None
        if response.status == 404:
            # Nothing of ours listens to it, however often it comes.
            raise _Refusal(404, *UNKNOWN_TYPE)
        return response


# Slack sends events again where the ack was lost; its question whether the address is ours it may ask at any time.
_TOLD_AGAIN = frozenset({"event_callback", "url_verification", "app_rate_limited"})


class _Refusal(Exception):
    """A response in plain words, and nothing more to do; ``reason`` names its kind in the log."""

    def __init__(self, status: int, reason: str, words: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(words)
        self.reason = reason
        headers = headers or (_NO_RETRY if status in (400, 404, 413, 415) else {})
        self.response = web.Response(status=status, text=f"{words}\n", headers=headers)


def _busy() -> _Refusal:
    words = "The bot has more to do than it can hold. Send this again later."
    return _Refusal(503, "busy", words, {"Retry-After": str(RETRY_AFTER_SECONDS)})


async def _body(request: web.Request) -> str:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _Refusal(415, "compressed", "A compressed body is not read.")
    too_large = _Refusal(413, "too_large", f"The body is larger than {LARGEST_BODY_BYTES:,} bytes.")
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        raise too_large
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return (await request.read()).decode()
    except TimeoutError:
        late = _Refusal(408, "too_slow", f"The body took longer than {BODY_SECONDS:.0f} s to arrive.")
        late.response.force_close()
        raise late from None
    except web.HTTPRequestEntityTooLarge:
        raise too_large from None
    except UnicodeDecodeError:
        raise _Refusal(400, "unreadable", "The body is not UTF-8.") from None
    except web.RequestPayloadError:
        raise _Refusal(400, "broken_off", "The body is broken off or badly framed.") from None


def _bolt_request(request: web.Request, body: str) -> AsyncBoltRequest:
    try:
        return checked(lambda: AsyncBoltRequest(body=body, query=request.query_string, headers=_headers(request)))
    except Misshapen as fault:
        raise _Refusal(400, fault.reason, str(fault)) from None


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers.items())


@asynccontextmanager
async def listening(routes: Iterable[web.RouteDef], host: str, port: int) -> AsyncIterator[None]:
    """Serve inside the context; at its end, no more is taken, and what was taken is answered.

    Raises:
        OSError: The port is taken, or the host is not this machine's.
    """
    site = web.Application(client_max_size=LARGEST_BODY_BYTES, middlewares=[_note_head])
    site.add_routes(routes)
    runner = web.AppRunner(site, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    manager = runner.server
    assert manager is not None
    loop = asyncio.get_running_loop()
    # The longest idle first.
    idle: dict[_Connection, None] = {}

    def connection() -> asyncio.Protocol:
        if len(manager.connections) >= MOST_CONNECTIONS:
            if not idle:
                return _TurnedAway()
            # Close one that never sent anything, if there is one: the rest are a load balancer's.
            min(idle, key=lambda one: one.has_spoken).evict()
        return _Connection(manager, loop, idle)

    try:
        server = await loop.create_server(connection, host, port, backlog=MOST_CONNECTIONS)
        try:
            yield
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _Connection(web.RequestHandler):
    """Cuts a client that is slow to send the head of a request, for which aiohttp waits as for an idle one.

    Args:
        manager: As of `RequestHandler`.
        loop: As of `RequestHandler`.
        idle: Kept up to date: has this connection while it waits for a request.
    """

    def __init__(self, manager: web.Server, loop: asyncio.AbstractEventLoop, idle: dict[_Connection, None]) -> None:
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
        )
        self._own_loop = loop
        self._is_answering = False
        self._head_is_due: asyncio.TimerHandle | None = None
        self._idle = idle
        self.has_spoken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._idle[self] = None
        self._head_is_due = self._own_loop.call_later(SILENT_SECONDS, self.evict)

    def data_received(self, data: bytes) -> None:
        self._idle.pop(self, None)
        if not self.has_spoken:
            self.has_spoken = True
            self._head_arrived()
        super().data_received(data)
        if not self._is_answering and self._head_is_due is None:
            self._head_is_due = self._own_loop.call_later(HEAD_SECONDS, self._cut)

    def log_exception(self, *args: Any, **more: Any) -> None:
        """Log what went wrong of ours; what is no HTTP has its answer, and must not fill the disk."""
        if not isinstance(more.get("exc_info"), HttpProcessingError):
            super().log_exception(*args, **more)

    def connection_lost(self, error: BaseException | None) -> None:
        self._idle.pop(self, None)
        self._head_arrived()
        super().connection_lost(error)

    def begin_answer(self) -> None:
        """A whole head has arrived."""
        self._head_arrived()
        self._is_answering = True

    def end_answer(self) -> None:
        """The next head may come."""
        self._is_answering = False
        if self.transport is not None:
            self._idle[self] = None

    def evict(self) -> None:
        """Close a connection on which no request is under way."""
        self._idle.pop(self, None)
        self.force_close()

    def _head_arrived(self) -> None:
        if self._head_is_due is not None:
            self._head_is_due.cancel()
            self._head_is_due = None

    def _cut(self) -> None:
        if self.transport is not None and not self._is_answering:
            self.transport.write(_raw_response(408, "Request Timeout", "The request took too long to arrive."))
            self.force_close()


@web.middleware
async def _note_head(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    connection: Any = request.protocol
    connection.begin_answer()
    try:
        return await handler(request)
    finally:
        connection.end_answer()


class _TurnedAway(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        words = "The bot has more connections than it can hold."
        transport.write(_raw_response(503, "Service Unavailable", words, f"Retry-After: {RETRY_AFTER_SECONDS}\r\n"))
        transport.close()


def _raw_response(status: int, reason: str, words: str, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n{headers}"
    return f"{head}Content-Length: {len(words) + 1}\r\nConnection: close\r\n\r\n{words}\n".encode()
