"""Does the second turn of a conversation lean on the first?"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypeAlias

from bot.matching.reading import FUNCTION_WORDS, Reading
from bot.text import stems

# `switch`: asks the same of another model ("and under an ASO?"); `lean`: makes sense only after what was asked
# before ("why?", "does that go for part-timers"); `fresh`: stands on its own.
Turn: TypeAlias = Literal["switch", "lean", "fresh"]

# Groups of the vocabulary that name a model or both: special to the matcher, as `focus` is.
_MODEL_GROUPS = frozenset({"peo", "aso", "co-employment", "both-models"})

_MODEL_STEMS = frozenset(stems("peo aso co employment employed employer admin administrative"))

_SWITCHING = stems(
    "other same instead switch reverse opposite side way else also too well now again thing model kind type option "
    "version case under mode setup arrangement lighter fuller full letter three alternative lite admin administrative "
    "administrator only question different change differ compare"
)
_POINTING = stems(
    "that this it those these they them he she his her their then there so same other both either neither else "
    "also too instead again still why more less simpler shorter short sure really example source detail even "
    "explain say tell give word slowly repeat elaborate"
)
_SAID_ANYWAY = FUNCTION_WORDS.union(_MODEL_STEMS, _SWITCHING, _POINTING)
_OPENING = stems("and or but so then what how why even also plus now still does is only just")

# "what is a PEO" names a model too, and asks for it rather than for the same of it.
_DEFINING = frozenset({("what", "is"), ("what", "are"), ("what", "do"), ("what", "doe")})

# A turn of more words than this says what it is about.
LEANS_UP_TO_WORDS = 9


def turn_of(reading: Reading) -> Turn:
    """How the latest question of a thread hangs on the one before it."""
    own = own_content(reading)
    names_model = any(group in _MODEL_GROUPS for group in reading.groups)
    if not own and not defines(reading) and (names_model or "other" in reading.stems):
        return "switch"
    if len(reading.stems) > LEANS_UP_TO_WORDS:
        return "fresh"
    points = any(one in _POINTING for one in reading.stems)
    return "lean" if points or len(own) <= 1 or reading.stems[0] in _OPENING else "fresh"


def defines(reading: Reading) -> bool:
    """Whether a question asks what something is."""
    return any(pair in _DEFINING for pair in pairwise(reading.stems))


def own_content(reading: Reading) -> list[str]:
    """The stems that say something of their own: neither grammar, nor a model's name, nor a pointer back."""
    return [one for one in reading.stems if one not in _SAID_ANYWAY]
