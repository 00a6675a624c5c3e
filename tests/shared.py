"""What tests of several parts share: the topics of the comparison page, and going through blocks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.conversation.deliveries import Pace
from localslack import Timing

ROWS = (
    "workers-compensation",
    "risk-and-safety",
    "employer-of-record",
    "human-resources",
    "regulatory-compliance",
    "employee-benefits",
    "payroll-tax-liability",
    "suta-rate",
    "unemployment-claims",
)
# Waits long neither for late messages nor between tries; for tests where Slack's other end does neither.
BRISK = Pace(settle_seconds=0.3, backoff_seconds=0.1)
# Waits longer for the bot than Slack does, for however busy the machine is, nothing here is about that.
PATIENT = Timing(ack_timeout_seconds=30, trigger_seconds=30)
QUESTIONS = Path(__file__).parent / "questions"
CONCEPTS = ("peo", "aso", "co-employment", "difference", "similarities", "choosing")


def parts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in blocks, the outer ones first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def chatter(*files: Path) -> list[str]:
    """Ordinary channel messages that ask the bot nothing, of labelled files; without any, of the repository's own."""
    files = files or tuple(sorted(QUESTIONS.glob("*/nothing.jsonl")))
    labelled = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [one["question"] for one in labelled if one.get("addressed") is False and one["labels"] == ["none"]]
