"""What else one could have taken: the same texts to learn from, the same real people's questions, in the same run."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from bot.answering import AnswerService
from bot.evaluation.report import NONE, Labelled, Report, Share, judge, read_labelled
from bot.knowledge import KnowledgeBase
from bot.text import words
from bot.understanding import Lessons
from bot.understanding.names import framed
from tools.encoder import INSTALL, Encoder, model_folder

REAL = Path(__file__).parent.parent / "tests" / "questions" / "real"

# (text, topic) to learn from; the topic is NONE where no entry answers the text.
Lesson = tuple[str, str]
# A question -> the topic that fits best, and a score on the peer's own scale: minus infinity where NONE fits better.
Ranker = Callable[[str], tuple[str, float]]
Peer = Callable[[Sequence[Lesson]], Ranker]
Scores = NDArray[np.floating]


@dataclass(frozen=True)
class Result:
    """What became of the test questions.

    Attributes:
        right: Of all: answered rightly, or rightly declined.
        choice: Of those that an entry answers: it is one of the choices offered.
        forced: Of the same: the right topic comes first, whether it is shown or not.
        wrong: Of the same: answered with a wrong topic.
        false: Of those that no entry answers: answered, or offered choices, all the same.
        micros: The median time of a question in microseconds.
    """

    right: Share
    choice: Share
    forced: Share
    wrong: Share
    false: Share
    micros: float


def compare(answers: AnswerService) -> Table:
    """Judge the bot and its peers on the real people's questions that were kept for testing.

    A peer learns all that the bot learns and declines below a threshold. The threshold is chosen on the real people's
    questions that were kept for fitting, by a peer that has not learned from them.
    """
    knowledge = answers.knowledge
    fitting, testing = (read_labelled(REAL / f"{part}.jsonl", knowledge.entries) for part in ("fit", "test"))
    lessons = lessons_of(knowledge)
    fitting_texts = {one.question for one in fitting}
    unseen = [lesson for lesson in lessons if lesson[0] not in fitting_texts]
    # Asked for two topics at once, no peer has an answer.
    fitting = [one for one in fitting if not one.all]
    results = {"peo-aso": _judge_bot(answers, testing)}
    # One core for each, as a question has in the bot; threads that wait for each other would also spoil the times.
    with threadpool_limits(1):
        for name, peer in _peers(lessons).items():
            threshold = best_threshold(peer(unseen), fitting)
            results[name] = judge_peer(peer(lessons), threshold, testing)
    return _table(results, testing)


def lessons_of(knowledge: KnowledgeBase) -> list[Lesson]:
    """The phrasings of all entries, their names in frames, and what no entry answers."""
    ours = [(text, topic) for topic, texts in knowledge.phrasings.items() for text in texts]
    ours += [(text, topic) for topic, named in Lessons.of(knowledge).named for text in framed(named)]
    return ours + [(text, NONE) for text in (*knowledge.outside.questions, *knowledge.outside.chatter)]


def _table(results: Mapping[str, Result], testing: Sequence[Labelled]) -> Table:
    table = Table(
        "",
        "right",
        "among choices",
        "right topic, if forced",
        "wrong",
        "answered though nothing fits",
        "median time",
        title=f"{len(testing):,} real people's questions",
        title_justify="left",
        caption_justify="left",
    )
    for name, one in results.items():
        shares = (one.right, one.choice, one.forced, one.wrong, one.false)
        table.add_row(name, *(f"{share.value:.1%}" for share in shares), f"{one.micros / 1_000:,.1f} ms")
    if model_folder() is None:
        table.caption = f"MiniLM is left out: it is not installed. To compare with it, run:\n{INSTALL}"
    return table


def _peers(lessons: Sequence[Lesson]) -> dict[str, Peer]:
    peers: dict[str, Peer] = {"rapidfuzz WRatio": rapidfuzz, "BM25": bm25, "TF-IDF + linear SVM": tf_idf}
    folder = model_folder()
    if folder is not None:
        peers["MiniLM + logistic regression"] = _mini_lm(Encoder(folder), lessons)
    return peers


def rapidfuzz(lessons: Sequence[Lesson]) -> Ranker:
    """The topic of the text that is most alike letter by letter."""
    texts, labels = zip(*lessons, strict=True)
    classes, positions = np.unique(labels, return_inverse=True)

    def rank(question: str) -> tuple[str, float]:
        [alike] = process.cdist([question], texts, scorer=fuzz.WRatio)
        return _best(classes, _highest(alike, positions, len(classes)))

    return rank


def bm25(lessons: Sequence[Lesson]) -> Ranker:
    """The topic of the text that a search for the question's words finds first."""
    texts, labels = zip(*lessons, strict=True)
    classes, positions = np.unique(labels, return_inverse=True)
    index = BM25Okapi([words(text) for text in texts])

    def rank(question: str) -> tuple[str, float]:
        return _best(classes, _highest(index.get_scores(words(question)), positions, len(classes)))

    return rank


def tf_idf(lessons: Sequence[Lesson]) -> Ranker:
    """A linear support vector machine over weighted words, pairs of words and runs of characters."""
    texts, labels = zip(*lessons, strict=True)
    vectorizer = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3),
    )
    machine = LinearSVC(C=0.3).fit(vectorizer.fit_transform(texts), labels)

    def rank(question: str) -> tuple[str, float]:
        return _best(machine.classes_, machine.decision_function(vectorizer.transform([question]))[0])

    return rank


def _mini_lm(encoder: Encoder, lessons: Sequence[Lesson]) -> Peer:
    """Logistic regression over sentence embeddings."""
    texts = [text for text, _ in lessons]
    embedded = dict(zip(texts, encoder.embed(texts), strict=True))

    def fit(lessons: Sequence[Lesson]) -> Ranker:
        embeddings = np.stack([embedded[text] for text, _ in lessons])
        regression = LogisticRegression(C=30, max_iter=300).fit(embeddings, [topic for _, topic in lessons])

        def rank(question: str) -> tuple[str, float]:
            return _best(regression.classes_, regression.predict_log_proba(encoder.embed([question]))[0])

        return rank

    return fit


def _highest(scores: Scores, positions: NDArray[np.intp], classes: int) -> Scores:
    """The highest score of the texts of each class."""
    highest = np.full(classes, -np.inf)
    np.maximum.at(highest, positions, scores)
    return highest


def _best(classes: Iterable[str], scores: Scores) -> tuple[str, float]:
    ranked = sorted(zip(scores.tolist(), classes, strict=True), reverse=True)
    score, topic = next((score, topic) for score, topic in ranked if topic != NONE)
    return str(topic), score if ranked[0][1] != NONE else -math.inf


def best_threshold(ranker: Ranker, fitting: Sequence[Labelled]) -> float:
    """The score from which answering makes the most questions right."""
    ranked = sorted(((ranker(one.question), one) for one in fitting), key=lambda pair: -pair[0][1])
    right = sum(one.may_decline for one in fitting)
    best, threshold = right, math.inf
    for place, ((topic, score), one) in enumerate(ranked):
        right += (topic in one.right) - one.may_decline
        is_last_of_its_score = place + 1 == len(ranked) or ranked[place + 1][0][1] < score
        if right > best and is_last_of_its_score and score > -math.inf:
            best, threshold = right, score
    return threshold


def judge_peer(ranker: Ranker, threshold: float, testing: Sequence[Labelled]) -> Result:
    """What becomes of the questions where a peer answers from a threshold on."""
    right = forced = wrong = false = 0
    times = []
    for one in testing:
        started = time.perf_counter_ns()
        topic, score = ranker(one.question)
        times.append((time.perf_counter_ns() - started) / 1_000)
        is_answered, is_right = score >= threshold, topic in one.right
        right += is_right if is_answered else one.may_decline
        forced += is_right
        wrong += is_answered and bool(one.right) and not is_right
        false += is_answered and not one.right
    answerable = _answerable(testing)
    return Result(
        Share(right, len(testing)),
        Share(0, answerable),
        Share(forced, answerable),
        Share(wrong, answerable),
        Share(false, len(testing) - answerable),
        statistics.median(times),
    )


def _judge_bot(answers: AnswerService, testing: Sequence[Labelled]) -> Result:
    report = Report(tuple(judge(answers, one) for one in testing))
    first = ((next(iter(one.answer.topics), None), one.answer.match, one.labelled.right) for one in report.judged)
    forced = sum((topic or (match and match.best.entry_id)) in right for topic, match, right in first)
    answerable = _answerable(testing)
    choice = Share(report.outcomes()["choice"], answerable)
    median, _ = report.micros()
    return Result(report.right(), choice, Share(forced, answerable), report.wrong(), report.false(), median)


def _answerable(testing: Sequence[Labelled]) -> int:
    return sum(bool(one.right) for one in testing)
