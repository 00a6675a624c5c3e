"""Fits the weights in ``bot/matching/confidence.py``, ``pairs.py`` and ``thread.py``; prints what to put there.

The ranking is fitted with one block of the phrasings left out at a time, and the evidence is collected on that block;
so the weights are fitted on questions that the ranking has not seen. In each round some entries are young: they keep a
few phrasings only, as one does that an owner has just written, and all their others are asked. The labelled questions
in ``tests/questions/fit`` come on top.

Run: ``.venv/bin/python -m tools.fit_confidence``
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.answering import AnswerService
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.matching import Match, Matcher, asks_of_other_model, find_pair, fit, turn_evidence
from bot.matching.confidence import Evidence
from bot.matching.logistic import logistic
from bot.matching.pairs import PairEvidence
from bot.matching.thread import TurnEvidence
from bot.settings import SHIPPED_KNOWLEDGE

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions" / "fit"
NEW_ROWS = QUESTIONS / "new-rows.jsonl"
# Few questions stand for all rows that owners will ever add.
NEW_ROWS_WEIGHT = 2.0
PARTS = 10
YOUNG_PHRASINGS = 5
# Questions asked of a young entry in its round; the others are as many as a block holds.
ASKED_OF_YOUNG = 20
# A question that is not ours and gets an answer costs more than one of ours that gets none.
OUTSIDE_WEIGHT = 2.0
# There are many times more phrasings than labelled questions for two topics.
PHRASING_WEIGHT_IN_PAIRS = 0.1
RIDGE = 0.3
NEWTON_STEPS = 25

Row = tuple[tuple[float, ...], bool, float]


@dataclass(frozen=True)
class Asked:
    """A question with the topics that it asks for: none where it is not ours, any one of several, or all of them."""

    text: str
    right: frozenset[str]
    are_all_asked: bool = False


def main() -> None:
    """Fit and print all sets of weights."""
    knowledge = load_knowledge(SHIPPED_KNOWLEDGE)
    english = common_english_words()
    best: dict[bool, list[Row]] = {False: [], True: []}
    three: dict[bool, list[Row]] = {False: [], True: []}
    pairs: list[Row] = []

    def note(matcher: Matcher, asked: Asked, share: float) -> None:
        match = matcher.match(asked.text)
        if match is None:
            return
        if not asked.are_all_asked:
            weight = max(share, 1.0) if asked.right else OUTSIDE_WEIGHT
            best_three = {candidate.entry_id for candidate in match.candidates[:3]}
            is_young = matcher.is_young(match.best.entry_id)
            best[is_young].append((match.evidence, match.best.entry_id in asked.right, weight))
            three[is_young].append((match.evidence, not asked.right.isdisjoint(best_three), weight))
        pairs.extend(_pair(matcher, match, asked, share))

    for matcher, questions in _rounds(knowledge, english):
        for asked in questions:
            note(matcher, asked, PHRASING_WEIGHT_IN_PAIRS)
    whole = Matcher(knowledge, fit(knowledge, english))
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        if path != NEW_ROWS:
            for asked in _labelled(path):
                note(whole, asked, 1.0)
    extended = _with_new_rows()
    with_new_rows = Matcher(extended, fit(extended, english))
    for asked in _labelled(NEW_ROWS):
        note(with_new_rows, asked, NEW_ROWS_WEIGHT)
    _print("BEST", Evidence._fields, best[False])
    _print("THREE", Evidence._fields, three[False])
    _print("BEST_OF_YOUNG", Evidence._fields, best[True])
    _print("THREE_OF_YOUNG", Evidence._fields, three[True])
    _print("pairs", PairEvidence._fields, pairs)
    _print("turns", TurnEvidence._fields, list(_turns(AnswerService(knowledge, fit(knowledge, english)))))


def _turns(answers: AnswerService) -> Iterator[Row]:
    """Second turns of which either their own topic or that of the thread is right, and not both."""
    for line in (QUESTIONS / "follow-ups.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        match, topic = answers.matcher.match(row["question"]), answers.topic_of(row["thread"])
        if match and topic and not asks_of_other_model(match.reading):
            is_own, is_of_thread = match.best.entry_id in row["labels"], topic in row["labels"]
            if is_own != is_of_thread:
                yield turn_evidence(match, topic), is_own, 1.0


def _rounds(knowledge: KnowledgeBase, english: Sequence[str]) -> Iterator[tuple[Matcher, list[Asked]]]:
    """What was fitted without a part of the texts, and that part."""
    for part in range(PARTS):
        young = list(knowledge.phrasings)[part::PARTS]
        kept = {entry_id: _without(texts, part) for entry_id, texts in knowledge.phrasings.items()}
        kept |= {entry_id: _few(knowledge.phrasings[entry_id]) for entry_id in young}
        outside = knowledge.outside.model_copy(
            update={
                "questions": _without(knowledge.outside.questions, part),
                "chatter": _without(knowledge.outside.chatter, part),
            }
        )
        without = replace(knowledge, phrasings=kept, outside=outside)
        asked = []
        for entry_id, texts in knowledge.phrasings.items():
            left_out = [text for text in texts if text not in set(kept[entry_id])]
            step = max(1, len(left_out) // ASKED_OF_YOUNG)
            asked += [Asked(text, frozenset({entry_id})) for text in left_out[::step]]
        asked += [Asked(text, frozenset()) for text in _part(knowledge.outside.questions, part)]
        yield Matcher(without, fit(without, english)), asked


def _few(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(texts[:: max(1, len(texts) // YOUNG_PHRASINGS)][:YOUNG_PHRASINGS])


def _part(texts: Sequence[str], part: int) -> Sequence[str]:
    """A run of neighbors: phrasings that are alike in tone stand together."""
    return texts[len(texts) * part // PARTS : len(texts) * (part + 1) // PARTS]


def _without(texts: Sequence[str], part: int) -> tuple[str, ...]:
    left_out = set(_part(texts, part))
    return tuple(text for text in texts if text not in left_out)


def _labelled(path: Path) -> Iterator[Asked]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        # What leans on a thread, sets something aside or is not for the bot is decided elsewhere.
        if "thread" not in row and "not" not in row and row.get("addressed", True):
            topics = frozenset(row.get("all") or row["labels"]) - {"none"}
            yield Asked(row["question"], topics, are_all_asked="all" in row)


def _with_new_rows() -> KnowledgeBase:
    """The shipped knowledge with rows on subjects of their own, as an owner would add them."""
    with TemporaryDirectory() as folder:
        shutil.copy(NEW_ROWS.with_suffix(".yaml"), folder)
        return load_knowledge(SHIPPED_KNOWLEDGE, Path(folder))


def _pair(matcher: Matcher, match: Match, asked: Asked, weight: float) -> Iterator[Row]:
    pair = find_pair(asked.text, match, matcher)
    # Where two are asked for and others were found, neither two rows nor one are right.
    if pair and (not asked.are_all_asked or set(pair.topics) <= asked.right):
        yield pair.evidence, asked.are_all_asked, weight


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
