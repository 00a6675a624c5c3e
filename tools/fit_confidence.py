"""Fits the weights in ``bot/matching/confidence.py`` and ``pairs.py``; prints what to put there.

Confidence: the ranking is fitted with one block of the phrasings left out at a time, and the evidence is collected on
that block; so the weights are fitted on questions that the ranking has not seen. Pairs: on the labelled questions in
``tests/questions/fit``; they depend on the weights of the confidence, so run it twice where those change.

Run: ``.venv/bin/python -m tools.fit_confidence``
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.matching import Match, Matcher, find_pair, fit
from bot.matching.confidence import Evidence
from bot.matching.logistic import logistic
from bot.matching.pairs import PairEvidence
from bot.settings import SHIPPED_KNOWLEDGE

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions" / "fit"
PARTS = 10
# A question that is not ours and gets an answer costs more than one of ours that gets none.
OUTSIDE_WEIGHT = 2.0
RIDGE = 0.3
NEWTON_STEPS = 25

Row = tuple[tuple[float, ...], bool, float]


def main() -> None:
    """Fit and print all sets of weights."""
    knowledge = load_knowledge(SHIPPED_KNOWLEDGE)
    english = common_english_words()
    asked = list(_held_out(knowledge, english))
    first = [(match.evidence, match.best.entry_id == right, weight) for match, right, weight in asked]
    of_three = [
        (match.evidence, right in [candidate.entry_id for candidate in match.candidates[:3]], weight)
        for match, right, weight in asked
    ]
    _print("confidence", Evidence._fields, first)
    _print("confidence of three", Evidence._fields, of_three)
    _print("pairs", PairEvidence._fields, list(_pairs(Matcher(knowledge, fit(knowledge, english)))))


def _held_out(knowledge: KnowledgeBase, english: Sequence[str]) -> Iterator[tuple[Match, str | None, float]]:
    """(match, the right entry or None, weight) of every text, matched by what was fitted without its part."""
    for part in range(PARTS):
        kept = {entry_id: _without(texts, part) for entry_id, texts in knowledge.phrasings.items()}
        outside = knowledge.outside.model_copy(
            update={
                "questions": _without(knowledge.outside.questions, part),
                "chatter": _without(knowledge.outside.chatter, part),
            }
        )
        without = replace(knowledge, phrasings=kept, outside=outside)
        matcher = Matcher(without, fit(without, english))
        texts: list[tuple[str, str | None, float]] = [
            (text, entry_id, 1.0) for entry_id, all_ in knowledge.phrasings.items() for text in _part(all_, part)
        ]
        texts += [(text, None, OUTSIDE_WEIGHT) for text in _part(knowledge.outside.questions, part)]
        for text, right, weight in texts:
            if (match := matcher.match(text)) is not None:
                yield match, right, weight


def _part(texts: Sequence[str], part: int) -> Sequence[str]:
    """A run of neighbors: phrasings that are alike in tone stand together."""
    return texts[len(texts) * part // PARTS : len(texts) * (part + 1) // PARTS]


def _without(texts: Sequence[str], part: int) -> tuple[str, ...]:
    left_out = set(_part(texts, part))
    return tuple(text for text in texts if text not in left_out)


def _pairs(matcher: Matcher) -> Iterator[Row]:
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "thread" in row or "not" in row or not row.get("addressed", True):
                continue
            whole = matcher.match(row["question"])
            pair = whole and find_pair(row["question"], whole, matcher.match)
            if pair:
                yield (
                    pair.evidence,
                    {pair.first.best.entry_id, pair.second.best.entry_id} == set(row.get("all", ())),
                    1.0,
                )


def _print(name: str, features: Sequence[str], rows: Sequence[Row]) -> None:
    intercept, *weights = _logistic_regression(rows)
    print(f"{name}: {len(rows):,} questions, {sum(label for _, label, _ in rows):,} right")
    print(f"  INTERCEPT = {intercept:.2f}")
    print("  WEIGHTS = " + ", ".join(f"{one}={weight:.2f}" for one, weight in zip(features, weights, strict=True)))


def _logistic_regression(rows: Sequence[Row]) -> list[float]:
    """Weights with the intercept first, by Newton's method with a small ridge."""
    size = len(rows[0][0]) + 1
    weights = [0.0] * size
    for _ in range(NEWTON_STEPS):
        gradient = [-RIDGE * weight for weight in weights]
        hessian = [[RIDGE if row == column else 0.0 for column in range(size)] for row in range(size)]
        for values, label, importance in rows:
            x = (1.0, *values)
            probability = logistic(0.0, weights, x)
            error = importance * (label - probability)
            curvature = importance * probability * (1 - probability)
            for row in range(size):
                gradient[row] += error * x[row]
                for column in range(size):
                    hessian[row][column] += curvature * x[row] * x[column]
        step = _solved(hessian, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
    return weights


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination; the matrix is positive definite, so that no row needs to change its place."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot in range(len(rows)):
        for other in range(len(rows)):
            if other != pivot:
                factor = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    return [row[-1] / row[number] for number, row in enumerate(rows)]


if __name__ == "__main__":
    main()
