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
        alike: Likeness of the closest phrasing of the best candidate, 0 to 1. Where that is young, this and the next
            are 0, for how alike a few phrasings are says nothing either way.
        alike_near_miss: Likeness of the closest near miss of the best candidate, 0 to 1.
        covered: How much of the weight of the question's words falls to words that the best candidate has, 0 to 1.
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
    length: float


class Line(NamedTuple):
    """A logistic regression: its intercept and a weight for each kind of evidence."""

    intercept: float
    weights: Evidence

    def probability(self, evidence: Evidence) -> float:
        """From 0 to 1."""
        return logistic(self.intercept, self.weights, evidence)


# All are fitted by tools/fit_confidence.py on phrasings that the ranking had not seen.
BEST = Line(
    -7.42,
    Evidence(
        margin=-0.01,
        share=4.07,
        share_of_three=-2.98,
        ours=0.35,
        clear=0.85,
        alike=10.36,
        alike_near_miss=-9.39,
        covered=3.76,
        length=0.95,
    ),
)
THREE = Line(
    -7.15,
    Evidence(
        margin=-0.45,
        share=0.26,
        share_of_three=0.02,
        ours=1.00,
        clear=1.01,
        alike=9.76,
        alike_near_miss=-9.83,
        covered=3.59,
        length=1.06,
    ),
)

# The same where the best candidate is young, that is, has but few phrasings: few words of a question are among its
# own then, which speaks little against it.
BEST_OF_YOUNG = Line(
    -3.24,
    Evidence(
        margin=-0.08,
        share=2.51,
        share_of_three=-2.48,
        ours=0.23,
        clear=0.55,
        alike=0.00,
        alike_near_miss=0.00,
        covered=-0.13,
        length=0.81,
    ),
)
THREE_OF_YOUNG = Line(
    -3.59,
    Evidence(
        margin=-1.40,
        share=0.60,
        share_of_three=-0.74,
        ours=0.91,
        clear=1.01,
        alike=0.00,
        alike_near_miss=0.00,
        covered=0.62,
        length=0.87,
    ),
)


def confidence_of(evidence: Evidence, *, is_young: bool = False) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    return (BEST_OF_YOUNG if is_young else BEST).probability(evidence)


def confidence_of_three(evidence: Evidence, *, is_young: bool = False) -> float:
    """The probability, 0 to 1, that one of the best three candidates is what was asked."""
    return (THREE_OF_YOUNG if is_young else THREE).probability(evidence)
