"""Two questions in one: "what happens to my health insurance and my SUTA rate if I switch?"."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bot.matching.clauses import splits
from bot.matching.logistic import logistic
from bot.matching.matcher import Match
from bot.matching.thread import defines, own_content


class PairEvidence(NamedTuple):
    """What speaks for two topics rather than one, for the best way to cut the question in two.

    Attributes:
        stronger: Log-odds of the more confident half.
        behind: How far the score of the farther of the two topics lies behind the best of the whole question.
        apart: How much better each half fits its own topic than that of the other half; the smaller of the two.
        share: The belief that falls to the best candidate of the whole question.
        length: Natural logarithm of 1 + the number of words; long stories have many clauses and ask one thing.
    """

    stronger: float
    behind: float
    apart: float
    share: float
    length: float


@dataclass(frozen=True)
class Pair:
    """The two halves, in the order of the question, and the probability, 0 to 1, that both were asked for."""

    first: Match
    second: Match
    evidence: PairEvidence
    probability: float


# Groups of the vocabulary that ask for somebody without saying for what.
_SAYS_WHO = frozenset({"liable", "handle"})

# Stems. Longer texts are stories, and ask one thing.
LONGEST_PAIR = 45

# Fitted on labelled one-topic and two-topic questions by tools/fit_confidence.py.
INTERCEPT = -1.13
WEIGHTS = PairEvidence(stronger=0.42, behind=-0.84, apart=0.98, share=2.86, length=-1.38)


def find_pair(question: str, whole: Match, match: Callable[[str], Match | None]) -> Pair | None:
    """The likeliest way to read a question as two; None where no cut leaves two different topics.

    Args:
        question: As it was typed.
        whole: The match of the whole question.
        match: Matches a part of it.
    """
    if len(whole.reading.stems) > LONGEST_PAIR:
        return None
    best: tuple[float, Match, Match] | None = None
    for left, right in splits(question):
        first, second = match(left), match(right)
        if first is None or second is None or first.best.entry_id == second.best.entry_id:
            continue
        if not (_asks_something(first) and _asks_something(second)):
            continue
        weaker = min(first.confidence, second.confidence)
        if best is None or weaker > best[0]:
            best = (weaker, first, second)
    if best is None:
        return None
    _, first, second = best
    evidence = _evidence(whole, first, second)
    return Pair(first, second, evidence, logistic(INTERCEPT, WEIGHTS, evidence))


def _asks_something(half: Match) -> bool:
    """Not only "PEO or us?" or "who is responsible?" behind a comma."""
    if not half.reading.loose and half.reading.groups and set(half.reading.groups) <= _SAYS_WHO:
        return False
    return bool(own_content(half.reading)) or "what" in half.reading.stems or defines(half.reading)


def _evidence(whole: Match, first: Match, second: Match) -> PairEvidence:
    one, other = first.best.entry_id, second.best.entry_id
    farther = min(whole.score_of(one), whole.score_of(other))
    return PairEvidence(
        stronger=_log_odds(max(first.confidence, second.confidence)),
        behind=whole.best.score - farther,
        apart=min(first.best.score - first.score_of(other), second.best.score - second.score_of(one)),
        share=whole.best.share,
        length=math.log1p(len(whole.reading.stems)),
    )


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))
