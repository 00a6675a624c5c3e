"""Evidence -> the probability that the best candidate, or one of the best three, is what was asked."""

from __future__ import annotations

from typing import NamedTuple

from bot.understanding.weights import line


class Evidence(NamedTuple):
    """What speaks for and against answering with the best candidate.

    Where the best candidate is young, ``alike``, ``alike_near_miss`` and ``likely`` are 0: how alike a few phrasings
    are says nothing either way, and the logistic regression does not know the entry.

    Attributes:
        margin: Score of the best candidate minus that of the second; at least 0.
        share: The belief that falls to the best candidate, 0 to 1.
        share_of_three: The belief that falls to the best three candidates, 0 to 1.
        ours: By naive Bayes, the score of the best candidate minus that of all that is not ours.
        clear: By naive Bayes, the score of the best candidate minus that of the nearest class of near misses.
        alike: Likeness of the closest phrasing of the best candidate, 0 to 1.
        alike_near_miss: Likeness of the closest near miss of the best candidate, 0 to 1.
        covered: How much of the weight of the question's words falls to words that the best candidate has, 0 to 1.
        length: Natural logarithm of 1 + the number of words.
        likely: By the logistic regression, the log-probability of the best candidate.
        in_scope: The log-odds that some entry answers the question, -8 to 8; see ``Scope``.
        strange: Words that neither English nor the trade knows, at most 3.
        named: 1 where the question names a PEO, an ASO or another way to outsource, else 0. Of people's questions that
            an entry answers, most do; of questions on insurance, law or payroll in general, few.
        personal: 1 where an "I" asks without naming one: mostly an employee or a job seeker, about themselves.
        who: 1 where it asks who does or owes something, without naming one.
        cost: 1 where it asks what something costs, without naming one.
        how_to: 1 where it asks how to do something, without naming one.
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
    likely: float
    in_scope: float
    strange: float
    named: float
    personal: float
    who: float
    cost: float
    how_to: float


# Young entries have but few phrasings, so few words of a question are among theirs, which speaks little against them.
BEST, BEST_OF_YOUNG = line("best", Evidence), line("best_of_young", Evidence)
THREE, THREE_OF_YOUNG = line("three", Evidence), line("three_of_young", Evidence)


def confidence_of(evidence: Evidence, *, is_young: bool = False) -> float:
    """The probability, 0 to 1, that the best candidate is what was asked."""
    return (BEST_OF_YOUNG if is_young else BEST).probability(evidence)


def confidence_of_three(evidence: Evidence, *, is_young: bool = False) -> float:
    """The probability, 0 to 1, that one of the best three candidates is what was asked."""
    return (THREE_OF_YOUNG if is_young else THREE).probability(evidence)
