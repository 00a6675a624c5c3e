"""A question -> ranked candidates, and how far the evidence speaks for answering at all."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.knowledge import KnowledgeBase
from bot.matching.bayes import NaiveBayes, Part, Vector, Weighting
from bot.matching.confidence import Evidence, confidence_of, confidence_of_three
from bot.matching.english import English
from bot.matching.fitting import CHATTER, NEAR, QUESTIONS, Fitted, Lessons, comparable, make_reader
from bot.matching.reading import Reading

# Turns differences of scores into shares that sum to 1.
SHARPNESS = 2.5
# Differences beyond this leave a share below a millionth.
NO_SHARE_FROM = 6.0
# Words beyond these make nobody surer; a text of more is pasted.
LONGEST_WEIGHED = 60
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

    ``scores`` has the score of every entry that shares a feature with the text, or of one entry where none does;
    ``floor`` is the score of the others. ``outside`` is the best score of all that is not ours, and ``near`` that of
    the near misses of one entry.
    """

    reading: Reading
    vector: Vector
    scores: Mapping[str, float]
    floor: float
    outside: float
    near: float

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

    Args:
        knowledge: At least one entry.
        fitted: What was fitted on it.
        top_k: How many candidates to return, at least 1.
    """

    def __init__(self, knowledge: KnowledgeBase, fitted: Fitted, *, top_k: int = 5) -> None:
        self._reader = make_reader(Lessons.of(knowledge), fitted.trade_words, English(**fitted.english))
        self._weighting = Weighting(fitted.features, fitted.idf)
        self._bayes = NaiveBayes(**fitted.bayes)
        self._texts = fitted.texts
        self._young = frozenset(fitted.young)
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

    def rank(self, reading: Reading) -> Ranking:
        """Score the entries for what was read."""
        vector = self._weighting.weigh(reading.features)
        floor = self._bayes.floor(vector)
        scores: dict[str, float] = {}
        outside = near = floor
        for position, score in self._bayes.scores(vector).items():
            if position in self._near:
                near = max(near, score)
            elif position in self._outside:
                outside = max(outside, score)
            else:
                scores[self._bayes.classes[position]] = score
        return Ranking(reading, vector, scores or {self._first_entry: floor}, floor, outside, near)

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
        """What speaks for an entry, the strongest first."""
        parts = self._bayes.parts(self._weighting.weigh(reading.features), entry_id)
        found = [Part(self._weighting.features[number], weight) for number, weight in parts.items()]
        return sorted(found, key=lambda part: (-part.weight, part.feature))

    def is_young(self, entry_id: str) -> bool:
        """Whether an entry has far fewer phrasings than entries commonly have."""
        return entry_id in self._young

    def likeness(self, reading: Reading, entry_id: str) -> float:
        """How much the closest phrasing of an entry resembles what was read, letter by letter, 0 to 1."""
        return self._likeness(comparable(reading), entry_id)

    def _candidates(self, scores: Mapping[str, float]) -> tuple[Candidate, ...]:
        # The id decides between equals, so that the same question always gets the same answer.
        first = heapq.nsmallest(self._top_k, scores, key=lambda entry_id: (-scores[entry_id], entry_id))
        best = scores[first[0]]
        total = sum(math.exp(SHARPNESS * (score - best)) for score in scores.values() if score > best - NO_SHARE_FROM)
        return tuple(
            Candidate(entry_id, scores[entry_id], math.exp(SHARPNESS * (scores[entry_id] - best)) / total)
            for entry_id in first
        )

    def _evidence(self, ranking: Ranking, text: str, candidates: tuple[Candidate, ...]) -> Evidence:
        best, best_id = candidates[0].score, candidates[0].entry_id
        is_young = self.is_young(best_id)
        second = candidates[1].score if len(candidates) > 1 else best - 1
        return Evidence(
            margin=best - second,
            share=candidates[0].share,
            share_of_three=sum(candidate.share for candidate in candidates[:3]),
            ours=best - ranking.outside,
            clear=best - ranking.near,
            alike=0.0 if is_young else self._likeness(text, best_id),
            alike_near_miss=0.0 if is_young else self._likeness(text, f"{NEAR}{best_id}"),
            covered=self._covered(ranking, best_id),
            length=math.log1p(min(len(ranking.reading.stems), LONGEST_WEIGHED)),
        )

    def _covered(self, ranking: Ranking, entry_id: str) -> float:
        """How much of the weight of a text's words falls to words that an entry has, 0 to 1."""
        known = self._bayes.features_of(entry_id, ranking.vector)
        words = [feature for feature in ranking.reading.features if " " not in feature and not feature.startswith("@")]
        numbers = [self._weighting.number_of(word) for word in words]
        weights = [STRANGE if number is None else self._weighting.idf[number] for number in numbers]
        total = sum(weights)
        covered = sum(weight for number, weight in zip(numbers, weights, strict=True) if number in known)
        return covered / total if total else 0.0

    def _likeness(self, text: str, label: str) -> float:
        """How much the closest text of a class resembles a comparable text, letter by letter, 0 to 1."""
        closest = process.extractOne(text, self._texts.get(label, ()), scorer=fuzz.ratio)
        return closest[1] / 100 if closest else 0.0
