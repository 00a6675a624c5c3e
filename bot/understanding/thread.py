"""Does the second turn of a conversation lean on the first?"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from bot.text import stems
from bot.understanding.matcher import Match
from bot.understanding.reading import ASKING, FUNCTION_WORDS, Reading
from bot.understanding.weights import line


class TurnEvidence(NamedTuple):
    """What speaks for a turn that asks something of its own, rather than more of what the thread is at.

    Attributes:
        behind: Score of the turn's best candidate minus that of the topic of the thread; 0 where they are the same.
        own: How many words say something of their own, at most ``MOST_OWN``.
        defines: 1 where it asks what something is, else 0.
        points: 1 where a word points back ("that", "then", "why"), else 0.
    """

    behind: float
    own: float
    defines: float
    points: float


# Fitted on labelled second turns by tools/fit_confidence.py.
_TURN = line("turns", TurnEvidence)
MOST_OWN = 6

# Groups of the vocabulary that name a model or both: special to the matcher, as `focus` is.
_MODEL_GROUPS = frozenset({"peo", "aso", "co-employment", "both-models"})

_MODEL_STEMS = frozenset(stems("peo aso co employment employed employer admin administrative"))

_SWITCHING = stems(
    "other same instead switch reverse opposite side way else also too well now again thing model kind type option "
    "version case under mode setup arrangement lighter fuller full letter three alternative lite admin administrative "
    "administrator only question different change differ compare vs versus v"
)
_POINTING = stems(
    "that this it those these they them he she his her their then there so same other both either neither else "
    "also too instead again still why more less simpler shorter short sure really example source detail even "
    "explain say tell give word slowly repeat elaborate simply plain english brief briefly"
)
_PRONOUNS = frozenset(stems("it that this those these they them then there"))
_SAID_ANYWAY = FUNCTION_WORDS.union(_MODEL_STEMS, _SWITCHING, _POINTING)

# "what is a PEO" names a model too, and asks for it rather than for the same of it.
_DEFINING = frozenset({("what", "is"), ("what", "are"), ("what", "do"), ("what", "doe")})


def asks_of_other_model(reading: Reading) -> bool:
    """Whether a turn asks the same of another model: "and under an ASO?"."""
    names_model = any(group in _MODEL_GROUPS for group in reading.groups)
    return not own_content(reading) and not defines(reading) and (names_model or "other" in reading.stems)


def turn_evidence(match: Match, topic: str) -> TurnEvidence:
    """The evidence on the latest turn of a thread.

    Args:
        match: That of the turn.
        topic: The entry that the thread is at.
    """
    return TurnEvidence(
        behind=match.best.score - match.score_of(topic),
        own=min(len(own_content(match.reading)), MOST_OWN),
        defines=float(defines(match.reading)),
        points=float(points_back(match.reading)),
    )


def points_back(reading: Reading) -> bool:
    """Whether a word points back to what was said before."""
    return any(one in _POINTING for one in reading.stems)


def stands_alone(evidence: TurnEvidence) -> bool:
    """Whether a turn asks something of its own."""
    return _TURN.probability(evidence) >= 0.5


def leans(reading: Reading, *, is_near_miss: bool) -> bool:
    """Whether a turn that asks nothing of its own asks more of what the thread is at, rather than nothing at all.

    Args:
        reading: Of the turn.
        is_near_miss: Whether it resembles what is not ours; then only a word that points back saves it.
    """
    if not reading.stems:
        return False
    points = bool(_PRONOUNS.intersection(reading.stems) and ASKING.intersection(reading.stems))
    return points or not own_content(reading) or not is_near_miss


def defines(reading: Reading) -> bool:
    """Whether a question asks what something is."""
    return any(pair in _DEFINING for pair in pairwise(reading.stems))


def own_content(reading: Reading) -> list[str]:
    """The stems that say something of their own: neither grammar, nor a model's name, nor a pointer back."""
    return [one for one in reading.stems if one not in _SAID_ANYWAY]
