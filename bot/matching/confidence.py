"""Evidence -> the probability that the best candidate, or one of the best three, is what was asked."""

from __future__ import annotations

import math
from typing import NamedTuple


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
INTERCEPT = -5.57
WEIGHTS = Evidence(
    margin=-0.04,
    share=3.69,
    share_of_three=-3.08,
    ours=0.58,
    clear=0.93,
    alike=9.74,
    alike_near_miss=-7.67,
    strange=-4.61,
    length=0.90,
)

# The same, for the best three candidates together.
INTERCEPT_OF_THREE = -5.73
WEIGHTS_OF_THREE = Evidence(
    margin=-0.44,
    share=-0.20,
    share_of_three=-0.25,
    ours=1.22,
    clear=1.14,
    alike=8.67,
    alike_near_miss=-7.89,
    strange=-5.66,
    length=1.17,
)


def confidence_of(evidence: Evidence) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    return _probability(INTERCEPT, WEIGHTS, evidence)


def confidence_of_three(evidence: Evidence) -> float:
    """The probability, 0 to 1, that one of the best three candidates is what was asked."""
    return _probability(INTERCEPT_OF_THREE, WEIGHTS_OF_THREE, evidence)


def _probability(intercept: float, weights: Evidence, evidence: Evidence) -> float:
    logit = intercept + sum(weight * value for weight, value in zip(weights, evidence, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
