"""Evidence -> the probability that the best candidate is what was asked."""

from __future__ import annotations

import math
from typing import NamedTuple


class Evidence(NamedTuple):
    """What speaks for and against answering with the best candidate.

    Attributes:
        margin: Score of the best candidate minus that of the second; at least 0.
        share: The belief that falls to the best candidate, 0 to 1.
        ours: Score of the best candidate minus that of all that is not ours.
        clear: Score of the best candidate minus that of the nearest class of near misses.
        alike: Likeness of the closest phrasing of the best candidate, 0 to 1.
        alike_near_miss: Likeness of the closest near miss of the best candidate, 0 to 1.
        strange: Share of content words that no phrasing has, 0 to 1.
        length: Natural logarithm of 1 + the number of words.
    """

    margin: float
    share: float
    ours: float
    clear: float
    alike: float
    alike_near_miss: float
    strange: float
    length: float


# Fitted by tools/fit_confidence.py on phrasings that the ranking had not seen.
INTERCEPT = -6.35
WEIGHTS = Evidence(
    margin=0.23, share=1.37, ours=0.38, clear=0.95, alike=9.85, alike_near_miss=-7.76, strange=-4.50, length=0.90
)


def confidence_of(evidence: Evidence) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    logit = INTERCEPT + sum(weight * value for weight, value in zip(WEIGHTS, evidence, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
