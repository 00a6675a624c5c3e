"""What else one could have taken: the same phrasings and the same questions, in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.answering import AnswerService
from bot.evaluation import Labelled, Report, judge, read_labelled
from bot.text import words

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions"

# A question -> the topic that fits best, and a score on the peer's own scale.
Ranker = Callable[[str], tuple[str, float]]


@dataclass(frozen=True)
class Result:
    """Shares of the test questions, 0 to 1, and the median time of one in microseconds."""

    right: float
    forced: float
    false: float
    micros: float


def compare(answers: AnswerService) -> Table:
    """Fit each peer on the phrasings, choose its threshold on the fitting questions, judge it on the testing ones."""
    topics = answers.knowledge.entries
    fitting = [one for name in ("topics", "nothing") for one in _questions("fit", name, topics)]
    testing = [one for name in ("topics", "nothing") for one in _questions("test", name, topics)]
    table = Table("", "right", "right topic, if forced", "answered though it should not", "median time")
    table.title, table.title_justify = f"{len(testing):,} testing questions", "left"
    results = {"peo-aso": _ours(answers, testing)}
    for name, ranker in _rankers(answers).items():
        results[name] = _judge(ranker, _threshold(ranker, fitting), testing)
    for name, one in results.items():
        table.add_row(name, f"{one.right:.1%}", f"{one.forced:.1%}", f"{one.false:.1%}", f"{one.micros:,.0f} µs")
    return table


def _questions(part: str, name: str, topics: Iterable[str]) -> list[Labelled]:
    labelled = read_labelled(QUESTIONS / part / f"{name}.jsonl", topics)
    return [one for one in labelled if one.addressed]


def _rankers(answers: AnswerService) -> dict[str, Ranker]:
    texts = [(text, topic) for topic, texts in answers.knowledge.phrasings.items() for text in texts]
    phrasings, labels = [text for text, _ in texts], [topic for _, topic in texts]

    def rapidfuzz(question: str) -> tuple[str, float]:
        _, score, place = process.extractOne(question, phrasings, scorer=fuzz.WRatio)
        return labels[place], score

    bm25 = BM25Okapi([words(text) for text in phrasings])

    def best_of_bm25(question: str) -> tuple[str, float]:
        scores = bm25.get_scores(words(question))
        place = int(scores.argmax())
        return labels[place], float(scores[place])

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    regression = LogisticRegression(C=20, max_iter=300).fit(vectorizer.fit_transform(phrasings), labels)

    def tf_idf(question: str) -> tuple[str, float]:
        [row] = regression.predict_proba(vectorizer.transform([question]))
        place = int(row.argmax())
        return str(regression.classes_[place]), float(row[place])

    return {"rapidfuzz WRatio": rapidfuzz, "BM25": best_of_bm25, "TF-IDF + logistic regression": tf_idf}


def _threshold(ranker: Ranker, fitting: Sequence[Labelled]) -> float:
    """The score from which answering makes the most fitting questions right."""
    ranked = sorted(((ranker(one.question), one) for one in fitting), key=lambda pair: -pair[0][1])
    right = sum(one.may_decline for one in fitting)
    best, threshold = right, ranked[0][0][1] + 1
    for place, ((topic, score), one) in enumerate(ranked):
        right += (topic in one.right) - one.may_decline
        is_last_of_its_score = place + 1 == len(ranked) or ranked[place + 1][0][1] < score
        if right > best and is_last_of_its_score:
            best, threshold = right, score
    return threshold


def _judge(ranker: Ranker, threshold: float, testing: Sequence[Labelled]) -> Result:
    right = forced = false = 0
    times = []
    for one in testing:
        started = time.perf_counter_ns()
        topic, score = ranker(one.question)
        times.append((time.perf_counter_ns() - started) / 1_000)
        answered = score >= threshold
        right += topic in one.right if answered else one.may_decline
        forced += topic in one.right
        false += answered and not one.right
    answerable = _answerable(testing)
    return Result(
        right / len(testing), forced / answerable, false / (len(testing) - answerable), statistics.median(times)
    )


def _ours(answers: AnswerService, testing: Sequence[Labelled]) -> Result:
    report = Report(tuple(judge(answers, one) for one in testing))
    matches = ((one.answer.match, one.labelled.right) for one in report.judged)
    forced = sum(match is not None and match.best.entry_id in right for match, right in matches)
    median, _ = report.micros()
    return Result(report.right().value, forced / _answerable(testing), report.false().value, median)


def _answerable(testing: Sequence[Labelled]) -> int:
    return sum(bool(one.right) for one in testing)
