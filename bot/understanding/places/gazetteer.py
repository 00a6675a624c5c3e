"""Which states a question names, and what it says without them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.places import PlacesFile
from bot.text import plain, stem, stems
from bot.understanding.places.mentions import BETWEEN, Finder, Mention
from bot.understanding.reading import FUNCTION_WORDS

# Every state; no postal code holds a star.
EVERY_STATE = "*"
_ASKS_FOR_LIST = re.compile(
    r"\b(?:which|what|how many) (?:(?:of|are|the|other|us|u\.s\.|50|all) )*states\b(?! (?:our|my|your|their)\b)"
    r"|\b(?:lists?(?: me)?(?: of)?|name)(?: (?:the|all|every|other|us|u\.s\.|50|of|client|peo|which))* states\b"
    r"|\b(?:table|chart|map|breakdown|list|rules?|overview)\b[^?.]{0,15}\bby state\b|\bstate[ -]by[ -]state\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"\s*\b(?:(?:over|out|up|down|in) )?there\b(?!'s| (?:is|are|any|a|an|be|was|were)\b)"
    r"|\s*\b(?:in|for|of) (?:that|this|the same) state\b",
    re.IGNORECASE,
)
# "Is there a list" points nowhere.
_EXISTS = re.compile(r"\b(?:is|are|was|were|will|would|if|whether|that|does|do|can|could|should)$", re.IGNORECASE)
_OF_PLACE = re.compile(r"\b(?:the )?(?:great )?state of $", re.IGNORECASE)
_BEHIND_PLACE = re.compile(r"(?:'s?)?(?:-based\b)?")
# Where a firm was founded says nothing about where its people work.
_FOUNDED_BEFORE = re.compile(
    r"\b(?:incorporated|inc\.?|formed|organized|chartered|domiciled)(?: (?:in|under|as a|as an))*(?: the state of)? ?$",
    re.IGNORECASE,
)
_FOUNDED_BEHIND = re.compile(r"\s+(?:[cs][ -]?corps?\b|corps?\b|corporations?\b|llcs?\b|inc\b|entity\b)", re.IGNORECASE)
# Set aside in words, as "not Texas" or "outside Ohio".
_SET_ASIDE = re.compile(
    r"\b(?:not|except(?: for)?|other than|besides|instead of|rather than|outside(?: of)?|but not)(?: in| for)? $",
    re.IGNORECASE,
)
# These count only where no other place is named: a head office, the provider's place, where somebody has moved from.
_ASIDE_BEFORE = re.compile(
    r"\b(?:headquartered|headquarters|hq|head office|home office|main office)(?: (?:is|are))? (?:in |at )?$"
    r"|\b(?:our|the|their|its|a|my) (?:peo|provider|aso|vendor)(?:'s| is)? (?:is )?(?:based |located |out )?(?:in|of) $"
    r"|\b(?:mov|relocat|transferr)\w* (?:\w+ ){0,2}from $",
    re.IGNORECASE,
)
_ASIDE_BEHIND = re.compile(
    r"(?:-based)? (?:hq|headquarters|head office|home office|(?:based )?(?:peo|provider))\b", re.IGNORECASE
)
# "Does Utah allow it" asks about the state, "a Utah license" does not.
_ASKS_OF_STATE = re.compile(r"\b(?:do|does|did|will|would|can|could|must|may|has)\s+$", re.IGNORECASE)
# Stands where a place was; nobody types it.
_PLACE = "\x00"


@dataclass(frozen=True)
class Places:
    """The places of a question.

    Attributes:
        states: Postal codes in the order of the question.
        elsewhere: Names of what is not covered.
        rest: The question without its places; empty where nothing is left.
        is_bare: Whether the rest says nothing but that somebody is there: "what about our Texas team?"
        asks_for_all: Whether it asks which states something holds in.
        points: Whether it points to a place that was named before: "is a license needed there?"
        typed: The places as they were typed.
    """

    states: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    rest: str = ""
    is_bare: bool = False
    asks_for_all: bool = False
    points: bool = False
    typed: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The states, then what is not covered; or every state, where no place is named and all are asked for."""
        found = (*self.states, *self.elsewhere)
        return found or ((EVERY_STATE,) if self.asks_for_all else ())

    def in_lower_case(self, question: str) -> str:
        """The question with its places in lower case; in capitals they would look like people's names."""
        for typed in self.typed:
            question = question.replace(typed, typed.lower())
        return question


class Gazetteer:
    """Reads the places of questions.

    Args:
        file: How people name a place.
        is_word: Whether a lower-case word is one of English, which is then no misspelt state.
    """

    def __init__(self, file: PlacesFile, is_word: Callable[[str], bool]) -> None:
        self._finder = Finder(file, is_word)
        self._codes = frozenset(file.states)
        self._before = frozenset(file.before)
        self._says_nothing = FUNCTION_WORDS.union(stem(word) for word in file.setting)

    def read(self, question: str) -> Places:
        """Read the places of a question as it was typed, Slack markup and all."""
        text = plain(question)
        asks_for_all = _ASKS_FOR_LIST.search(text) is not None
        found = self._finder.find(text)
        there = None if found else self._pointer(text)
        spans = self._spans(text, found) if there is None else [there.span()]
        rest = self._without(text, spans)
        names = tuple(dict.fromkeys(name for mention in _without_asides(text, found) for name in mention.names))
        return Places(
            states=tuple(name for name in names if name in self._codes),
            elsewhere=tuple(name for name in names if name not in self._codes),
            rest=rest,
            is_bare=self._is_bare(rest),
            asks_for_all=asks_for_all,
            points=there is not None,
            typed=tuple(text[mention.start : mention.end] for mention in found),
        )

    @staticmethod
    def _pointer(text: str) -> re.Match[str] | None:
        return next((one for one in _THERE.finditer(text) if not _EXISTS.search(text, 0, one.start())), None)

    def _spans(self, text: str, found: Sequence[Mention]) -> list[tuple[int, int]]:
        """Where places stand, with the words that only belong to them: "in the state of Texas"."""
        spans: list[tuple[int, int]] = []
        for mention in found:
            end = mention.end
            if behind := _BEHIND_PLACE.match(text, end):
                end = behind.end()
            if spans and BETWEEN.fullmatch(text, spans[-1][1], mention.start):
                spans[-1] = (spans[-1][0], end)
                continue
            start = mention.start
            if of := _OF_PLACE.search(text, 0, start):
                start = of.start()
            before = re.search(r"(?<![\w'])(\w+)\s+$", text[:start])
            if before and before[1].lower() in self._before and not self._belongs_to_next(text, mention, before[1]):
                start = before.start()
            spans.append((start, end))
        return spans

    @staticmethod
    def _belongs_to_next(text: str, mention: Mention, before: str) -> bool:
        """Whether a place says which of a thing is meant: "for Oregon transit tax" but not "for Oregon, whose rate"."""
        behind = re.match(r"\s+([\w']+)", text[mention.end :])
        return before.lower() != "in" and behind is not None and stem(behind[1].lower()) not in FUNCTION_WORDS

    def _without(self, text: str, spans: Iterable[tuple[int, int]]) -> str:
        """A text without its places, and without clauses that only say that somebody is there."""
        marked, end = "", 0
        for start, stop in spans:
            who = " the state" if _ASKS_OF_STATE.search(text, 0, start) else ""
            marked += f"{text[end:start]}{who} {_PLACE} "
            end = stop
        clauses = re.split(r"(?<=[,;:.!?–—])\s+", f"{marked}{text[end:]}")
        kept = [one for one in clauses if _PLACE not in one or not self._is_bare(one)]
        joined = " ".join(" ".join(kept or clauses).replace(_PLACE, " ").split())
        return re.sub(r"\s+(?=[,;:.?!])", "", joined).lstrip(" ,;:.-–—")

    def _is_bare(self, text: str) -> bool:
        return all(one in self._says_nothing for one in stems(text))


def _without_asides(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Without the places that are not meant."""
    kept = [
        mention
        for mention in found
        if not _FOUNDED_BEFORE.search(text, 0, mention.start)
        and not _FOUNDED_BEHIND.match(text, mention.end)
        and not _SET_ASIDE.search(text, 0, mention.start)
    ]
    meant = [
        mention
        for mention in kept
        if not _ASIDE_BEFORE.search(text, 0, mention.start) and not _ASIDE_BEHIND.match(text, mention.end)
    ]
    return meant or kept
