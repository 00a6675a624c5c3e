"""Payloads on their way to the app, and how often each is tried, whatever carries them."""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from localslack.model import Payload
from localslack.transport.traffic import EnvelopeRecord, Traffic

EnvelopeKind: TypeAlias = Literal["events_api", "slash_commands", "interactive"]

# Slack's words for why an attempt failed; for HTTP there are more.
TIMEOUT = "timeout"
HTTP_TIMEOUT = "http_timeout"


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the workspace is. Slack waits for an ack as long; its retries take minutes.

    Attributes:
        ack_timeout_seconds: After this long without an ack a delivery has failed.
        retry_delays_seconds: An event is sent again after each of these.
    """

    ack_timeout_seconds: float = 3.0
    retry_delays_seconds: tuple[float, ...] = (0.1, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt at a delivery ended.

    Attributes:
        failure: Why the app did not acknowledge it, in the word that Slack gives with the next attempt; None where it
            did.
        is_last: The app has asked not to be told again.
    """

    failure: str | None = None
    is_last: bool = False


class Transport(Protocol):
    """What carries a payload to the app."""

    async def attempt(self, delivery: "Delivery", retry_attempt: int, retry_reason: str | None) -> Attempt:
        """Try once, and add what was sent to the delivery."""


class Delivery:
    """One payload on its way to the app, with every envelope that it went out in.

    Attributes:
        kind: The kind of its envelopes.
        payload: What it carries.
        envelopes: One for each attempt that found a connection, or in HTTP mode an address.
        acked: The envelope that was acknowledged in time; None while, or if, there is none.
        failure: Why the last attempt failed.
    """

    def __init__(self, kind: EnvelopeKind, payload: Payload) -> None:
        self.kind = kind
        self.payload = payload
        self.envelopes: list[EnvelopeRecord] = []
        self.acked: EnvelopeRecord | None = None
        self.failure: str | None = None
        self._settled = asyncio.Event()

    @property
    def label(self) -> str:
        """In a few words, what is on its way: ``an ack of app_mention Ev0LOCAL0007``."""
        payload = _object(self.payload)
        name = f"{_object(payload.get('event')).get('type', '')} {payload.get('event_id', '')}".strip()
        return f"an ack of {name or payload.get('type') or payload.get('command')}"

    async def settled(self) -> None:
        """Return once the app has acknowledged it, or the workspace has given up."""
        await self._settled.wait()

    def end_attempt(self, attempt: Attempt) -> None:
        """Note how an attempt ended."""
        self.failure = attempt.failure
        if attempt.failure is None:
            self.acked = self.envelopes[-1]

    def settle(self) -> None:
        """End the delivery."""
        self._settled.set()


class Deliveries:
    """Sends payloads, and sends events again for as long as no ack comes.

    Args:
        transport: What carries them.
        traffic: Told of what is under way.
        timing: How patient to be.
    """

    def __init__(self, *, transport: Transport, traffic: Traffic, timing: Timing) -> None:
        self._transport = transport
        self._traffic = traffic
        self._timing = timing
        self._tasks: set[asyncio.Task[None]] = set()

    def deliver(
        self,
        kind: EnvelopeKind,
        payload: Payload,
        *,
        retry_attempt: int = 0,
        retry_reason: str | None = None,
    ) -> Delivery:
        """Send a payload to the app, without waiting for the ack.

        Events are sent again for as long as no ack comes; commands and interactions are not, for the
        person has seen them fail by then.
        """
        delivery = Delivery(kind, payload)
        # Before the task has begun there is already something under way.
        self._traffic.begin(delivery.label)
        task = asyncio.create_task(self._deliver(delivery, retry_attempt, retry_reason))
        # The event loop holds tasks weakly: without this set one could vanish half-way.
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(delivery, done))
        return delivery

    async def close(self) -> None:
        """Give up all deliveries."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self, delivery: Delivery, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._traffic.end(delivery.label)
        delivery.settle()

    async def _deliver(self, delivery: Delivery, retry_attempt: int, retry_reason: str | None) -> None:
        delays = self._timing.retry_delays_seconds if delivery.kind == "events_api" else ()
        for delay in (*delays, None):
            attempt = await self._transport.attempt(delivery, retry_attempt, retry_reason)
            delivery.end_attempt(attempt)
            if attempt.failure is None or attempt.is_last or delay is None:
                return
            await asyncio.sleep(delay)
            retry_attempt += 1
            retry_reason = attempt.failure


def _object(value: object) -> Payload:
    """A JSON object in a payload; empty where a test sends something else."""
    return value if isinstance(value, dict) else {}
