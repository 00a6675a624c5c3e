"""The delivery of payloads to the app, with retries, over any transport."""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from localslack.model import Payload
from localslack.transport.traffic import EnvelopeRecord, Traffic

EnvelopeKind: TypeAlias = Literal["events_api", "slash_commands", "interactive"]

# Slack's names for why an attempt failed. HTTP mode has more of them.
TIMEOUT = "timeout"
HTTP_TIMEOUT = "http_timeout"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the workspace waits. Slack waits as long for an ack; its retries take minutes.

    Attributes:
        ack_timeout_seconds: A delivery without an ack has failed after this long.
        retry_delays_seconds: An event is sent again after each of these.
        trigger_seconds: For so long after a person has done something, a view may open.
    """

    ack_timeout_seconds: float = 3.0
    retry_delays_seconds: tuple[float, ...] = (0.1, 0.5, 1.0)
    trigger_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt at a delivery ended.

    Attributes:
        failure: Why the app did not acknowledge it, as Slack reports it with the next attempt; None when it did.
        is_last: The app asked for no more attempts.
    """

    failure: str | None = None
    is_last: bool = False


class Transport(Protocol):
    """What carries a payload to the app."""

    async def attempt(self, delivery: "Delivery", retry_attempt: int, retry_reason: str | None) -> Attempt:
        """Try once and add what was sent to the delivery."""


class Delivery:
    """The delivery of one payload, with every envelope that carried it.

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
        """What the workspace waits for, in a few words: ``an ack of app_mention Ev0LOCAL0007``."""
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
    """Sends payloads, and repeats events until an ack comes or the retries are used up.

    Args:
        transport: Carries them.
        traffic: Learns what is in progress.
        timing: How long to wait between retries.
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

        Events are repeated until an ack comes. Commands and interactions are not: the person has seen them fail.
        """
        delivery = Delivery(kind, payload)
        # The delivery is in progress before its task has begun.
        self._traffic.begin(delivery.label)
        task = asyncio.create_task(self._deliver(delivery, retry_attempt, retry_reason))
        # The event loop keeps only weak references to tasks, so one could be collected before it is done.
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
    """A JSON object in a payload; an empty one where a test sends something else."""
    return value if isinstance(value, dict) else {}
