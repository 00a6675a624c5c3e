"""What is asked about a topic, not the topic: who, how much, how to, when, what it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

Asked: TypeAlias = Literal["who", "cost", "how-to", "when", "what-is", "why", "which", "yes-no"]

_WHO = frozenset({"who", "whose", "whom", "responsible", "responsibility", "liable", "liability"})
_COST = frozenset({"cost", "costs", "price", "prices", "pricing", "fee", "fees", "expensive", "cheap", "cheaper"})
_WHEN = frozenset({"when", "deadline", "deadlines", "soon"})
_LIST = frozenset({"which", "list", "examples", "types", "kinds"})
_HELPERS = frozenset(
    {"is", "are", "can", "could", "do", "does", "did", "will", "would", "should", "must", "may", "has"}
)
_DOERS = frozenset({"i", "we", "you", "one", "someone", "people", "employers"})


def asked_of(words: Sequence[str]) -> frozenset[Asked]:
    """The kinds of thing that a text asks; several where it asks several, none for a bare topic.

    Args:
        words: As ``text.words`` gives them, lower case and with spelling mended.
    """
    held = set(words)
    found: set[Asked] = set()
    if held & _WHO:
        found.add("who")
    if held & _COST or _follows(words, ("how", "much")):
        found.add("cost")
    if held & _WHEN or _follows(words, ("how", "long")):
        found.add("when")
    if held & _LIST:
        found.add("which")
    if "why" in held or _follows(words, ("how", "come")):
        found.add("why")
    if _is_how_to(words):
        found.add("how-to")
    if _follows(words, ("what", "is")) or _follows(words, ("what", "are")) or held & {"mean", "meaning", "define"}:
        found.add("what-is")
    if words and words[0] in _HELPERS:
        found.add("yes-no")
    return frozenset(found)


def _is_how_to(words: Sequence[str]) -> bool:
    """ "How do I ...", "how can we ...", "how to ...": not "how does it work"."""
    for place, word in enumerate(words[:-1]):
        if word != "how":
            continue
        next_word, doer = words[place + 1], words[place + 2 : place + 3]
        if next_word == "to" or (next_word in _HELPERS and _DOERS.intersection(doer)):
            return True
    return False


def _follows(words: Sequence[str], pair: tuple[str, str]) -> bool:
    return pair in pairwise(words)
