"""A question -> ranked candidates, and how far the evidence speaks for answering at all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.knowledge import KnowledgeBase, Model
from bot.matching.bayes import NaiveBayes, Term, Weighting
from bot.matching.confidence import Evidence, confidence_of
from bot.matching.reading import Reader, Reading
from bot.text import words

# Pseudo-count of a feature in an entry that never had it; leaving one hand of phrasings out, 0.05 to 0.2 rank alike.
SMOOTHING = 0.1

# A pair of neighbors that stands in one text only says nothing about others, and most pairs are such.
PAIR_SEEN_AT_LEAST = 2

# Turns differences of scores into shares that sum to 1.
SHARPNESS = 2.5

# What is not ours, as two more classes beside the entries; no entry id can hold a star.
_OUTSIDE = ("*questions", "*chatter")


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

    ``confidence`` is the probability, from 0 to 1, that the first candidate is what was asked.
    """

    reading: Reading
    candidates: tuple[Candidate, ...]
    evidence: Evidence
    confidence: float

    @property
    def focus(self) -> Model | None:
        """The one model that the question names."""
        return self.reading.focus


class Matcher:
    """Ranks the entries of one knowledge base; fitted when it is made, immutable afterwards.

    Args:
        knowledge: At least one entry.
        english_words: Common English words, most frequent first; see ``Speller``.
        top_k: How many candidates to return, at least 1.
    """

    def __init__(self, knowledge: KnowledgeBase, english_words: Iterable[str], *, top_k: int = 5) -> None:
        self._top_k = top_k
        asked = [(words(text), entry_id) for entry_id, texts in knowledge.phrasings.items() for text in texts]
        outside = [
            (words(text), label)
            for label, texts in zip(_OUTSIDE, (knowledge.outside.questions, knowledge.outside.chatter), strict=True)
            for text in texts
        ]
        self.reader = _reader(knowledge, [found for found, _ in asked], english_words)
        read = [(self.reader.read_words(found).features, label) for found, label in (*asked, *outside)]
        documents = _without_rare_pairs(read)
        self._weighting = Weighting([features for features, _ in documents])
        self._bayes = NaiveBayes(
            ((self._weighting.weigh(features), label) for features, label in documents),
            features=len(self._weighting),
            smoothing=SMOOTHING,
        )

    def match(self, question: str) -> Match | None:
        """Rank the entries for one question; None for a text without a letter or digit."""
        reading = self.reader.read(question)
        if not reading.words:
            return None
        vector = self._weighting.weigh(reading.features)
        scores = dict(zip(self._bayes.classes, self._bayes.scores(vector), strict=True))
        outside = max(scores.pop(label, -math.inf) for label in _OUTSIDE)
        candidates = self._rank(scores)
        evidence = self._evidence(reading, candidates, outside)
        return Match(reading, candidates, evidence, confidence_of(evidence))

    def terms(self, reading: Reading, entry_id: str) -> list[Term]:
        """What speaks for an entry, the strongest first."""
        return self._bayes.terms(self._weighting.weigh(reading.features), entry_id)

    def _rank(self, scores: dict[str, float]) -> tuple[Candidate, ...]:
        best = max(scores.values())
        beliefs = {entry_id: math.exp(SHARPNESS * (score - best)) for entry_id, score in scores.items()}
        total = sum(beliefs.values())
        # Python's sort is stable, so that ties keep the order of the files.
        first = sorted(scores, key=lambda entry_id: -scores[entry_id])[: self._top_k]
        return tuple(Candidate(entry_id, scores[entry_id], beliefs[entry_id] / total) for entry_id in first)

    def _evidence(self, reading: Reading, candidates: tuple[Candidate, ...], outside: float) -> Evidence:
        best = candidates[0].score
        second = candidates[1].score if len(candidates) > 1 else best - 1
        content = [feature for feature in reading.features if " " not in feature and not feature.startswith("@")]
        strange = sum(not self._bayes.knows(feature) for feature in content)
        return Evidence(
            margin=best - second,
            share=candidates[0].share,
            ours=best - outside if math.isfinite(outside) else 1.0,
            strange=strange / len(content) if content else 1.0,
            length=math.log1p(len(reading.words)),
        )


def _reader(knowledge: KnowledgeBase, phrasings: Iterable[Sequence[str]], english_words: Iterable[str]) -> Reader:
    groups = {name: (*group.words, *group.misspellings) for name, group in knowledge.vocabulary.groups.items()}
    titles = (words(entry.title) for entry in knowledge.entries.values())
    return Reader(groups, chain.from_iterable(chain(titles, phrasings)), english_words)


def _without_rare_pairs(documents: Sequence[tuple[Sequence[str], str]]) -> list[tuple[list[str], str]]:
    seen = Counter(pair for features, _ in documents for pair in {one for one in features if " " in one})
    return [
        ([one for one in features if " " not in one or seen[one] >= PAIR_SEEN_AT_LEAST], label)
        for features, label in documents
    ]
