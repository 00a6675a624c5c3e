"""The record of what passed between the workspace and the app, and whether anything is still in progress."""

import asyncio
import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from localslack.model import Change, Payload

# The oldest records are dropped, so that a workspace that runs for days does not grow without bound.
RECORDS_KEPT = 5_000


@dataclass(slots=True, eq=False)
class EnvelopeRecord:
    """One envelope sent over Socket Mode, or one request of HTTP mode.

    Attributes:
        at: When it was sent, seconds since the epoch.
        kind: ``events_api``, ``slash_commands`` or ``interactive``.
        payload: What it carried.
        retry_attempt: 0 for a first delivery.
        connection: The number of the connection that it was sent over, from 1; 0 for HTTP.
        status: In HTTP mode the status that the app answered with; None without an answer.
        ack_seconds: How long the app took to acknowledge it; None while, or if, it has not.
        ack_payload: What the acknowledgement carried.
        number: From 1, in the order of the records of all kinds.
    """

    at: float
    envelope_id: str
    kind: str
    payload: Payload
    retry_attempt: int
    retry_reason: str | None
    connection: int = 0
    status: int | None = None
    ack_seconds: float | None = None
    ack_payload: Payload | None = None
    number: int = 0


@dataclass(slots=True, eq=False)
class ApiCallRecord:
    """One call of the Web API, without its token.

    Attributes:
        at: When it began, seconds since the epoch.
        method: Such as ``chat.postMessage``.
        arguments: As the workspace understood them.
        response: The body of the answer.
        status: The HTTP status of the answer.
        seconds: How long the workspace took.
        number: As of `EnvelopeRecord`.
    """

    at: float
    method: str
    arguments: Payload
    response: Payload = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0
    number: int = 0

    @property
    def error(self) -> str | None:
        """Slack's error code; None when the call succeeded."""
        return self.response.get("error")

    @property
    def warning(self) -> str | None:
        """Slack's warning, such as ``missing_text_in_message``; None when there was none."""
        return self.response.get("warning")


@dataclass(slots=True, eq=False)
class ResponseUrlRecord:
    """One use of a response_url; attributes as of `ApiCallRecord`."""

    at: float
    body: Payload
    response: Payload = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0
    number: int = 0

    @property
    def error(self) -> str | None:
        """Slack's error code; None when the call succeeded."""
        return self.response.get("error")


Record: TypeAlias = EnvelopeRecord | ApiCallRecord | ResponseUrlRecord


class Traffic:
    """The records, oldest first, and what is in progress.

    Args:
        observe: Called with a `Change` when a record is added or gets its answer.
    """

    def __init__(self, observe: Callable[[Change], None]) -> None:
        self._records: deque[Record] = deque(maxlen=RECORDS_KEPT)
        self._observe = observe
        self._numbers = itertools.count(1)
        self._under_way: Counter[str] = Counter()
        self._last_activity = time.monotonic()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def records(self) -> list[Record]:
        """Everything, oldest first."""
        return list(self._records)

    @property
    def api_calls(self) -> list[ApiCallRecord]:
        """The calls of the Web API."""
        return [record for record in self._records if isinstance(record, ApiCallRecord)]

    @property
    def response_url_calls(self) -> list[ResponseUrlRecord]:
        """The uses of response_urls."""
        return [record for record in self._records if isinstance(record, ResponseUrlRecord)]

    @property
    def envelopes(self) -> list[EnvelopeRecord]:
        """The envelopes sent over Socket Mode, and the requests of HTTP mode."""
        return [record for record in self._records if isinstance(record, EnvelopeRecord)]

    def calls(self, method: str) -> list[ApiCallRecord]:
        """The calls of one method of the Web API."""
        return [record for record in self.api_calls if record.method == method]

    def events(self, event_type: str) -> list[EnvelopeRecord]:
        """The envelopes that carried one type of event, redeliveries among them."""
        return [record for record in self.envelopes if record.payload.get("event", {}).get("type") == event_type]

    def clear(self) -> None:
        """Forget all records."""
        self._records.clear()

    def add(self, record: Record) -> None:
        """Add a record and give it its number."""
        record.number = next(self._numbers)
        self._records.append(record)
        self.touch(record)

    def touch(self, record: Record) -> None:
        """Note that something happened to a record."""
        self._last_activity = time.monotonic()
        self._observe(Change("traffic_recorded", record))

    @property
    def what_is_under_way(self) -> list[str]:
        """Descriptions of what is in progress, sorted."""
        return sorted(self._under_way.elements())

    def begin(self, what: str) -> None:
        """Note that something has begun; `end` must follow with the same description."""
        self._under_way[what] += 1
        self._idle.clear()

    def end(self, what: str) -> None:
        """Note that it is over."""
        self._under_way[what] -= 1
        if not self._under_way[what]:
            del self._under_way[what]
        self._last_activity = time.monotonic()
        if not self._under_way:
            self._idle.set()

    @contextmanager
    def under_way(self, what: str) -> Iterator[None]:
        """`begin` and `end` around a block."""
        self.begin(what)
        try:
            yield
        finally:
            self.end(what)

    async def quiet(self, seconds: float) -> None:
        """Return once nothing has been in progress for this long."""
        while True:
            await self._idle.wait()
            remaining = self._last_activity + seconds - time.monotonic()
            if remaining > 0:
                await asyncio.sleep(remaining)
            elif not self._under_way:
                return
