"""Turns what the workspace holds into the JSON that a page draws. Pure functions.

A page gets everything once, as a snapshot, and then every change. It shows what its present person may see.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, assert_never

from localslack.model import Change, Channel, Choices, Message, Notice, Payload, User, View
from localslack.transport.traffic import ApiCallRecord, EnvelopeRecord, Record, ResponseUrlRecord

# A page shows at most this many records, so that it opens quickly after days of traffic.
RECORDS_SHOWN = 500


def shown_change(change: Change) -> Payload:
    """A change as a page gets it: its kind, and the present state of its subject."""
    subject = change.subject
    if isinstance(subject, EnvelopeRecord | ApiCallRecord | ResponseUrlRecord):
        return {"type": "change", "kind": change.kind, "subject": shown_record(subject)}
    assert isinstance(subject, Channel | Message | View | Notice | Choices)
    return {"type": "change", "kind": change.kind, "subject": shown(subject)}


def shown(subject: User | Channel | Message | View | Notice | Choices) -> Payload:
    """The fields of an object under their own names."""
    fields = {field.name: getattr(subject, field.name) for field in dataclasses.fields(subject)}
    return {name: _plain(value) for name, value in fields.items()}


def shown_record(record: Record) -> Payload:
    """One record of the traffic.

    Returns:
        ``number``; ``at`` in seconds since the epoch; ``kind``; ``title``, such as a method or an event type;
        ``seconds`` until the answer, None while there is none; ``error``, None on success; ``sent``; ``answer``.
    """
    if isinstance(record, EnvelopeRecord):
        sent: Payload = {"envelope_id": record.envelope_id, "type": record.kind, "payload": record.payload}
        if record.retry_attempt:
            sent |= {"retry_attempt": record.retry_attempt, "retry_reason": record.retry_reason}
        answer = record.ack_payload if record.ack_seconds is not None else None
        return _record(record, "event", _title(record), record.ack_seconds, None, sent, answer)
    if isinstance(record, ApiCallRecord):
        title, kind, sent = record.method, "call", record.arguments
    elif isinstance(record, ResponseUrlRecord):
        title, kind, sent = "response_url", "call", record.body
    else:
        assert_never(record)
    return _record(record, kind, title, record.seconds, record.error, sent, record.response)


def _record(
    record: Record,
    kind: str,
    title: str,
    seconds: float | None,
    error: str | None,
    sent: Payload,
    answer: Payload | None,
) -> Payload:
    return {
        "number": record.number,
        "at": record.at,
        "kind": kind,
        "title": title,
        "seconds": seconds,
        "error": error,
        "sent": sent,
        "answer": answer,
    }


def _title(record: EnvelopeRecord) -> str:
    payload = record.payload
    if record.kind == "events_api":
        event = payload["event"]
        return " ".join(str(event[name]) for name in ("type", "subtype") if event.get(name))
    return str(payload.get("command") or payload["type"])


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
