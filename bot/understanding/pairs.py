"""Two questions in one: "what happens to my health insurance and my SUTA rate if I switch?"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from bot.text import stems
from bot.understanding.clauses import announces_two, splits
from bot.understanding.matcher import Match, Matcher, Ranking
from bot.understanding.reading import ASKING, Reading
from bot.understanding.thread import MOST_OWN, defines, own_content
from bot.understanding.weights import line


class PairEvidence(NamedTuple):
    """What speaks for two topics rather than one, for the best way to cut the question in two.

    Attributes:
        apart_first: How much better the first half fits its own topic than that of the other half.
        apart_second: The same of the second half.
        alike: Likeness of a half to the closest phrasing of its topic, 0 to 1; the smaller of the two.
        ours: Score of a half's topic minus that of all that is not ours; the smaller of the two.
        lead: In the whole question, the score of the lower topic minus that of the best third.
        margin: In the whole question, the score of the best candidate minus that of the second.
        own_first: How many words of the first half say something of their own, at most ``MOST_OWN``.
        own_second: The same of the second half.
        first_asks: 1 where the first half has a word that asks, else 0: a statement before a question is its setting.
        both_ask: 1 where each half has a word that asks, else 0.
        announced: 1 where the question says that it is two ("two things: ...", "also"), else 0.
    """

    apart_first: float
    apart_second: float
    alike: float
    ours: float
    lead: float
    margin: float
    own_first: float
    own_second: float
    first_asks: float
    both_ask: float
    announced: float


@dataclass(frozen=True)
class Pair:
    """Two halves with their scores and the topic of each, in the order of the question.

    ``probability``, from 0 to 1, is that both topics were asked for.
    """

    halves: tuple[str, str]
    rankings: tuple[Ranking, Ranking]
    topics: tuple[str, str]
    evidence: PairEvidence
    probability: float


# Groups of the vocabulary that ask for somebody without saying for what, and those that name who it could be.
_SAYS_WHO = frozenset({"liable", "handle"})
_PARTIES = frozenset({"peo", "aso", "both-models", "vendor", "hro", "payroll-company", "employee-leasing"})

_SAME_AGAIN = frozenset(stems("it that this so"))

# Entries that are the setting of most questions rather than what is asked.
_MODELS = frozenset({"peo", "aso"})
_ASKING_WHAT = frozenset(stems("what explain define definition mean meaning describe sum summarize tell"))

# Stems. Longer texts are stories, and ask one thing.
LONGEST_PAIR = 60

# A question that is so like a phrasing, and more so than its halves are, asks what that phrasing asks, however many
# things it lists.
NEARLY_A_PHRASING = 0.8

# A half is short of words that the whole question has ("... and how do we get out of it?"): so much of what the whole
# says for a topic counts for it in each half. Chosen on the labelled two-topic questions.
LEAN_ON_WHOLE = 0.5
# Topics of each half that are tried.
TOPICS_TRIED = 2

# Fitted on labelled one-topic and two-topic questions by tools/fit_confidence.py.
_PAIR = line("pairs", PairEvidence)


def find_pair(question: str, whole: Match, matcher: Matcher) -> Pair | None:
    """The likeliest way to read a question as two; None where no cut leaves two different topics.

    Args:
        question: As it was typed.
        whole: The match of the whole question.
        matcher: What matched it.
    """
    if len(whole.reading.stems) > LONGEST_PAIR:
        return None
    cuts = list(_cuts(question, whole, matcher))
    if not cuts:
        return None
    best = max(cuts, key=lambda cut: cut.gain)
    evidence = _evidence(question, whole, best, matcher)
    if whole.evidence.alike >= max(NEARLY_A_PHRASING, evidence.alike):
        return None
    return Pair(best.halves, best.rankings, best.topics, evidence, _PAIR.probability(evidence))


@dataclass(frozen=True)
class _Cut:
    """One way to cut a question, with the two topics that fit its halves best; ``gain`` over a single topic."""

    halves: tuple[str, str]
    rankings: tuple[Ranking, Ranking]
    topics: tuple[str, str]
    gain: float


def _cuts(question: str, whole: Match, matcher: Matcher) -> Iterator[_Cut]:
    for halves in splits(question):
        first, second = matcher.read(halves[0]), matcher.read(halves[1])
        if _asks_something(first) and _asks_something(second):
            cut = _best_topics(halves, (matcher.rank(first), matcher.rank(second)), whole)
            if cut is not None:
                yield cut


def _best_topics(halves: tuple[str, str], rankings: tuple[Ranking, Ranking], whole: Match) -> _Cut | None:
    first, second = (_leaning(ranking, whole) for ranking in rankings)
    pairs = [(one, other) for one, other in product(first, second) if one != other]
    if not pairs:
        return None
    topics = max(pairs, key=lambda pair: first[pair[0]] + second[pair[1]])
    alone = max(sum(ranking.score_of(topic) for ranking in rankings) for topic in {*topics, whole.best.entry_id})
    return _Cut(halves, rankings, topics, first[topics[0]] + second[topics[1]] - alone)


def _leaning(ranking: Ranking, whole: Match) -> Mapping[str, float]:
    """The best topics of a half with their scores, helped by what the whole question says for them."""
    scores = {
        entry_id: score + LEAN_ON_WHOLE * (whole.score_of(entry_id) - whole.best.score)
        for entry_id, score in ranking.scores.items()
        if entry_id not in _MODELS or _asks_what_it_is(ranking.reading, entry_id)
    }
    best = sorted(scores, key=lambda entry_id: (-scores[entry_id], entry_id))[:TOPICS_TRIED]
    return {entry_id: scores[entry_id] for entry_id in best}


def _asks_something(half: Reading) -> bool:
    """Not only "PEO or us?" or "who is responsible?" behind a comma."""
    if not half.loose and half.groups and set(half.groups) <= _SAYS_WHO:
        return False
    says_nothing = not own_content(half) and not defines(half) and set(half.groups) <= _PARTIES
    if says_nothing and _SAME_AGAIN.intersection(half.stems):
        # "and is that so in both models?"
        return False
    if ASKING.intersection(half.stems):
        return True
    names_parties_only = not half.loose and set(half.groups) <= _PARTIES
    return bool(own_content(half)) and not names_parties_only


def _asks_what_it_is(half: Reading, model: str) -> bool:
    """Whether a half that could be about a model as such asks for it by name; others name one only as the setting."""
    return model in half.groups and bool(_ASKING_WHAT.intersection(half.stems))


def _evidence(question: str, whole: Match, cut: _Cut, matcher: Matcher) -> PairEvidence:
    one, other = cut.topics
    first, second = cut.rankings
    halves = ((first, one), (second, other))
    own_first, own_second = (min(MOST_OWN, len(own_content(ranking.reading))) for ranking in cut.rankings)
    first_asks, second_asks = (bool(ASKING.intersection(ranking.reading.stems)) for ranking in cut.rankings)
    return PairEvidence(
        apart_first=first.score_of(one) - first.score_of(other),
        apart_second=second.score_of(other) - second.score_of(one),
        alike=min(matcher.likeness(ranking.reading, topic) for ranking, topic in halves),
        ours=min(ranking.score_of(topic) - ranking.outside for ranking, topic in halves),
        lead=_lead(whole, cut.topics),
        margin=whole.evidence.margin,
        own_first=own_first,
        own_second=own_second,
        first_asks=float(first_asks),
        both_ask=float(first_asks and second_asks),
        announced=float(announces_two(question)),
    )


def _lead(whole: Match, topics: tuple[str, str]) -> float:
    """The score of the lower of two topics in the whole question, minus that of the best of all others."""
    lower = min(whole.score_of(topic) for topic in topics)
    others = (candidate.score for candidate in whole.candidates if candidate.entry_id not in topics)
    return lower - next(others, whole.ranking.floor)
