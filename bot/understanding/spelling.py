"""Misspelt words -> the words that were meant, and nothing else touched."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.text import known_stems, stem
from bot.understanding.english import English

# A typing error is one letter added, dropped, changed or swapped. Short words have too many neighbors to mend
# ("peo" is one letter from "pro"), long ones can hold two errors and still be clear.
MIN_LENGTH = 4
TWO_ERRORS_FROM_LENGTH = 8
LONGEST = 30


class Speller:
    """Mends words against the trade's own words first and common English second.

    Args:
        trade_words: Lower-case words of the knowledge base and vocabulary.
        english: Common English. Neither its words nor their inflections are ever changed: "heath" may be a name,
            and a bot that hears "health" in it answers what nobody asked.
    """

    def __init__(self, trade_words: Iterable[str], english: English) -> None:
        self._english = english
        self._known = frozenset(word for word in trade_words if word.isalpha())
        self._known_stems = known_stems(self._known)
        self._trade = sorted(word for word in self._known if len(word) >= MIN_LENGTH)
        self._trade_near = lru_cache(maxsize=None)(self._trade_of)
        self.mend = lru_cache(maxsize=2_000)(self._mend)

    def knows(self, word: str) -> bool:
        """Whether the word is one of the trade or a common English one, or an inflection of one."""
        if word in self._known or self._english.has(word):
            return True
        one = stem(word)
        return one in self._known_stems or self._english.has_stem(one)

    def _mend(self, word: str) -> str:
        """The word that was most likely meant; the word itself where it is known, short or far from all others."""
        if not (MIN_LENGTH <= len(word) <= LONGEST and word.isalpha()) or self.knows(word):
            return word
        near = process.extractOne(word, self._trade_near(len(word), 1), scorer=OSA.distance, score_cutoff=1)
        near = near or process.extractOne(
            word, self._english.near(word[0], len(word)), scorer=OSA.distance, score_cutoff=1
        )
        if near is None and len(word) >= TWO_ERRORS_FROM_LENGTH:
            near = process.extractOne(word, self._trade_near(len(word), 2), scorer=OSA.distance, score_cutoff=2)
        return str(near[0]) if near else word

    def _trade_of(self, length: int, errors: int) -> list[str]:
        """The trade's words that so many errors can make of one of that length; the others need not be compared."""
        return [word for word in self._trade if abs(len(word) - length) <= errors]
