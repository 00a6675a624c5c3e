"""The parts of a raw value, before its shape is known to be right; what is not as expected is read as empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def mapping_at(value: Any, key: str) -> dict[str, Any]:
    """The mapping under a key."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def list_at(value: Any, key: str) -> list[Any]:
    """The list under a key."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def strings_in(value: Any) -> Iterator[tuple[int, str]]:
    """The strings of a list that are not empty, each with its index."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str) and item:
            yield index, item
