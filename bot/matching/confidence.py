"""Evidence -> the probability that the best candidate, or one of the best three, is what was asked."""

from __future__ import annotations

from typing import NamedTuple

from bot.matching.logistic import logistic


class Evidence(NamedTuple):
    """What speaks for and against answering with the best candidate.

    Attributes:
        margin: Score of the best candidate minus that of the second; at least 0.
        share: The belief that falls to the best candidate, 0 to 1.
        share_of_three: The belief that falls to the best three candidates, 0 to 1.
        ours: Score of the best candidate minus that of all that is not ours.
        clear: Score of the best candidate minus that of the nearest class of near misses.
        alike: Likeness of the closest phrasing of the best candidate, 0 to 1.
        alike_near_miss: Likeness of the closest near miss of the best candidate, 0 to 1.
        strange: Share of content words that no phrasing has, 0 to 1.
        length: Natural logarithm of 1 + the number of words.
    """

    margin: float
    share: float
    share_of_three: float
    ours: float
    clear: float
    alike: float
    alike_near_miss: float
    strange: float
    length: float


# Fitted by tools/fit_confidence.py on phrasings that the ranking had not seen.
INTERCEPT = -5.39
WEIGHTS = Evidence(
    margin=-0.07,
    share=3.63,
    share_of_three=-3.16,
    ours=0.63,
    clear=0.93,
    alike=9.42,
    alike_near_miss=-7.54,
    strange=-4.41,
    length=0.87,
)

# The same, for the best three candidates together.
INTERCEPT_OF_THREE = -5.58
WEIGHTS_OF_THREE = Evidence(
    margin=-0.44,
    share=-0.22,
    share_of_three=-0.34,
    ours=1.24,
    clear=1.15,
    alike=8.27,
    alike_near_miss=-7.72,
    strange=-5.51,
    length=1.18,
)


def confidence_of(evidence: Evidence) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    return logistic(INTERCEPT, WEIGHTS, evidence)


def confidence_of_three(evidence: Evidence) -> float:
    """The probability, 0 to 1, that one of the best three candidates is what was asked."""
    return logistic(INTERCEPT_OF_THREE, WEIGHTS_OF_THREE, evidence)
