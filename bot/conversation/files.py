"""Files that come with a message: the bot reads none, and says so."""

from __future__ import annotations

# Kept at the end of the question's text. Nobody can type it: Slack escapes the bracket.
_MARK = "<#file>"


def marked(text: str) -> str:
    """The text of a message that files came with."""
    return f"{text}{_MARK}"


def unmarked(text: str) -> tuple[str, bool]:
    """The words alone, and whether files came with them."""
    return text.removesuffix(_MARK), text.endswith(_MARK)
