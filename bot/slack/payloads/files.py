"""Files that come with a message: the bot reads none, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Added to the text of a message, in the form of Slack's own markup. Nobody can type it: Slack escapes the bracket.
_MARK = "<#file>"


def marked(text: str, *messages: Mapping[str, Any]) -> str:
    """The words of a message, with a mark where a file comes with it or with what it forwards."""
    return f"{text}{_MARK}" if any(_has_files(message.get("files")) for message in messages) else text


def unmarked(text: str) -> tuple[str, bool]:
    """The words alone, and whether a file came with them."""
    return text.removesuffix(_MARK), text.endswith(_MARK)


def not_read_text() -> str:
    """What a person reads who sends a file."""
    return "I do not read files, only what is written in the message itself."


def _has_files(files: object) -> bool:
    return isinstance(files, Sequence) and not isinstance(files, str) and len(files) > 0
