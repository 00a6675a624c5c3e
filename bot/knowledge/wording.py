"""How long the texts of a reply may be, and what is shown of one that is longer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words that a reader sees before pressing "More".
SIDE_WORDS = 45
# An entry with one text has the room of both sides.
TEXT_WORDS = 2 * SIDE_WORDS
NOTE_WORDS = 25
# The whole reply without its buttons and without the comparison table: half of all replies, and the longest.
MEDIAN_REPLY_WORDS = 75
REPLY_WORDS = 120
# Of these, for title, sides and note; the rest is small print.
BODY_WORDS = 95

# A full stop after these, or after a single letter as in "U.S.C.", ends no sentence.
_ABBREVIATIONS = (
    "Ann|Ariz|Art|Co|Code|Corp|Ct|Dept|Fed|Fla|Inc|Jr|Ltd|No|Nos|Pub|Reg|Rev|Sec|Sr|St|Stat|Tex|Wash|approx|e\\.g|etc|"
    "i\\.e|vs"
)
_NO_END = re.compile(rf"(?:\b(?:{_ABBREVIATIONS})|\b[A-Za-z])\.$")
_MAY_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")


def word_count(text: str) -> int:
    """How many words a reader counts: what stands between spaces."""
    return len(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a text in order; joined by spaces they are the text again."""
    found: list[str] = []
    start = 0
    for end in _MAY_END.finditer(text):
        sentence = text[start : end.end()].rstrip()
        if not _NO_END.search(sentence):
            found.append(sentence)
            start = end.end()
    return [*found, text[start:]] if text[start:] else found


def first_named(text: str, names: Iterable[str]) -> str | None:
    """The first of these names that a text has as words of its own, in any case; None where it has none."""
    lowered = text.lower()
    # Most names are not in the text at all, which costs a hundredth of what it costs to look for whole words.
    there = (name for name in names if name.lower() in lowered)
    return next((name for name in there if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)), None)


def shown_of_note(note: str) -> str:
    """The first sentences of a note that fit into a reply; empty where not even the first one does."""
    shown: list[str] = []
    for sentence in sentences(note):
        if word_count(" ".join([*shown, sentence])) > NOTE_WORDS:
            break
        shown.append(sentence)
    return " ".join(shown)
