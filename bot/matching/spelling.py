"""Misspelt words -> the words that were meant, and nothing else touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.text import known_stems, stem

# A typing error is one letter added, dropped, changed or swapped. Short words have too many neighbors to mend
# ("peo" is one letter from "pro"), long ones can hold two errors and still be clear.
MIN_LENGTH = 4
TWO_ERRORS_FROM_LENGTH = 8
LONGEST = 30


class Speller:
    """Mends words against the trade's own words first and common English second.

    Args:
        trade_words: Lower-case words of the knowledge base and vocabulary.
        english_words: Lower-case common English words, most frequent first. Neither they nor their
            inflections are ever changed: "heath" may be a name, and a bot that hears "health" in it answers
            what nobody asked.
    """

    def __init__(self, trade_words: Iterable[str], english_words: Iterable[str]) -> None:
        trade = {word for word in trade_words if word.isalpha()}
        self._english = [word for word in english_words if word.isalpha()]
        self._known = trade.union(self._english)
        self._trade = sorted(word for word in trade if len(word) >= MIN_LENGTH)
        self.mend = lru_cache(maxsize=20_000)(self._mend)

    # Made when the first word is met that is spelt like none: many questions have none, and a start stays short.
    @cached_property
    def _known_stems(self) -> frozenset[str]:
        return known_stems(self._known)

    @cached_property
    def _english_by_start(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """First letter and length -> English words, most frequent first."""
        found: dict[tuple[str, int], list[str]] = defaultdict(list)
        trade = set(self._trade)
        for word in self._english:
            if len(word) >= MIN_LENGTH and word not in trade:
                found[word[0], len(word)].append(word)
        return found

    def knows(self, word: str) -> bool:
        """Whether the word is one of the trade or a common English one, or an inflection of one."""
        return word in self._known or stem(word) in self._known_stems

    def _mend(self, word: str) -> str:
        """The word that was most likely meant; the word itself where it is known, short or far from all others."""
        if not (MIN_LENGTH <= len(word) <= LONGEST and word.isalpha()) or self.knows(word):
            return word
        near = process.extractOne(word, self._trade, scorer=OSA.distance, score_cutoff=1)
        near = near or process.extractOne(word, self._english_near(word), scorer=OSA.distance, score_cutoff=1)
        if near is None and len(word) >= TWO_ERRORS_FROM_LENGTH:
            near = process.extractOne(word, self._trade, scorer=OSA.distance, score_cutoff=2)
        return str(near[0]) if near else word

    def _english_near(self, word: str) -> list[str]:
        """English words of nearly the same length and the same first letter, which typing errors seldom hit.

        The word's own length comes first, and within a length the commonest word: of two equally near words the
        likelier one is meant.
        """
        lengths = (len(word), len(word) + 1, len(word) - 1)
        return [near for length in lengths for near in self._english_by_start.get((word[0], length), ())]
