"""HTTP mode: signed requests to the addresses in the app's manifest.

https://docs.slack.dev/apis/events-api/using-http-request-urls
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import aiohttp

from localslack.manifest import AppManifest
from localslack.model import Payload
from localslack.transport.deliveries import HTTP_TIMEOUT, TIMEOUT, Attempt, Delivery, EnvelopeKind, Timing
from localslack.transport.traffic import EnvelopeRecord, Traffic

# Why an attempt failed, besides `HTTP_TIMEOUT`, as the header of the next attempt reports it.
HTTP_ERROR = "http_error"
CONNECTION_FAILED = "connection_failed"

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_LOOK_SECONDS = 0.05


class HttpMode:
    """Slack's side of HTTP mode.

    Args:
        manifest: Names the addresses.
        secret: Signs the requests.
        traffic: Gets a record of every request.
        timing: How long to wait for acks.
        clock: Seconds since the epoch, for the signatures.
    """

    def __init__(
        self, *, manifest: AppManifest, secret: str, traffic: Traffic, timing: Timing, clock: Callable[[], float]
    ) -> None:
        self._manifest = manifest
        self._secret = secret
        self._traffic = traffic
        self._timing = timing
        self._clock = clock
        self._origins: Sequence[str] = ()
        self._turns = itertools.count()
        self._session: aiohttp.ClientSession | None = None

    def balance(self, origins: Sequence[str]) -> None:
        """Send to several ``http://HOST:PORT`` in turn, as a load balancer at the app's address would."""
        self._origins = tuple(origins)

    async def connected(self) -> None:
        """Return once the app answers the ``url_verification`` challenge, at every replica."""
        for origin in self._origins or (None,):
            while not await self._answers_challenge(_at_origin(self._manifest.events_url, origin)):
                await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def attempt(self, delivery: Delivery, retry_attempt: int, retry_reason: str | None) -> Attempt:
        """Send a payload in a signed request; the response is the ack."""
        address = self._address(delivery)
        if not address:
            return Attempt(CONNECTION_FAILED)
        record = EnvelopeRecord(
            at=time.time(),
            envelope_id="",
            kind=delivery.kind,
            payload=delivery.payload,
            retry_attempt=retry_attempt,
            retry_reason=retry_reason,
        )
        delivery.envelopes.append(record)
        self._traffic.add(record)
        content_type, body = _encoded(delivery.kind, delivery.payload)
        headers = self._signed(content_type, body)
        if retry_attempt:
            reason = HTTP_TIMEOUT if retry_reason in (None, TIMEOUT) else retry_reason
            headers |= {"X-Slack-Retry-Num": str(retry_attempt), "X-Slack-Retry-Reason": reason}
        return await self._send(record, address, headers, body)

    async def _send(self, record: EnvelopeRecord, address: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        sent = time.perf_counter()
        try:
            async with (
                asyncio.timeout(self._timing.ack_timeout_seconds),
                self._open_session().post(address, data=body, headers=headers, allow_redirects=False) as response,
            ):
                answer = await response.read()
        except TimeoutError:
            return Attempt(HTTP_TIMEOUT)
        except aiohttp.ClientError:
            return Attempt(CONNECTION_FAILED)
        record.status = response.status
        if response.status // 100 != 2:
            self._traffic.touch(record)
            return Attempt(HTTP_ERROR, is_last=response.headers.get("X-Slack-No-Retry") == "1")
        record.ack_seconds = time.perf_counter() - sent
        record.ack_payload = _ack_payload(response.content_type, answer)
        self._traffic.touch(record)
        return Attempt()

    async def _answers_challenge(self, address: str) -> bool:
        challenge = secrets.token_urlsafe(16)
        question = {"token": "local-workspace", "challenge": challenge, "type": "url_verification"}
        body = json.dumps(question).encode()
        try:
            async with self._open_session().post(address, data=body, headers=self._signed(_JSON, body)) as response:
                return response.status == 200 and challenge in await response.text()
        except aiohttp.ClientError:
            return False

    def _open_session(self) -> aiohttp.ClientSession:
        # Created at first use, since a session belongs to the event loop that it is used in.
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session

    def _address(self, delivery: Delivery) -> str:
        if delivery.kind == "events_api":
            address = self._manifest.events_url
        elif delivery.kind == "slash_commands":
            address = self._manifest.command_urls.get(delivery.payload["command"], "")
        else:
            address = self._manifest.interactivity_url
        return _at_origin(address, self._origins[next(self._turns) % len(self._origins)] if self._origins else None)

    def _signed(self, content_type: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        signed = b":".join((b"v0", timestamp.encode(), body))
        signature = hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (local workspace)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signature}",
        }


def _at_origin(address: str, origin: str | None) -> str:
    return f"{origin}{urlsplit(address).path}" if address and origin else address


def _encoded(kind: EnvelopeKind, payload: Payload) -> tuple[str, bytes]:
    if kind == "events_api":
        return _JSON, json.dumps(payload).encode()
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return _FORM, urlencode(form).encode()


def _ack_payload(content_type: str, body: bytes) -> Payload | None:
    """The content of a response: JSON, or plain text that becomes the text of a message."""
    if not body:
        return None
    if content_type != _JSON:
        return {"text": body.decode(errors="replace")}
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
