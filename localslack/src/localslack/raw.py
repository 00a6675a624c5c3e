"""Events and payloads that a test composes itself, sent whatever the manifest says."""

from collections.abc import Mapping
from typing import Any

from localslack.events import Events
from localslack.transport.deliveries import Deliveries, Delivery, EnvelopeKind
from localslack.transport.traffic import EnvelopeRecord


class RawDeliveries:
    """Sends the app what a test composes, without waiting for the ack."""

    def __init__(self, events: Events, deliveries: Deliveries) -> None:
        self._events = events
        self._deliveries = deliveries

    async def deliver(
        self, event: Mapping[str, Any], *, event_id: str | None = None, retry_attempt: int = 0
    ) -> Delivery:
        """Send an event; without an ``event_id`` it gets one."""
        return self._events.send_raw(dict(event), event_id=event_id, retry_attempt=retry_attempt)

    async def deliver_payload(self, kind: EnvelopeKind, payload: Any) -> Delivery:
        """Send any payload, even one that Slack would never send."""
        return self._deliveries.deliver(kind, payload)

    async def redeliver(self, delivery: Delivery | EnvelopeRecord, retry_attempt: int = 1) -> Delivery:
        """Send the payload of an earlier event again, with the same ``event_id``."""
        return self._deliveries.deliver(
            "events_api",
            delivery.payload,
            retry_attempt=retry_attempt,
            retry_reason="timeout" if retry_attempt else None,
        )
