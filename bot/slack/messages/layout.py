"""The parts that messages and views are laid out with, and Slack's limits on them. Pure.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """A message: ``text`` alone says everything, for notifications and screen readers; ``blocks`` lay it out."""

    text: str
    blocks: list[Block]


# Characters.
HEADER_LIMIT = 150
LABEL_LIMIT = 75
# On a button Slack takes 75 and shows about 30.
BUTTON_LIMIT = 30
FIELD_LIMIT = 2_000
SECTION_LIMIT = 3_000
CONTEXT_LIMIT = 3_000
# Over all cells of a table.
TABLE_LIMIT = 10_000
TABLE_ROWS = 100
# Ours: a link longer than this, with its label, is left out, so that two of them fit beside the rest.
LINK_LIMIT = 1_200
# Blocks in a message.
BLOCKS_LIMIT = 50
# Slack asks to keep `text` below this: https://docs.slack.dev/reference/methods/chat.postMessage#truncating
TEXT_LIMIT = 4_000
SAFE_TEXT_LIMIT = TEXT_LIMIT
# A view holds 250 KB: https://docs.slack.dev/reference/views. What is bounded here leaves room for the rest of it.
VIEW_OPTIONS = 300
VIEW_BYTES = 200_000


def escape(text: str) -> str:
    """Escape a text for mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> Block:
    """A text with markup. Slack must not make links of its own from names and addresses in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    """A short text in which nothing is markup, such as a label."""
    return {"type": "plain_text", "text": text[:LABEL_LIMIT]}


def spoken_by(*said: str) -> Block:
    """Small print with people's words or names in it, in which Slack reads no markup, mention or emoji code."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": one, "emoji": False} for one in said]}


def quote(words: str) -> Block:
    """What a person wrote, as a quotation in which Slack reads no markup or mention."""
    text = {"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [text]}


def header(text: str) -> Block:
    """A heading; plain text."""
    return {"type": "header", "text": {"type": "plain_text", "text": text[:HEADER_LIMIT]}}


def section(text: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": mrkdwn(shortened(text, SECTION_LIMIT))}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """A table of plain text, the first row its head. Slack takes one a message, with at most ``TABLE_ROWS`` rows."""
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True}] * len(rows[0]),
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
    }


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(shortened(text, CONTEXT_LIMIT))]}


def button(action_id: str, label: str, value: str, *, spoken: str | None = None) -> Block:
    """A button with a label of at most 30 characters.

    ``spoken`` is what a screen reader says, where the label makes no sense out of context.
    """
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(shortened(label, BUTTON_LIMIT)),
        "value": value,
    }
    return {**made, "accessibility_label": spoken[:LABEL_LIMIT]} if spoken else made


def introduced(line: str, reply: Reply) -> Reply:
    """A reply with a line before it, which is mrkdwn."""
    blocks = [context(line), *reply.blocks][:BLOCKS_LIMIT] if reply.blocks else []
    return Reply(headed(line, reply.text), blocks)


def headed(line: str, text: str) -> str:
    """A text with a line before it, which is shortened where both do not fit."""
    return f"{shortened(line, TEXT_LIMIT - len(text) - 1)}\n{text}" if len(text) < TEXT_LIMIT - 1 else text


def fitting(blocks: Iterable[Block], most_bytes: int) -> Iterator[Block]:
    """The first blocks, as many as are within so many bytes."""
    for block in blocks:
        most_bytes -= len(json.dumps(block, ensure_ascii=False).encode())
        if most_bytes < 0:
            return
        yield block


def split(text: str, limit: int) -> Iterable[str]:
    """The lines of a text in as few parts of at most ``limit`` characters as they fill."""
    part = ""
    for line in text.splitlines():
        if part and len(part) + 1 + len(line) > limit:
            yield part
            part = ""
        part = f"{part}\n{line}" if part else line
    yield part


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, with a mark where something is missing and no half of an escape before it."""
    return text if len(text) <= limit else re.sub(r"&[a-z]*$", "", text[: limit - 1]) + "…"


def listed(titles: Iterable[str]) -> str:
    """Titles, which may hold commas, in one line."""
    return "; ".join(titles)


def day(on: date) -> str:
    """A day as people write it: 23 Nov 2026."""
    return f"{on.day} {on:%b %Y}"
