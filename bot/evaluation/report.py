"""Labelled questions -> how often the bot is right, sure, silent and wrong."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from bot.answering import Answer, AnswerService
from bot.errors import QuestionsError
from bot.knowledge.source import read_document

NONE = "none"

# Another meaning of ASO is recognized and explained, and saying that one does not know is just as right.
MAY_BE_DECLINED = frozenset({"aso-other-meanings"})

Outcome: TypeAlias = Literal["right", "choice", "wrong", "missed", "false"]
OUTCOMES: tuple[Outcome, ...] = ("right", "choice", "wrong", "missed", "false")

_CALIBRATION_BINS = 10

# A right topic counts among so many choices; nobody reads on.
_CHOICES_READ = 3


@dataclass(frozen=True)
class Labelled:
    """One labelled question.

    Attributes:
        right: Topics of which each is a right answer; empty where nothing is.
        may_decline: Whether declining is right too.
        all: Topics that must be answered together, exactly; empty for a one-topic question.
        focus: The model that the question names; "unlabelled" where the file does not say.
        states: The states whose lines are to be shown; None where the file does not say.
        line: Where it stands in its file, from 1.
    """

    question: str
    right: frozenset[str]
    may_decline: bool
    all: frozenset[str] = frozenset()
    addressed: bool = True
    thread: tuple[str, ...] = ()
    style: str = ""
    focus: str | None = "unlabelled"
    states: frozenset[str] | None = None
    line: int = 1


@dataclass(frozen=True)
class Judged:
    """A labelled question with its answer and what became of it."""

    labelled: Labelled
    answer: Answer
    outcome: Outcome


def read_labelled(path: Path, known_topics: Iterable[str]) -> list[Labelled]:
    """Read labelled questions, JSON lines or a YAML list; keys as in ``tests/questions/``.

    Args:
        path: The file; ``.yaml`` and ``.yml`` are read as YAML, anything else as JSON lines.
        known_topics: Topics of the knowledge base; labels outside them are not expected.

    Raises:
        QuestionsError: The file cannot be read or a line is not a labelled question; names file and line.
    """
    known = frozenset(known_topics)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise QuestionsError(f"{path}: the questions cannot be read ({reason}). Give a JSON lines file.") from None
    rows = _yaml_rows(path) if path.suffix in (".yaml", ".yml") else _json_rows(path, text)
    labelled = [_labelled(path, line, row, known) for line, row in rows]
    if not labelled:
        raise QuestionsError(f"{path}: there are no questions. Give at least one.")
    return labelled


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    # Not splitlines(): JSON text may hold other line separators, such as U+2028, as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise QuestionsError(
                    f"{path}:{number}: the line is not a JSON object{_where(error)}. "
                    'Write {"question": "...", "labels": ["..."]} on one line.'
                ) from None


def _where(error: Exception) -> str:
    return f", from character {error.colno} on" if isinstance(error, json.JSONDecodeError) else ""


def _yaml_rows(path: Path) -> Iterator[tuple[int, Any]]:
    document = read_document(path, str(path))
    if not document.faults and not isinstance(document.value, list):
        document.fault((), "this is not a list", "Begin each question with a dash")
    if document.faults:
        raise QuestionsError("\n".join(str(fault) for fault in document.faults))
    for index, row in enumerate(document.value):
        if isinstance(row, dict) and row.get("addressed") in ("true", "false"):
            row["addressed"] = row["addressed"] == "true"
        yield document.line_of((index,)), row


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TOPICS = (_is_texts, 'a list of topic ids, such as ["peo"]')
# What each key that is not required must hold where it is given.
_SOUND: dict[str, tuple[Callable[[Any], bool], str]] = {
    "labels": _TOPICS,
    "all": _TOPICS,
    "extended": _TOPICS,
    "thread": (_is_texts, "a list of what was asked before, oldest first"),
    "addressed": (lambda value: isinstance(value, bool), "true or false"),
    "style": (lambda value: isinstance(value, str), "a word"),
    "focus": (lambda value: value in ("aso", "peo", None), '"aso", "peo" or null'),
    "state": (_is_texts, 'a list of postal codes, such as ["TX"]'),
}


def _labelled(path: Path, line: int, row: Any, known: frozenset[str]) -> Labelled:
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or not {"labels", "all"} & row.keys():
        raise QuestionsError(
            f"{path}:{line}: this is not a labeled question. Give it a 'question' and its 'labels', or 'all'."
        )
    for key, (is_sound, expected) in _SOUND.items():
        if key in row and not is_sound(row[key]):
            raise QuestionsError(f"{path}:{line}: '{key}' must be {expected}.")
    all_topics = frozenset(row.get("all", ())) & known
    labels = all_topics or _effective_labels(row, known)
    topics = labels - {NONE}
    return Labelled(
        question=row["question"],
        right=topics,
        may_decline=not topics or NONE in labels or bool(topics & MAY_BE_DECLINED),
        all=all_topics,
        addressed=row.get("addressed", True),
        thread=tuple(row.get("thread", ())),
        style=row.get("style", ""),
        focus=row.get("focus", "unlabelled"),
        states=frozenset(row["state"]) if "state" in row else None,
        line=line,
    )


def _effective_labels(row: dict[str, Any], known: frozenset[str]) -> frozenset[str]:
    """The labels that hold for this knowledge base: ``extended`` speaks of topics that it may or may not have."""
    labels = frozenset(row.get("labels", ()))
    if "extended" not in row:
        return labels & (known | {NONE})
    extended = frozenset(row["extended"]) & (known | {NONE})
    if NONE in labels:
        return extended if extended else frozenset()
    return (labels & known) | extended


def judge(service: AnswerService, labelled: Labelled) -> Judged:
    """Ask one question and say what became of it."""
    answer = service.answer(labelled.question, addressed=labelled.addressed, thread=labelled.thread)
    return Judged(labelled, answer, _outcome(labelled, answer))


def _outcome(labelled: Labelled, answer: Answer) -> Outcome:
    topics = frozenset(answer.topics[:_CHOICES_READ] if answer.kind == "choices" else answer.topics)
    if answer.kind in ("none", "silent"):
        return "right" if labelled.may_decline else "missed"
    if not labelled.right:
        return "false"
    if answer.kind == "choices":
        return "choice" if topics & labelled.right else "wrong"
    return "right" if (topics == labelled.all if labelled.all else topics <= labelled.right) else "wrong"


def has_its_states(judged: Judged) -> bool:
    """Whether just the labelled states got their lines, where the file says which."""
    return judged.labelled.states in (None, frozenset(judged.answer.states))


def cause_of(mistake: Judged) -> str:
    """The first thing that went wrong with a question that is neither right nor among the choices."""
    labelled, answer, match = mistake.labelled, mistake.answer, mistake.answer.match
    ranked = [candidate.entry_id for candidate in match.candidates] if match else []
    causes = {
        "second turn: leaning on the thread or not": bool(labelled.thread),
        "two topics: not both found": bool(labelled.all),
        "one topic: taken for two": answer.kind == "answer" and len(answer.topics) > 1,
        "not ours: answered or offered all the same": not labelled.right,
        "nothing read: taken for small talk": not ranked,
        "spelling: an unknown word": bool(match and match.reading.unknown and labelled.right.isdisjoint(ranked[:1])),
        "too unsure: the right topic came first": not labelled.right.isdisjoint(ranked[:1]),
        "two topics lie close: the right one came second or third": not labelled.right.isdisjoint(ranked[:3]),
    }
    return next((cause for cause, holds in causes.items() if holds), "missing words or knowledge of the world")


@dataclass(frozen=True)
class Share:
    """A share with its 95 % Wilson interval; all 0 to 1, and NaN where there is nothing to count."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson score interval: https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval"""
        if not self.total:
            return math.nan, math.nan
        z = 1.96
        center = self.value + z * z / (2 * self.total)
        spread = z * math.sqrt(self.value * (1 - self.value) / self.total + z * z / (4 * self.total**2))
        scale = 1 + z * z / self.total
        return (center - spread) / scale, (center + spread) / scale


@dataclass(frozen=True)
class Report:
    """All judged questions of a run, and the figures over them."""

    judged: tuple[Judged, ...]

    def outcomes(self) -> Counter[Outcome]:
        """How many questions ended in each outcome."""
        return Counter(one.outcome for one in self.judged)

    def right(self) -> Share:
        """Questions whose outcome is right."""
        return self._share(self.judged, lambda one: one.outcome == "right")

    def found(self) -> Share:
        """Answerable one-topic questions with the right topic answered or among the choices."""
        return self._share(self._answerable(), lambda one: one.outcome in ("right", "choice"))

    def wrong(self) -> Share:
        """Answerable one-topic questions that were answered with a wrong topic."""
        return self._share(self._answerable(), lambda one: one.outcome == "wrong" and one.answer.kind == "answer")

    def false(self) -> Share:
        """Addressed questions without a right topic that were answered or offered choices all the same."""
        return self._share(
            [one for one in self.judged if not one.labelled.right and one.labelled.addressed],
            lambda one: one.outcome == "false",
        )

    def replied_to_chatter(self) -> Share:
        """Unaddressed messages without a right topic that got a reply."""
        return self._share(
            [one for one in self.judged if not one.labelled.right and not one.labelled.addressed],
            lambda one: one.answer.kind != "silent",
        )

    def focus(self) -> Share:
        """Questions with a labelled focus whose focus was read rightly."""
        return self._share(
            [one for one in self.judged if one.labelled.focus != "unlabelled"],
            lambda one: one.answer.focus == one.labelled.focus,
        )

    def states(self) -> Share:
        """Questions with labelled states that got the lines of just these."""
        return self._share(self._with_states(), has_its_states)

    def topic_and_states(self) -> Share:
        """The same whose topic is right, too."""
        return self._share(self._with_states(), lambda one: one.outcome == "right" and has_its_states(one))

    def _with_states(self) -> Sequence[Judged]:
        return [one for one in self.judged if one.labelled.states is not None]

    def by(self, key: Callable[[Judged], str]) -> dict[str, Report]:
        """The same figures for each value of ``key``, sorted by it."""
        groups: dict[str, list[Judged]] = defaultdict(list)
        for one in self.judged:
            groups[key(one)].append(one)
        return {name: Report(tuple(groups[name])) for name in sorted(groups)}

    def calibration_error(self) -> float | None:
        """Expected calibration error over all answered questions, 0 to 1; None where none was answered."""
        bins = self._bins().values()
        answered = sum(len(members) for members in bins)
        return sum(abs(_gap(members)) * len(members) for members in bins) / answered if answered else None

    def _bins(self) -> dict[int, list[Judged]]:
        bins: dict[int, list[Judged]] = defaultdict(list)
        for one in self.judged:
            if one.answer.kind == "answer":
                bins[min(int(one.answer.confidence * _CALIBRATION_BINS), _CALIBRATION_BINS - 1)].append(one)
        return bins

    def micros(self) -> tuple[float, float]:
        """Median and 99th percentile of the time a question, in microseconds."""
        times = sorted(one.answer.micros for one in self.judged)
        return statistics.median(times), float(times[min(len(times) - 1, int(len(times) * 0.99))])

    def choices_share(self) -> Share:
        """Of the answerable one-topic questions that found their topic, those that found it among choices."""
        found = [one for one in self._answerable() if one.outcome in ("right", "choice")]
        return self._share(found, lambda one: one.outcome == "choice")

    def both(self) -> Share:
        """Questions that ask for two topics and got both rows, and only those."""
        return self._share([one for one in self.judged if one.labelled.all], lambda one: one.outcome == "right")

    def needless_pairs(self) -> Share:
        """Questions that do not ask for two topics and got two rows."""
        return self._share(
            [one for one in self.judged if not one.labelled.all],
            lambda one: one.answer.kind == "answer" and len(one.answer.topics) > 1,
        )

    def follow_ups(self) -> Share:
        """Second turns in a thread that were answered rightly."""
        return self._share([one for one in self.judged if one.labelled.thread], lambda one: one.outcome == "right")

    def reliability(self) -> list[tuple[float, float, int]]:
        """(mean confidence, share right, answers) for every tenth of the scale that has answers, lowest first."""
        bins = self._bins()
        return [
            (
                statistics.fmean(one.answer.confidence for one in bins[place]),
                statistics.fmean(one.outcome == "right" for one in bins[place]),
                len(bins[place]),
            )
            for place in sorted(bins)
        ]

    def confusions(self) -> Counter[tuple[str, str]]:
        """(a right topic, the topic that was given instead) of the wrong answers; "nothing" where none is right."""
        return Counter(
            (min(one.labelled.right, default="nothing"), one.answer.topics[0])
            for one in self.judged
            if one.answer.kind == "answer" and one.outcome in ("wrong", "false")
        )

    def causes(self) -> Counter[str]:
        """How often each cause led to a mistake."""
        return Counter(cause_of(one) for one in self.mistakes())

    def mistakes(self) -> list[Judged]:
        """Everything that is neither right nor a choice, the most confident first."""
        wrong = [one for one in self.judged if one.outcome not in ("right", "choice")]
        return sorted(wrong, key=lambda one: -one.answer.confidence)

    def _answerable(self) -> Sequence[Judged]:
        return [one for one in self.judged if one.labelled.right and not one.labelled.all and one.labelled.addressed]

    @staticmethod
    def _share(among: Sequence[Judged], hit: Callable[[Judged], bool]) -> Share:
        return Share(sum(hit(one) for one in among), len(among))


def as_json(report: Report) -> dict[str, Any]:
    """All figures of a report and every judged question, for other programs."""
    median, p99 = report.micros()
    return {
        "questions": len(report.judged),
        "figures": {name: _figure(share) for name, share in figures(report).items() if share.total},
        "calibration_error": report.calibration_error(),
        "reliability": report.reliability(),
        "micros": {"median": median, "p99": p99},
        "by_style": {name: dict(part.outcomes()) for name, part in by_style(report).items()},
        "by_topic": {name: dict(part.outcomes()) for name, part in by_topic(report).items()},
        "causes": dict(report.causes().most_common()),
        "confusions": [[right, given, count] for (right, given), count in report.confusions().most_common()],
        "judged": [
            {
                "question": one.labelled.question,
                "right": sorted(one.labelled.right),
                "kind": one.answer.kind,
                "topics": one.answer.topics,
                "states": one.answer.states,
                "confidence": one.answer.confidence,
                "outcome": one.outcome,
            }
            for one in report.judged
        ],
    }


def figures(report: Report) -> dict[str, Share]:
    """Every share of a report by what it says."""
    return {
        "right (answered rightly, or rightly declined)": report.right(),
        "answerable: right topic answered or among the choices": report.found(),
        "  of these, among the choices": report.choices_share(),
        "answerable: answered with a wrong topic": report.wrong(),
        "nothing right: answered or offered choices all the same": report.false(),
        "channel messages that got a reply": report.replied_to_chatter(),
        "two topics asked for: both rows and only those": report.both(),
        "one topic asked for: two rows": report.needless_pairs(),
        "second turns in a thread: right": report.follow_ups(),
        "focus read rightly": report.focus(),
        "lines of just the right states": report.states(),
        "right, with the lines of just the right states": report.topic_and_states(),
    }


def by_style(report: Report) -> dict[str, Report]:
    """A report for each style of question."""
    return report.by(lambda one: one.labelled.style or "(none)")


def by_topic(report: Report) -> dict[str, Report]:
    """A report for each topic of the answerable questions."""
    answerable = Report(tuple(one for one in report.judged if one.labelled.right))
    return answerable.by(lambda one: min(one.labelled.right))


def _figure(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"value": share.value, "hits": share.hits, "total": share.total, "low": low, "high": high}


def _gap(members: Sequence[Judged]) -> float:
    """Mean confidence minus share right."""
    return statistics.fmean(one.answer.confidence - (one.outcome == "right") for one in members)
