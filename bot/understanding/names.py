"""What people call an entry, in the plain frames in which they ask: "who handles workers' comp under a PEO?".

A question that is a name in a frame, and nothing more, is answered by that entry whatever the ranking says; and from
the names and frames the fit draws plain questions, so that a new entry with three names is found in all plain wordings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from bot.text import stems
from bot.understanding.asked import Asked
from bot.understanding.reading import Reader, Reading

# Where a name goes in a frame.
PLACE = "{}"
# Frames of each name that the fit learns from; all frames come up among the names.
FRAMES_LEARNT = 4
# Words that say something, in a question that is a name in a frame.
MOST_WORDS = 10

_MODELS = frozenset(stems("peo aso professional employer organization administrative services"))
# Read over between a name and its frame. "Get out of a PEO" and "without a PEO" say more than "a PEO".
_SAYS_NOTHING = frozenset(
    stems(
        "a an the my our your their us we i you it this that is are was be been do does did can could would will "
        "should there of to for in on at by with under about and please exactly really actually who what how which "
        "whose"
    )
)


class Named(NamedTuple):
    """The names of an entry with the frames that they are asked in.

    Attributes:
        names: What people call it; the title and its short form are among them.
        frames: Texts with ``{}`` for the name.
    """

    names: tuple[str, ...]
    frames: tuple[str, ...]


def framed(named: Named) -> Iterator[str]:
    """Plain questions to learn from: each name alone and in a few frames, in turn."""
    for place, name in enumerate(named.names):
        yield name
        count = min(FRAMES_LEARNT, len(named.frames))
        for step in range(count):
            frame = named.frames[(place * FRAMES_LEARNT + step) % len(named.frames)]
            yield frame.replace(PLACE, name)


@dataclass(frozen=True)
class _Name:
    entry_id: str
    says: frozenset[str]
    frame_says: frozenset[str]
    asked: frozenset[Asked]


class Names:
    """Finds the entry that a plain question names.

    Args:
        named: By entry id.
        reader: Reads names, frames and questions alike.
    """

    def __init__(self, named: Mapping[str, Named], reader: Reader) -> None:
        self._reader = reader
        frames = {frame: reader.read(frame.replace(PLACE, " ")) for one in named.values() for frame in one.frames}
        # By one of their words, since a question holds few.
        self._by_word: dict[str, list[_Name]] = defaultdict(list)
        for entry_id, one in named.items():
            readings = [frames[frame] for frame in one.frames]
            frame_says = frozenset(chain.from_iterable(_says(reading) for reading in readings))
            asked: frozenset[Asked] = frozenset().union(*(reading.asked for reading in readings))
            for name in one.names:
                reading = reader.read(name)
                says = _says(reading)
                if says:
                    self._by_word[min(says)].append(_Name(entry_id, says, frame_says, asked | reading.asked))

    def find(self, reading: Reading) -> str | None:
        """The entry that a question names and asks nothing more about; None where there is none, or several."""
        says = _says(reading)
        if not says or len(says) > MOST_WORDS:
            return None
        found = [name for word in says for name in self._by_word.get(word, ()) if _is_all(name, says, reading.asked)]
        if not found:
            return None
        most = max(len(name.says) for name in found)
        entries = {name.entry_id for name in found if len(name.says) == most}
        return entries.pop() if len(entries) == 1 else None


def _is_all(name: _Name, says: frozenset[str], asked: frozenset[Asked]) -> bool:
    return name.says <= says and says - name.says <= name.frame_says | _MODELS and asked <= name.asked


def _says(reading: Reading) -> frozenset[str]:
    return frozenset(one for one in reading.stems if one not in _SAYS_NOTHING)
