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
        covered: How much of the weight of the question's words falls to words that the best candidate has, 0 to 1.
        young: 1 where the best candidate has but few phrasings, else 0. How alike these are says nothing either way,
            so that both likenesses are 0 then.
        length: Natural logarithm of 1 + the number of words.
    """

    margin: float
    share: float
    share_of_three: float
    ours: float
    clear: float
    alike: float
    alike_near_miss: float
    covered: float
    young: float
    length: float


# Fitted by tools/fit_confidence.py on phrasings that the ranking had not seen.
INTERCEPT = -8.59
WEIGHTS = Evidence(
    margin=0.14,
    share=3.60,
    share_of_three=-2.37,
    ours=0.13,
    clear=0.76,
    alike=10.75,
    alike_near_miss=-7.50,
    covered=2.65,
    young=2.34,
    length=1.17,
)

# The same, for the best three candidates together.
INTERCEPT_OF_THREE = -8.73
WEIGHTS_OF_THREE = Evidence(
    margin=-0.19,
    share=0.06,
    share_of_three=1.03,
    ours=0.53,
    clear=0.93,
    alike=9.96,
    alike_near_miss=-7.52,
    covered=2.64,
    young=1.78,
    length=1.24,
)


def confidence_of(evidence: Evidence) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    return logistic(INTERCEPT, WEIGHTS, evidence)


def confidence_of_three(evidence: Evidence) -> float:
    """The probability, 0 to 1, that one of the best three candidates is what was asked."""
    return logistic(INTERCEPT_OF_THREE, WEIGHTS_OF_THREE, evidence)
