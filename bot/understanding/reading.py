"""A question -> what was read in it: words, spelling mended, groups of the vocabulary, features.

A feature is a string: a stem (``claim``), a group of the vocabulary (``@unemployment``), a pair of neighbors
(``who pay``, ``@unemployment claim``), any word as it stands (``=claims``, ``=the``), or what is asked (``#cost``).
Questions and phrasings are read in the same way, so they meet in features.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bot.knowledge import Model
from bot.text import stem, stems, words
from bot.understanding.asked import Asked, asked_of
from bot.understanding.english import English
from bot.understanding.spelling import Speller

# Words of English grammar, as stems. Alone they tell no topic from another; next to a neighbor they tell the
# form of a question ("who pay", "what is"), so they stay in the pairs.
FUNCTION_WORDS = frozenset(
    stems(
        "a an the this that these those of to in on at by for from with about into out up as and or if so but than "
        "then not no i me my mine we us our ours you your yours he him his she her it its they them their theirs am "
        "is are was were be been being do does did done have has had having can could will would shall should may "
        "might must what who whom whose which when where how why there here any some all just get got go one ones "
        "s t d m re ve ll"
    )
)

# The stems of words with which people ask for something.
ASKING = frozenset(
    stems(
        "who whose whom what how which when where why do does did is are can could will would should explain tell "
        "define compare describe"
    )
)


@dataclass(frozen=True)
class Reading:
    """What was read in one text.

    ``words`` are lower case and mended; ``mended`` holds (as typed, as read); ``unknown`` are words that neither
    English nor the trade knows; ``stems`` are those of the words without the filler; ``groups`` are ids of the
    vocabulary in order of appearance; ``loose`` are the content stems outside every group; ``asked`` is what is asked.
    """

    words: tuple[str, ...]
    mended: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    stems: tuple[str, ...]
    groups: tuple[str, ...]
    loose: tuple[str, ...]
    features: tuple[str, ...]
    asked: frozenset[Asked] = frozenset()

    @property
    def focus(self) -> Model | None:
        """The one model that is named; None where both are or neither is."""
        named = {_MODEL_OF_GROUP[group] for group in self.groups if group in _MODEL_OF_GROUP}
        return named.pop() if len(named) == 1 else None


_MODEL_OF_GROUP: Mapping[str, Model] = {"peo": "peo", "cpeo": "peo", "aso": "aso"}


# Different words of one text that are looked up for mending; a text of more is none that mending helps.
MOST_MENDED = 40

# Stands in the place of a group for words that are read over; no id of the vocabulary can hold a star.
_FILLER = "*filler"


class _Item(NamedTuple):
    """One word of a question, or a run of words that is one word of the vocabulary."""

    stems: tuple[str, ...]
    group: str | None


# A fit reads some thousand stems a hundred thousand times.
@lru_cache(maxsize=2_000)
def _alone(stem_: str) -> _Item:
    return _Item((stem_,), None)


class Reader:
    """Reads texts with a vocabulary.

    Args:
        groups: The vocabulary: group id -> its words and misspellings.
        filler: Words and phrases that carry no meaning; they are read over.
        trade_words: Words that are spelt right by definition, and that misspelt ones are mended to first.
        english: Common English; see ``Speller``.
    """

    def __init__(
        self,
        groups: Mapping[str, Sequence[str]],
        filler: Iterable[str],
        trade_words: Iterable[str],
        english: English,
    ) -> None:
        self._groups = {stems(word): name for name, aliases in groups.items() for word in aliases}
        self._groups.update(dict.fromkeys(map(stems, filler), _FILLER))
        # First stem -> the lengths of the words of the vocabulary that begin with it, longest first.
        self._lengths: dict[str, list[int]] = defaultdict(list)
        for alias in sorted(self._groups, key=len, reverse=True):
            if alias and len(alias) not in self._lengths[alias[0]]:
                self._lengths[alias[0]].append(len(alias))
        in_vocabulary = (word for aliases in groups.values() for alias in aliases for word in words(alias))
        self._speller = Speller({*trade_words, *in_vocabulary}, english)

    def read(self, text: str) -> Reading:
        """Read a question as it was typed, Slack markup and all."""
        return self.read_words(words(text))

    def read_words(self, typed: Sequence[str]) -> Reading:
        """Read words that ``text.words`` found already, such as those of a phrasing."""
        strange = [word for word in dict.fromkeys(typed) if not self._speller.knows(word)][:MOST_MENDED]
        mended_to = {word: self._speller.mend(word) for word in strange}
        read = [mended_to.get(word, word) for word in typed]
        return self._reading(
            read,
            mended=tuple((before, after) for before, after in zip(typed, read, strict=True) if before != after),
            unknown=tuple(word for word in read if word.isalpha() and not self._speller.knows(word)),
        )

    def _reading(
        self, read: Sequence[str], *, mended: tuple[tuple[str, str], ...], unknown: tuple[str, ...]
    ) -> Reading:
        items, as_they_stand = self._without_filler(read)
        read_stems = tuple(one for item in items for one in item.stems)
        groups = tuple(item.group for item in items if item.group is not None)
        loose = tuple(item.stems[0] for item in items if item.group is None and item.stems[0] not in FUNCTION_WORDS)
        asked = asked_of(read)
        names = [f"@{item.group}" if item.group else item.stems[0] for item in items]
        features = (
            *(one for one in read_stems if one not in FUNCTION_WORDS),
            *(f"@{group}" for group in groups),
            *(f"{first} {second}" for first, second in pairwise(names)),
            *(f"={word}" for word in as_they_stand),
            *(f"#{kind}" for kind in sorted(asked)),
        )
        return Reading(tuple(read), mended, unknown, read_stems, groups, loose, features, asked)

    def _without_filler(self, read: Sequence[str]) -> tuple[list[_Item], list[str]]:
        """The items of a text, and the words that they are made of, both without those that are read over."""
        items: list[_Item] = []
        kept: list[str] = []
        start = 0
        for item in self._items([stem(word) for word in read]):
            end = start + len(item.stems)
            if item.group != _FILLER:
                items.append(item)
                kept += read[start:end]
            start = end
        return items, kept

    def _items(self, read_stems: list[str]) -> Iterator[_Item]:
        """The stems in order; the longest run of them that is a word of the vocabulary is one item with its group."""
        start = 0
        while start < len(read_stems):
            item = _alone(read_stems[start])
            for length in self._lengths.get(read_stems[start], ()):
                run = tuple(read_stems[start : start + length])
                if run in self._groups:
                    item = _Item(run, self._groups[run])
                    break
            yield item
            start += len(item.stems)


# Stems of words that point or ask and name no subject: "who is responsible for this", "what happens if we miss it".
_NAMES_NOTHING = frozenset(
    stems(
        "responsible responsibility liable accountable charge handle handles manage do doing does file files filing "
        "answer answers happen happens happened miss deadline pay pays paid cost costs price much many work works need "
        "want take takes own owns use make makes give send sends say says think know see look check fix help tell ask "
        "question questions thing things stuff someone anyone everybody people guys person today now then yet again "
        "still also really please mean means matter problem issue case time long soon right wrong ok other same "
        "different else more less better best good bad new old first last next true possible required mandatory need "
        "apply applies cover covers covered include included involved decide sign signs data info information"
    )
)


def subject_of(reading: Reading) -> tuple[str, ...]:
    """The stems that name what a text is about: neither grammar nor words that only point or ask."""
    return tuple(one for one in reading.stems if one not in FUNCTION_WORDS and one not in _NAMES_NOTHING)


def names_no_subject(reading: Reading) -> bool:
    """Whether a text could be about anything at all: "who is responsible for this?"."""
    return not subject_of(reading)
