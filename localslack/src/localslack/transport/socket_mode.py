"""Socket Mode: WebSocket connections, envelopes, acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import time
import uuid
from typing import Literal, TypeAlias

from aiohttp import WSMsgType, web

from localslack.failures import CONNECTION, Failures
from localslack.model import Payload
from localslack.origin import Origin
from localslack.transport.deliveries import TIMEOUT, Attempt, Delivery, Timing
from localslack.transport.traffic import EnvelopeRecord, Traffic

DisconnectReason: TypeAlias = Literal["warning", "refresh_requested", "link_disabled"]

MAX_CONNECTIONS = 10
CONNECTION_LIFETIME_SECONDS = 3_600
TICKET_LIFETIME_SECONDS = 30.0
LARGEST_FRAME_BYTES = 1_048_576


class SocketMode:
    """The server side of Socket Mode.

    Args:
        app_id: Sent to the app in ``hello``.
        traffic: Gets a record of every envelope.
        timing: How long to wait for acks.
        is_on: Whether the app has Socket Mode turned on; without it, connections can be opened but get no envelopes.
        failures: The failures that a test has asked for.
        origin: Where the workspace is served.
    """

    def __init__(
        self,
        *,
        app_id: str,
        traffic: Traffic,
        timing: Timing,
        is_on: bool,
        failures: Failures,
        origin: Origin,
    ) -> None:
        self._app_id = app_id
        self._is_on = is_on
        self._failures = failures
        self._origin = origin
        self._traffic = traffic
        self._timing = timing
        self._tickets: dict[str, float] = {}
        self._connections: dict[int, web.WebSocketResponse] = {}
        # Connections that stay open but carry nothing any more.
        self._dead: set[int] = set()
        self._connections_made = 0
        self._last_used = 0
        self._connected = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[Payload | None]] = {}

    # Connections

    @property
    def connection_count(self) -> int:
        """How many connections take envelopes now."""
        return len(self._connections)

    def new_url(self) -> str:
        """The address of one new connection, to be opened soon.

        Raises:
            RuntimeError: The workspace is not running.
        """
        origin = self._origin.url.replace("http://", "ws://", 1)
        return f"{origin}/link?ticket={self.issue_ticket()}&app_id={self._app_id}"

    def issue_ticket(self) -> str:
        """A secret that opens one connection and soon expires."""
        now = time.monotonic()
        self._tickets = {ticket: issued for ticket, issued in self._tickets.items() if _is_fresh(issued, now)}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket connection until it ends."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or not _is_fresh(issued, time.monotonic()):
            raise web.HTTPUnauthorized(text="This connection URL is unknown or used. Call apps.connections.open.")
        failure = self._failures.take(CONNECTION)
        if failure is not None:
            return web.Response(status=failure.status, text=failure.error)
        socket = web.WebSocketResponse(max_msg_size=LARGEST_FRAME_BYTES, autoping=False)
        await socket.prepare(request)
        if len(self._connections) >= MAX_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self._connections_made += 1
        number = self._connections_made
        try:
            await socket.send_json(self._hello(len(self._connections) + 1))
            self._connections[number] = socket
            self._connected.set()
            await self._read_acks(number, socket)
        finally:
            self._retire(number)
        return socket

    async def connected(self) -> None:
        """Return once a connection takes envelopes."""
        await self._connected.wait()

    async def refresh(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Ask the app to reconnect, as Slack does every hour or so.

        A connection that is to be replaced gets no more envelopes; one that is only warned still does.
        """
        for number, socket in list(self._connections.items()):
            if reason != "warning":
                self._retire(number)
            await socket.send_json(_disconnect(reason))

    def go_silent(self) -> None:
        """Let all connections go dead without notice, as when a router between the two drops them.

        They stay open, but nothing that is sent over them arrives any more, not even pings."""
        self._dead |= set(self._connections)

    async def close(self) -> None:
        """Close all connections."""
        for number, socket in list(self._connections.items()):
            self._retire(number)
            await socket.close()

    def _hello(self, connections: int) -> Payload:
        return {
            "type": "hello",
            "num_connections": connections,
            "debug_info": {
                "host": "local-workspace",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_LIFETIME_SECONDS,
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _retire(self, number: int) -> None:
        self._connections.pop(number, None)
        self._dead.discard(number)
        if not self._connections:
            self._connected.clear()

    async def _read_acks(self, number: int, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if number in self._dead:
                continue
            if frame.type is WSMsgType.PING:
                await socket.pong(frame.data)
            if frame.type is not WSMsgType.TEXT:
                continue
            ack = _json_object(frame.data)
            waiting = self._waiting.get(str(ack.get("envelope_id")))
            if waiting is not None and not waiting.done():
                payload = ack.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) else None)

    # Envelopes

    async def attempt(self, delivery: Delivery, retry_attempt: int, retry_reason: str | None) -> Attempt:
        """Send a payload in a new envelope over the connection whose turn it is, and wait for the ack."""
        connection = self._next_connection()
        if connection is None:
            return Attempt(TIMEOUT)
        number, socket = connection
        record = EnvelopeRecord(
            at=time.time(),
            envelope_id=str(uuid.uuid4()),
            kind=delivery.kind,
            payload=delivery.payload,
            retry_attempt=retry_attempt,
            retry_reason=retry_reason,
            connection=number,
        )
        delivery.envelopes.append(record)
        self._traffic.add(record)
        return Attempt(None if await self._send(record, socket) else TIMEOUT)

    async def _send(self, record: EnvelopeRecord, socket: web.WebSocketResponse) -> bool:
        waiting: asyncio.Future[Payload | None] = asyncio.get_running_loop().create_future()
        self._waiting[record.envelope_id] = waiting
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(self._timing.ack_timeout_seconds):
                if record.connection not in self._dead:
                    await socket.send_json(_envelope(record))
                ack_payload = await waiting
        except (TimeoutError, ConnectionError):
            return False
        finally:
            del self._waiting[record.envelope_id]
        record.ack_seconds = time.perf_counter() - sent
        if _takes_answer(record.kind):
            record.ack_payload = ack_payload
        self._traffic.touch(record)
        return True

    def _next_connection(self) -> tuple[int, web.WebSocketResponse] | None:
        """The connection whose turn it is; each gets every n-th envelope."""
        if not self._connections or not self._is_on:
            return None
        numbers = sorted(self._connections)
        self._last_used = next((one for one in numbers if one > self._last_used), numbers[0])
        return self._last_used, self._connections[self._last_used]


def _envelope(record: EnvelopeRecord) -> Payload:
    envelope: Payload = {
        "envelope_id": record.envelope_id,
        "type": record.kind,
        "payload": record.payload,
        "accepts_response_payload": _takes_answer(record.kind),
    }
    if record.kind == "events_api":
        envelope |= {"retry_attempt": record.retry_attempt, "retry_reason": record.retry_reason or ""}
    return envelope


def _takes_answer(kind: str) -> bool:
    return kind != "events_api"


def _disconnect(reason: str) -> Payload:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local-workspace"}}


def _is_fresh(issued: float, now: float) -> bool:
    return now - issued <= TICKET_LIFETIME_SECONDS


def _json_object(text: str) -> Payload:
    """The JSON object in a frame; an empty one for any other frame, which acknowledges nothing."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
