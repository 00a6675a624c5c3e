"""A question -> ranked candidates, and how far the evidence speaks for answering at all."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.knowledge import KnowledgeBase
from bot.matching.bayes import NaiveBayes, Part, Weighting
from bot.matching.confidence import Evidence, confidence_of, confidence_of_three
from bot.matching.fitting import CHATTER, NEAR, QUESTIONS, Fitted, Lessons, comparable, make_reader
from bot.matching.reading import Reading

# Turns differences of scores into shares that sum to 1.
SHARPNESS = 2.5
# Differences beyond this leave a share below a millionth.
NO_SHARE_FROM = 6.0


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
class Match:
    """What matching found: candidates best first (never empty), and the evidence for answering.

    ``confidence`` is the probability, from 0 to 1, that the first candidate is what was asked, and
    ``confidence_of_three`` that one of the first three is; ``scores`` has the
    score of every entry that shares a feature with the question, and ``floor`` is the score of the others.
    ``phrasing_of`` is the entry that has the question among its phrasings, if one has, whatever the word order.
    """

    reading: Reading
    candidates: tuple[Candidate, ...]
    scores: Mapping[str, float]
    floor: float
    evidence: Evidence
    confidence: float
    confidence_of_three: float
    phrasing_of: str | None

    @property
    def best(self) -> Candidate:
        """The first candidate."""
        return self.candidates[0]

    def score_of(self, entry_id: str) -> float:
        """The score of any entry."""
        return self.scores.get(entry_id, self.floor)


class Matcher:
    """Ranks the entries of one knowledge base; immutable.

    Args:
        knowledge: At least one entry.
        fitted: What was fitted on it.
        top_k: How many candidates to return, at least 1.
    """

    def __init__(self, knowledge: KnowledgeBase, fitted: Fitted, *, top_k: int = 5) -> None:
        self._reader = make_reader(Lessons.of(knowledge), fitted.trade_words, fitted.english_words)
        self._weighting = Weighting(fitted.features, fitted.idf)
        self._bayes = NaiveBayes(**fitted.bayes)
        self._texts = fitted.texts
        self._entry_of = {
            text: label for label, texts in fitted.texts.items() if not label.startswith("*") for text in texts
        }
        self._top_k = top_k
        classes = list(enumerate(self._bayes.classes))
        self._outside = frozenset(number for number, label in classes if label in (QUESTIONS, CHATTER))
        self._near = frozenset(number for number, label in classes if label.startswith(NEAR))
        self._first_entry = next(iter(knowledge.entries))

    def match(self, question: str) -> Match | None:
        """Rank the entries for one question; None for a text without a letter or digit."""
        reading = self._reader.read(question)
        if not reading.words:
            return None
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
        candidates = self._rank(scores or {self._first_entry: floor})
        text = comparable(reading)
        evidence = self._evidence(reading, text, candidates, outside=outside, near=near)
        return Match(
            reading,
            candidates,
            scores,
            floor,
            evidence,
            confidence_of(evidence),
            confidence_of_three(evidence),
            self._entry_of.get(text),
        )

    def terms(self, reading: Reading, entry_id: str) -> list[Part]:
        """What speaks for an entry, the strongest first."""
        parts = self._bayes.parts(self._weighting.weigh(reading.features), entry_id)
        found = [Part(self._weighting.features[number], weight) for number, weight in parts.items()]
        return sorted(found, key=lambda part: (-part.weight, part.feature))

    def _rank(self, scores: Mapping[str, float]) -> tuple[Candidate, ...]:
        # The id decides between equals, so that the same question always gets the same answer.
        first = heapq.nsmallest(self._top_k, scores, key=lambda entry_id: (-scores[entry_id], entry_id))
        best = scores[first[0]]
        total = sum(math.exp(SHARPNESS * (score - best)) for score in scores.values() if score > best - NO_SHARE_FROM)
        return tuple(
            Candidate(entry_id, scores[entry_id], math.exp(SHARPNESS * (scores[entry_id] - best)) / total)
            for entry_id in first
        )

    def _evidence(
        self, reading: Reading, text: str, candidates: tuple[Candidate, ...], *, outside: float, near: float
    ) -> Evidence:
        best = candidates[0].score
        second = candidates[1].score if len(candidates) > 1 else best - 1
        content = [feature for feature in reading.features if " " not in feature and not feature.startswith("@")]
        strange = sum(not self._weighting.knows(feature) for feature in content)
        return Evidence(
            margin=best - second,
            share=candidates[0].share,
            share_of_three=sum(candidate.share for candidate in candidates[:3]),
            ours=best - outside,
            clear=best - near,
            alike=self._likeness(text, candidates[0].entry_id),
            alike_near_miss=self._likeness(text, f"{NEAR}{candidates[0].entry_id}"),
            strange=strange / len(content) if content else 0.0,
            length=math.log1p(len(reading.stems)),
        )

    def _likeness(self, text: str, label: str) -> float:
        """How much the closest text of a class resembles a comparable text, letter by letter, 0 to 1."""
        closest = process.extractOne(text, self._texts.get(label, ()), scorer=fuzz.ratio)
        return closest[1] / 100 if closest else 0.0
