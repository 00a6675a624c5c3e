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


class _English:
    """Common English words, by what is asked of them; the same for every knowledge base."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if word.isalpha()]
        self.words = frozenset(self._words)
        self.near = lru_cache(maxsize=None)(self._near)

    # Made when the first word is met that is spelt like none: many questions have none, and a start stays short.
    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words."""
        return known_stems(self._words)

    @cached_property
    def _by_start(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """First letter and length -> words, most frequent first."""
        found: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) >= MIN_LENGTH:
                found[word[0], len(word)].append(word)
        return found

    def _near(self, start: str, length: int) -> Sequence[str]:
        """Words of nearly that length and with that first letter, which typing errors seldom hit.

        The length itself comes first, and within a length the commonest word: of two equally near words the likelier
        one is meant.
        """
        lengths = (length, length + 1, length - 1)
        return [word for near in lengths for word in self._by_start.get((start, near), ())]


# One, and not two while the knowledge is loaded anew.
_english = lru_cache(maxsize=1)(_English)


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
        self._english = _english(tuple(english_words))
        self._known = trade | self._english.words
        self._trade = sorted(word for word in trade if len(word) >= MIN_LENGTH)
        self._trade_near = lru_cache(maxsize=None)(self._trade_of)
        self.mend = lru_cache(maxsize=10_000)(self._mend)

    @cached_property
    def _known_stems(self) -> frozenset[str]:
        return self._english.stems | known_stems(self._known - self._english.words)

    def knows(self, word: str) -> bool:
        """Whether the word is one of the trade or a common English one, or an inflection of one."""
        return word in self._known or stem(word) in self._known_stems

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
