"""Common English words, by what is asked of them; the same for every knowledge base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.text import known_stems


class English:
    """Common English, kept in the form of which a start needs least: words are looked for in long texts.

    Args:
        words: First letter and length (``c5``) -> the words with a blank before and behind each, most frequent first.
        stems: The same, of the stems that are no words themselves.
    """

    def __init__(self, words: Mapping[str, str], stems: Mapping[str, str]) -> None:
        self._words = words
        self._stems = stems
        self.near = lru_cache(maxsize=None)(self._near)

    @classmethod
    def of(cls, words: Iterable[str]) -> English:
        """Common English from lower-case words, most frequent first."""
        known = dict.fromkeys(word for word in words if word.isalpha())
        return cls(_grouped(known), _grouped(sorted(known_stems(known).difference(known))))

    def state(self) -> dict[str, Mapping[str, str]]:
        """All that it is made from, as plain values: the arguments of the constructor."""
        return {"words": self._words, "stems": self._stems}

    def has(self, word: str) -> bool:
        """Whether it is one of the words as it stands."""
        return _holds(self._words, word)

    def has_stem(self, stem: str) -> bool:
        """Whether one of the words has this stem, or is it."""
        return _holds(self._stems, stem) or _holds(self._words, stem)

    def _near(self, start: str, length: int) -> Sequence[str]:
        """Words of nearly that length and with that first letter, which typing errors seldom hit.

        The length itself comes first, and within a length the commonest word: of two equally near words the likelier
        one is meant.
        """
        lengths = (length, length + 1, length - 1)
        return [word for near in lengths for word in self._words.get(f"{start}{near}", "").split()]


def _grouped(words: Iterable[str]) -> dict[str, str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        groups[f"{word[0]}{len(word)}"].append(word)
    return {group: f" {' '.join(members)} " for group, members in groups.items()}


def _holds(groups: Mapping[str, str], word: str) -> bool:
    return f" {word} " in groups.get(f"{word[:1]}{len(word)}", "")
