"""What tests of several parts share: the topics of the comparison page, and going through blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
