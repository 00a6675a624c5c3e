"""The Socket Mode connection, and what keeps it alive where the SDK's client would leave it dead.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.metrics import Metrics
from bot.slack.payloads.shapes import Misshapen, checked
from bot.slack.proxy import slack_session
from bot.slack.transport.refusals import UNKNOWN_TYPE, RefusalLog

log = structlog.get_logger()

# Seconds. The SDK asks this often for a sign of life, and takes a connection without one for dead after half as long.
PING_SECONDS = 5.0
CONNECT_SECONDS = 10.0


class SocketConnection:
    """A connection over which Slack sends envelopes to the app, made anew whenever it is lost.

    The SDK's client does most of it. Left alone, it would wait five minutes for a handshake that hangs; try an address
    again and again, which Slack takes once and for half a minute; and stay on a connection that Slack has told it to
    leave, where no envelope comes any more, if it was refused another one at that moment.
    """

    def __init__(self, app: AsyncApp, app_token: str, metrics: Metrics) -> None:
        self._handler = _TimedHandler(app, app_token, metrics)
        self._client = self._handler.client
        self._client.on_message_listeners.append(self._note_farewell)
        self._told_to_leave: aiohttp.ClientWebSocketResponse | None = None
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect; returns when Slack has taken the connection, however long that takes."""
        await self._client.aiohttp_client_session.close()
        self._client.aiohttp_client_session = slack_session(CONNECT_SECONDS)
        self._watching = asyncio.create_task(self._watch())
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Leave for good."""
        if self._watching is not None:
            self._watching.cancel()
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def is_connected(self) -> bool:
        """Whether Slack sends envelopes: it answers pings, and has not said farewell."""
        return not self._is_left and await self._client.is_connected()

    @property
    def _is_left(self) -> bool:
        return self._told_to_leave is not None and self._told_to_leave is self._client.current_session

    async def _note_farewell(self, message: aiohttp.WSMessage) -> None:
        if '"disconnect"' in message.data and json.loads(message.data).get("type") == "disconnect":
            self._told_to_leave = self._client.current_session

    async def _watch(self) -> None:
        was_connected = False
        while True:
            is_connected = await self.is_connected()
            if is_connected != was_connected:
                log.info("slack_connected") if is_connected else log.warning("slack_not_connected")
            was_connected = is_connected
            if self._is_left:
                await self._leave()
            elif not is_connected:
                # The client asks for another one where it has none.
                self._client.wss_uri = None
            await asyncio.sleep(PING_SECONDS)

    async def _leave(self) -> None:
        try:
            await self._client.connect_to_new_endpoint(force=True)
        except Exception:
            # Whatever it was: the connection is of no use, so it is tried for as long as the process lives.
            log.warning("slack_connection_refused", exc_info=True)


class _TimedHandler(AsyncSocketModeHandler):
    """Checks what comes, hands it to Bolt, and notes how long acknowledging takes.

    What HTTP mode answers with 400 or 404 is acknowledged here: Socket Mode has no other way to say that Slack need
    not send it again.
    """

    def __init__(self, app: AsyncApp, app_token: str, metrics: Metrics) -> None:
        super().__init__(app, app_token, ping_interval=PING_SECONDS)
        self._metrics = metrics
        self._refusals = RefusalLog()
        self.client.message_listeners.append(_with_payload)

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        started = time.perf_counter()
        response = await self._response(req)
        await send_async_response(client, req, response, time.time())
        self._metrics.acknowledged("socket", response.status, time.perf_counter() - started)

    async def _response(self, req: SocketModeRequest) -> BoltResponse:
        try:
            request = checked(
                lambda: AsyncBoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
            )
        except Misshapen as fault:
            return self._refuse(fault.reason, str(fault))
        response = await self.app.async_dispatch(request)
        return self._refuse(*UNKNOWN_TYPE) if response.status == 404 else response

    def _refuse(self, reason: str, words: str) -> BoltResponse:
        self._refusals.tell(reason, 200, words)
        return BoltResponse(status=200)


async def _with_payload(_: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None) -> None:
    """Give an envelope without a JSON object an empty one, which the SDK takes and Bolt has no use for."""
    if "envelope_id" in message and not isinstance(message.get("payload"), dict):
        message["payload"] = {}
