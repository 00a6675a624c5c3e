"""The parts that messages and views are laid out with, and Slack's limits on them. Pure.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]

# Characters.
HEADER_LIMIT = 150
BUTTON_LIMIT = 75
OPTION_VALUE_LIMIT = 150
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
# Slack cuts `text` beyond 40,000 and asks to stay below 4,000; answers of two long rows may pass the latter.
TEXT_LIMIT = 40_000
SAFE_TEXT_LIMIT = 4_000


def escape(text: str) -> str:
    """Escape a text for mrkdwn: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> Block:
    """A short text in which nothing is markup, such as a label."""
    return {"type": "plain_text", "text": text[:BUTTON_LIMIT]}


def header(text: str) -> Block:
    """A heading; plain text."""
    return {"type": "header", "text": {"type": "plain_text", "text": text[:HEADER_LIMIT]}}


def section(mrkdwn: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": shortened(mrkdwn, SECTION_LIMIT)}}


def context(mrkdwn: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": shortened(mrkdwn, CONTEXT_LIMIT)}]}


def button(action_id: str, label: str, value: str, *, spoken: str | None = None) -> Block:
    """A button; ``spoken`` is what a screen reader says, where the label makes no sense out of context."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label),
        "value": value,
    }
    return {**made, "accessibility_label": spoken[:BUTTON_LIMIT]} if spoken else made


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
