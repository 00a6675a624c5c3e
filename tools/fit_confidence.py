"""Fits the weights in ``bot/understanding/weights.json`` and writes them there.

The ranking is fitted with one part of its texts left out at a time, and the evidence is collected on that part, so the
weights are fitted on questions that the ranking has not seen. Real people's questions are left out by site: no site
teaches the ranking and the weights at once. Of the phrasings a block of neighbors is left out, which one hand wrote. In
each round some entries are young: they keep a few phrasings only, as one does that an owner has just written. The
labelled questions in ``tests/questions/fit`` come on top.

Run: ``.venv/bin/python -m tools.fit_confidence``; it takes some minutes.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.answering import AnswerService
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.settings import SHIPPED_KNOWLEDGE
from bot.understanding import Match, Matcher, asks_of_other_model, find_pair, fit, turn_evidence
from bot.understanding.confidence import Evidence
from bot.understanding.pairs import PairEvidence
from bot.understanding.thread import TurnEvidence

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "questions" / "fit"
REAL = ROOT / "tests" / "questions" / "real" / "fit.jsonl"
NEW_ROWS = QUESTIONS / "new-rows.jsonl"
WEIGHTS_FILE = ROOT / "bot" / "understanding" / "weights.json"
PARTS = 5
YOUNG_PHRASINGS = 5
# In each round one entry in so many is young.
YOUNG_EVERY = 12
# Questions asked of a young entry in its round; the others are as many as a block holds.
ASKED_OF_YOUNG = 20

# What a question weighs in the fit. Real people's are what the bot is for. The phrasings are twenty times as many.
REAL_WEIGHT = 3.0
LABELLED_WEIGHT = 0.5
PHRASING_WEIGHT = 0.1
NEW_ROWS_WEIGHT = 2.0
# The weight of questions that our own writers made up as not ours.
OUTSIDE_WEIGHT = 0.5
# There are many times more phrasings than labelled questions for two topics.
PHRASING_WEIGHT_IN_PAIRS = 0.1
INVERSE_RIDGE = 0.1
PLACES = 3

# Evidence, whether it was right, and its weight.
Row = tuple[tuple[float, ...], bool, float]


@dataclass(frozen=True)
class Asked:
    """A question with the topics that it asks for: none where it is not ours, any one of several, or all of them."""

    text: str
    right: frozenset[str]
    weight: float
    are_all_asked: bool = False
    may_decline: bool = False


@dataclass(frozen=True)
class Real:
    """A real person's question that the ranking learns from, with the site it comes from."""

    text: str
    labels: tuple[str, ...]
    site: str

    @property
    def part(self) -> int:
        """The round in which its site is left out."""
        return zlib.crc32(self.site.encode()) % PARTS

    def asked(self) -> Asked:
        """The question, to be asked of a ranking that has not seen its site."""
        right = frozenset(self.labels) - {"none"}
        return Asked(self.text, right, REAL_WEIGHT, may_decline="none" in self.labels)


def main() -> None:
    """Fit and write all sets of weights."""
    knowledge = load_knowledge(SHIPPED_KNOWLEDGE)
    english = common_english_words()
    rows: dict[str, list[Row]] = defaultdict(list)

    def note(matcher: Matcher, asked: Asked, pair_weight: float) -> None:
        match = matcher.match(asked.text)
        if match is None:
            return
        # Where declining is as right as an answer, the question says nothing about when to answer.
        if not asked.are_all_asked and not (asked.may_decline and asked.right):
            best_three = {candidate.entry_id for candidate in match.candidates[:3]}
            of_young = "_of_young" if matcher.is_young(match.best.entry_id) else ""
            rows[f"best{of_young}"].append((match.evidence, match.best.entry_id in asked.right, asked.weight))
            rows[f"three{of_young}"].append((match.evidence, not asked.right.isdisjoint(best_three), asked.weight))
        rows["pairs"].extend(_pair(matcher, match, asked, pair_weight))

    for matcher, questions in _rounds(knowledge, english):
        for asked in questions:
            note(matcher, asked, PHRASING_WEIGHT_IN_PAIRS if asked.weight < 1 else asked.weight)
    whole = Matcher(knowledge, fit(knowledge, english))
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        if path != NEW_ROWS:
            for asked in _labelled(path, LABELLED_WEIGHT):
                note(whole, asked, 1.0)
    extended = _with_new_rows()
    with_new_rows = Matcher(extended, fit(extended, english))
    for asked in _labelled(NEW_ROWS, NEW_ROWS_WEIGHT):
        note(with_new_rows, asked, 1.0)
    rows["turns"].extend(_turns(AnswerService(knowledge, fit(knowledge, english))))
    fields = {"pairs": PairEvidence._fields, "turns": TurnEvidence._fields}
    weights = {name: _regression(name, fields.get(name, Evidence._fields), rows[name]) for name in sorted(rows)}
    WEIGHTS_FILE.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


def _turns(answers: AnswerService) -> Iterator[Row]:
    """Second turns of which either their own topic or that of the thread is right, and not both."""
    for line in (QUESTIONS / "follow-ups.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        match, topic = answers.matcher.match(row["question"]), next(iter(answers.topics_of(row["thread"])), None)
        if match and topic and not asks_of_other_model(match.reading):
            is_own, is_of_thread = match.best.entry_id in row["labels"], topic in row["labels"]
            if is_own != is_of_thread:
                yield turn_evidence(match, topic), is_own, 1.0


def _rounds(knowledge: KnowledgeBase, english: Sequence[str]) -> Iterator[tuple[Matcher, list[Asked]]]:
    """What was fitted without a part of the texts, and that part."""
    real = [
        Real(row["question"], tuple(row["labels"]), row["site"])
        for row in map(json.loads, REAL.read_text(encoding="utf-8").splitlines())
    ]
    texts_of_real = {one.text for one in real}
    for part in range(PARTS):
        left_out = {one.text for one in real if one.part == part}
        young = list(knowledge.phrasings)[part::YOUNG_EVERY]
        kept = {entry_id: _without(texts, part, left_out) for entry_id, texts in knowledge.phrasings.items()}
        kept |= {entry_id: _few(kept[entry_id]) for entry_id in young}
        outside = knowledge.outside.model_copy(
            update={
                "questions": _without(knowledge.outside.questions, part, left_out),
                "chatter": _without(knowledge.outside.chatter, part, left_out),
            }
        )
        without = replace(knowledge, phrasings=kept, outside=outside)
        asked = [one.asked() for one in real if one.part == part and not set(young).intersection(one.labels)]
        for entry_id, texts in knowledge.phrasings.items():
            own = [text for text in texts if text not in set(kept[entry_id]) and text not in texts_of_real]
            step = max(1, len(own) // ASKED_OF_YOUNG)
            asked += [Asked(text, frozenset({entry_id}), PHRASING_WEIGHT) for text in own[::step]]
        asked += [
            Asked(text, frozenset(), OUTSIDE_WEIGHT)
            for text in _part(knowledge.outside.questions, part)
            if text not in texts_of_real
        ]
        yield Matcher(without, fit(without, english)), asked


def _few(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(texts[:: max(1, len(texts) // YOUNG_PHRASINGS)][:YOUNG_PHRASINGS])


def _part(texts: Sequence[str], part: int) -> Sequence[str]:
    """A run of neighbors: phrasings that are alike in tone stand together."""
    return texts[len(texts) * part // PARTS : len(texts) * (part + 1) // PARTS]


def _without(texts: Sequence[str], part: int, left_out: set[str]) -> tuple[str, ...]:
    block = set(_part(texts, part)) | left_out
    return tuple(text for text in texts if text not in block)


def _labelled(path: Path, weight: float) -> Iterator[Asked]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        # What leans on a thread, sets something aside or is not for the bot is decided elsewhere.
        if "thread" not in row and "not" not in row and row.get("addressed", True):
            topics = frozenset(row.get("all") or row["labels"]) - {"none"}
            yield Asked(row["question"], topics, weight, are_all_asked="all" in row)


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


def _regression(name: str, fields: Sequence[str], rows: Sequence[Row]) -> dict[str, float]:
    """The intercept and the weight of each kind of evidence."""
    evidence = np.array([values for values, _, _ in rows], float)
    labels = np.array([label for _, label, _ in rows])
    spread = evidence.std(axis=0) + 1e-9
    fitted = LogisticRegression(C=INVERSE_RIDGE, max_iter=2_000)
    fitted.fit(evidence / spread, labels, sample_weight=[weight for _, _, weight in rows])
    weights = dict(zip(fields, (fitted.coef_[0] / spread).tolist(), strict=True))
    print(f"{name}: {len(rows):,} questions, {labels.sum():,} right")
    return {
        "intercept": round(float(fitted.intercept_[0]), PLACES),
        **{field: round(weight, PLACES) for field, weight in weights.items()},
    }


if __name__ == "__main__":
    main()
