"""Walks through blocks: fills in ids and finds the elements that a person can use."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

PASSIVE_ELEMENTS = frozenset({"image", "plain_text", "mrkdwn"})


class PlacedElement(NamedTuple):
    """An interactive element and its block.

    Attributes:
        block: The block it is in.
        element: The element itself. Both have their ids filled in.
    """

    block: dict[str, Any]
    element: dict[str, Any]

    @property
    def block_id(self) -> str:
        """The id of the block it is in."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """The element's own id."""
        return str(self.element["action_id"])


def with_ids(blocks: Iterable[dict[str, Any]], ids: Iterator[str]) -> tuple[dict[str, Any], ...]:
    """Copy valid blocks, giving those without a block_id, and elements without an action_id, one.

    Slack does the same. A ``markdown`` block gets a new id even where it had one, for Slack drops it.
    """
    copies = tuple(copy.deepcopy(block) for block in blocks)
    for block in all_blocks(copies):
        if "block_id" not in block or block["type"] == "markdown":
            block["block_id"] = next(ids)
        for element in elements_in(block):
            element.setdefault("action_id", next(ids))
    return copies


def all_blocks(blocks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The blocks and those inside containers and carousels, in order."""
    for block in blocks:
        yield block
        if block["type"] == "container":
            yield from all_blocks(block["child_blocks"])
        elif block["type"] == "carousel":
            yield from all_blocks(block["elements"])


def elements_in(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The interactive elements directly in one block."""
    candidates: list[dict[str, Any]] = []
    if block["type"] in ("actions", "context_actions", "context"):
        candidates = block["elements"]
    elif block["type"] == "card":
        candidates = block.get("actions", [])
    elif block["type"] == "input":
        candidates = [block["element"]]
    elif "accessory" in block:
        candidates = [block["accessory"]]
    yield from (element for element in candidates if element["type"] not in PASSIVE_ELEMENTS)


def interactive_elements(blocks: Iterable[dict[str, Any]]) -> Iterator[PlacedElement]:
    """All elements that a person can use, in order; the blocks must have been through `with_ids`."""
    for block in all_blocks(blocks):
        for element in elements_in(block):
            yield PlacedElement(block, element)
