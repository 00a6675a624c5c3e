"""A question -> ranked candidates, and how far the evidence speaks for answering at all."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap

from rapidfuzz import fuzz, process

from bot.knowledge import KnowledgeBase
from bot.text import stem
from bot.understanding.bayes import NaiveBayes, Part, Vector, Weighting
from bot.understanding.confidence import Evidence, confidence_of, confidence_of_three
from bot.understanding.english import English
from bot.understanding.fitting import CHATTER, NEAR, QUESTIONS, Fitted, Lessons, comparable, make_reader
from bot.understanding.linear import Linear
from bot.understanding.names import Names
from bot.understanding.reading import Reading
from bot.understanding.scope import Scope

# The weight of naive Bayes beside the logistic regression, whose scores are log-probabilities.
BAYES_WEIGHT = 0.7
# Differences beyond this leave a share below a millionth.
NO_SHARE_FROM = 14.0
# Below this, how improbable something is means nothing.
LEAST_LOG_PROBABILITY = -12.0
# Log-odds are cut off here: larger ones say no more.
MOST_LOG_ODDS = 8.0
MOST_STRANGE = 3
# Words beyond these make nobody surer; a text of more is pasted.
LONGEST_WEIGHED = 60
_PERSONAL = frozenset({"i", "me", "my", "mine"})
# The weight of a word that no text had, beside the idf of one that a single text had.
STRANGE = 20.0


@dataclass(frozen=True)
class Candidate:
    """An entry with its score.

    ``score`` is a log-likelihood (only differences mean something), ``share`` the part of the belief that falls
    to this entry, from 0 to 1 over all entries.
    """

    entry_id: str
    score: float
    share: float


@dataclass(frozen=True)
class Ranking:
    """The scores of a text.

    Attributes:
        reading: What was read in it.
        vector: Its features with their weights.
        scores: The score of every entry that shares a feature with the text, or of one entry where none does.
        floor: The score of the others.
        counted: What naive Bayes alone gives the same entries.
        outside: What naive Bayes gives the best class of all that is not ours.
        near: What naive Bayes gives the best class of near misses of one entry.
        log_ours: The log-probability, by the logistic regression, of each entry that it knows.
        in_scope: The log-odds that some entry answers the text, -8 to 8.
    """

    reading: Reading
    vector: Vector
    scores: Mapping[str, float]
    floor: float
    counted: Mapping[str, float]
    outside: float
    near: float
    log_ours: Mapping[str, float]
    in_scope: float

    def score_of(self, entry_id: str) -> float:
        """The score of any entry."""
        return self.scores.get(entry_id, self.floor)


@dataclass(frozen=True)
class Match:
    """What matching found: candidates best first (never empty), and the evidence for answering.

    ``confidence`` is the probability, from 0 to 1, that the first candidate is what was asked, and
    ``confidence_of_three`` that one of the first three is.
    ``phrasing_of`` is the entry that has the question among its phrasings, if one has, whatever the word order.
    """

    ranking: Ranking
    candidates: tuple[Candidate, ...]
    evidence: Evidence
    confidence: float
    confidence_of_three: float
    phrasing_of: str | None

    @property
    def reading(self) -> Reading:
        """What was read in the question."""
        return self.ranking.reading

    @property
    def best(self) -> Candidate:
        """The first candidate."""
        return self.candidates[0]

    def score_of(self, entry_id: str) -> float:
        """The score of any entry."""
        return self.ranking.score_of(entry_id)


class Matcher:
    """Ranks the entries of one knowledge base; immutable.

    Attributes:
        fitted: What was fitted on the knowledge base.
        english: Common English.

    Args:
        knowledge: At least one entry.
        fitted: What was fitted on it.
        top_k: How many candidates to return, at least 1.
    """

    def __init__(self, knowledge: KnowledgeBase, fitted: Fitted, *, top_k: int = 5) -> None:
        self.fitted = fitted
        lessons = Lessons.of(knowledge)
        self.english = English(**fitted.english)
        self._reader = make_reader(lessons, fitted.trade_words, self.english)
        self._names = Names(dict(lessons.named), self._reader)
        self._weighting = Weighting(fitted.features, fitted.idf)
        self._bayes = NaiveBayes(**fitted.bayes)
        self._linear = Linear(**fitted.linear)
        self._scope = Scope(**fitted.scope)
        self._texts = fitted.texts
        self._young = frozenset(fitted.young)
        self._arrangements = frozenset(knowledge.vocabulary.arrangements)
        self._top_k = top_k
        classes = list(enumerate(self._bayes.classes))
        self._outside = frozenset(number for number, label in classes if label in (QUESTIONS, CHATTER))
        self._near = frozenset(number for number, label in classes if label.startswith(NEAR))
        self._first_entry = next(iter(knowledge.entries))

    def match(self, question: str) -> Match | None:
        """Rank the entries for one question and judge the ranking; None for a text without a letter or digit."""
        reading = self._reader.read(question)
        return self.judge(self.rank(reading)) if reading.words else None

    def read(self, question: str) -> Reading:
        """What is read in a question or a part of one."""
        return self._reader.read(question)

    def entry_named(self, reading: Reading) -> str | None:
        """The entry that a plain question names and asks nothing more about; None where there is none."""
        return self._names.find(reading)

    def rank(self, reading: Reading) -> Ranking:
        """Score the entries for what was read."""
        vector = self._weighting.weigh(reading.features)
        counted: dict[str, float] = {}
        floor = self._bayes.floor(vector)
        outside = near = floor
        for position, score in self._bayes.scores(vector).items():
            if position in self._near:
                near = max(near, score)
            elif position in self._outside:
                outside = max(outside, score)
            else:
                counted[self._bayes.classes[position]] = score
        counted = counted or {self._first_entry: floor}
        log_ours = {
            label: max(value, LEAST_LOG_PROBABILITY) for label, value in self._linear.log_probabilities(vector).items()
        }
        # An entry that is too young for the regression is not held back by it: naive Bayes alone decides about it.
        of_young = max(log_ours.values(), default=0.0)
        scores = {
            entry_id: log_ours.get(entry_id, of_young) + BAYES_WEIGHT * score for entry_id, score in counted.items()
        }
        least = min(log_ours.values(), default=0.0) + BAYES_WEIGHT * floor
        in_scope = max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, self._scope.log_odds(vector)))
        return Ranking(reading, vector, scores, least, counted, outside, near, log_ours, in_scope)

    def judge(self, ranking: Ranking) -> Match:
        """How far a ranking can be relied on."""
        candidates = self._candidates(ranking.scores)
        text = comparable(ranking.reading)
        evidence = self._evidence(ranking, text, candidates)
        is_young = self.is_young(candidates[0].entry_id)
        return Match(
            ranking,
            candidates,
            evidence,
            # Where nothing is known of what was said, nothing speaks for anything.
            confidence_of(evidence, is_young=is_young) if ranking.vector else 0.0,
            confidence_of_three(evidence, is_young=is_young) if ranking.vector else 0.0,
            next((one.entry_id for one in candidates if text in self._texts.get(one.entry_id, ())), None),
        )

    def terms(self, reading: Reading, entry_id: str) -> list[Part]:
        """What the score of an entry is made of, the strongest first; a word is shown by its stem."""
        vector = self._weighting.weigh(reading.features)
        parts: dict[str, float] = defaultdict(float)
        for number, weight in self._linear.parts(vector, entry_id).items():
            parts[_shown(self._weighting.features[number])] += weight
        for number, weight in self._bayes.parts(vector, entry_id).items():
            parts[_shown(self._weighting.features[number])] += BAYES_WEIGHT * weight
        return sorted(starmap(Part, parts.items()), key=lambda part: (-part.weight, part.feature))

    def is_young(self, entry_id: str) -> bool:
        """Whether an entry has far fewer phrasings than entries commonly have."""
        return entry_id in self._young

    def says_any(self, entry_id: str, words: Sequence[str]) -> bool:
        """Whether an entry has any of some stems, or there are none."""
        numbers = [number for word in words if (number := self._weighting.number_of(word)) is not None]
        return not words or bool(self._bayes.features_of(entry_id, numbers))

    def likeness(self, reading: Reading, entry_id: str) -> float:
        """How much the closest phrasing of an entry resembles what was read, letter by letter, 0 to 1."""
        return self._likeness(comparable(reading), entry_id)

    def _candidates(self, scores: Mapping[str, float]) -> tuple[Candidate, ...]:
        # The id decides between equals, so that the same question always gets the same answer.
        first = heapq.nsmallest(self._top_k, scores, key=lambda entry_id: (-scores[entry_id], entry_id))
        best = scores[first[0]]
        total = sum(math.exp(score - best) for score in scores.values() if score > best - NO_SHARE_FROM)
        return tuple(
            Candidate(entry_id, scores[entry_id], math.exp(scores[entry_id] - best) / total) for entry_id in first
        )

    def _evidence(self, ranking: Ranking, text: str, candidates: tuple[Candidate, ...]) -> Evidence:
        best, best_id = candidates[0].score, candidates[0].entry_id
        is_young = self.is_young(best_id)
        second = candidates[1].score if len(candidates) > 1 else best - 1
        reading = ranking.reading
        named = bool(self._arrangements.intersection(reading.groups))
        log_ours = ranking.log_ours.get(best_id, LEAST_LOG_PROBABILITY)
        return Evidence(
            margin=best - second,
            share=candidates[0].share,
            share_of_three=sum(candidate.share for candidate in candidates[:3]),
            ours=ranking.counted[best_id] - ranking.outside,
            clear=ranking.counted[best_id] - ranking.near,
            alike=0.0 if is_young else self._likeness(text, best_id),
            alike_near_miss=0.0 if is_young else self._likeness(text, f"{NEAR}{best_id}"),
            covered=self._covered(ranking, best_id),
            length=math.log1p(min(len(reading.stems), LONGEST_WEIGHED)),
            likely=0.0 if is_young else log_ours,
            in_scope=ranking.in_scope,
            strange=min(MOST_STRANGE, len(reading.unknown)),
            named=named,
            personal=not named and not _PERSONAL.isdisjoint(reading.words),
            who=not named and "who" in reading.asked,
            cost=not named and "cost" in reading.asked,
            how_to=not named and "how-to" in reading.asked,
        )

    def _covered(self, ranking: Ranking, entry_id: str) -> float:
        """How much of the weight of a text's words falls to words that an entry has, 0 to 1."""
        known = self._bayes.features_of(entry_id, ranking.vector)
        words = [feature for feature in ranking.reading.features if " " not in feature and feature[0] not in "@="]
        numbers = [self._weighting.number_of(word) for word in words]
        weights = [STRANGE if number is None else self._weighting.idf[number] for number in numbers]
        total = sum(weights)
        covered = sum(weight for number, weight in zip(numbers, weights, strict=True) if number in known)
        return covered / total if total else 0.0

    def _likeness(self, text: str, label: str) -> float:
        """How much the closest text of a class resembles a comparable text, letter by letter, 0 to 1."""
        closest = process.extractOne(text, self._texts.get(label, ()), scorer=fuzz.ratio)
        return closest[1] / 100 if closest else 0.0


def _shown(feature: str) -> str:
    return stem(feature[1:]) if feature.startswith("=") else feature
