"""How answers to labelled questions are judged, and the figures over them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answer, AnswerService, Kind, Thresholds
from bot.errors import QuestionsError
from bot.evaluation.report import Judged, Labelled, Outcome, Report, Share, cause_of, judge, read_labelled
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.understanding import fit
from tests.knowledge.support import Folder

TOPICS = ("peo", "aso", "difference", "suta-rate", "aso-other-meanings")


class Scripted(AnswerService):
    """A service of which is known beforehand what it says."""

    def __init__(self, knowledge: KnowledgeBase, kind: Kind, topics: Sequence[str] = ()) -> None:
        self.knowledge = knowledge
        self._answer = Answer(kind, tuple(knowledge.entries[topic] for topic in topics))

    def answer(
        self,
        question: str,
        *,
        addressed: bool = True,
        thread: Sequence[str] = (),
        thread_topics: Sequence[str] = (),
        thread_places: Sequence[str] = (),
    ) -> Answer:
        return self._answer


def labelled_of(folder: Path, row: dict[str, Any], known: Sequence[str] = TOPICS) -> Labelled:
    """What is read from a file with one line."""
    file = folder / "questions.jsonl"
    file.write_text(json.dumps({"question": "?", **row}), encoding="utf-8")
    [labelled] = read_labelled(file, known)
    return labelled


# --- Scoring


@pytest.mark.parametrize(
    ("row", "kind", "topics", "outcome"),
    [
        pytest.param({"labels": ["peo"]}, "answer", ["peo"], "right", id="the right topic"),
        pytest.param({"labels": ["peo", "aso"]}, "answer", ["aso"], "right", id="one of the right topics is enough"),
        pytest.param({"labels": ["peo", "aso"]}, "answer", ["aso", "peo"], "right", id="every topic given is right"),
        pytest.param({"labels": ["peo"]}, "answer", ["aso"], "wrong", id="another topic"),
        pytest.param({"labels": ["peo"]}, "answer", ["peo", "aso"], "wrong", id="a topic too many"),
        pytest.param({"labels": ["peo"]}, "choices", ["aso", "difference", "peo"], "choice", id="among the choices"),
        pytest.param(
            {"labels": ["peo"]},
            "choices",
            ["aso", "difference", "suta-rate", "peo"],
            "wrong",
            id="fourth of the choices",
        ),
        pytest.param({"labels": ["peo"]}, "choices", ["aso", "difference"], "wrong", id="not among the choices"),
        pytest.param({"labels": ["peo"]}, "none", [], "missed", id="declined although answerable"),
        pytest.param({"labels": ["peo"]}, "silent", [], "missed", id="silent although answerable"),
        pytest.param({"labels": ["none"]}, "none", [], "right", id="rightly declined"),
        pytest.param({"labels": ["none"]}, "silent", [], "right", id="rightly silent"),
        pytest.param({"labels": ["none"]}, "answer", ["peo"], "false", id="an answer where nothing is right"),
        pytest.param({"labels": ["none"]}, "choices", ["peo", "aso"], "false", id="choices where nothing is right"),
        pytest.param({"labels": ["none", "peo"]}, "none", [], "right", id="declining is as right as the topic"),
        pytest.param({"labels": ["none", "peo"]}, "answer", ["peo"], "right", id="the topic is as right as declining"),
        pytest.param({"labels": ["none", "peo"]}, "answer", ["aso"], "wrong", id="neither the topic nor declined"),
        pytest.param({"all": ["peo", "aso"]}, "answer", ["aso", "peo"], "right", id="all topics, in any order"),
        pytest.param({"all": ["peo", "aso"]}, "answer", ["peo"], "wrong", id="one topic of all"),
        pytest.param({"all": ["peo", "aso"]}, "answer", ["peo", "aso", "difference"], "wrong", id="more than all"),
        pytest.param({"all": ["peo", "aso"]}, "none", [], "missed", id="all declined"),
        pytest.param({"all": ["peo", "aso"]}, "choices", ["peo", "difference"], "choice", id="one of all as a choice"),
        pytest.param({"labels": ["none"], "extended": ["suta-rate"]}, "answer", ["suta-rate"], "right", id="extended"),
        pytest.param(
            {"labels": ["none"], "extended": ["suta-rate"]}, "none", [], "missed", id="extended replaces none"
        ),
        pytest.param({"labels": ["none"], "extended": []}, "none", [], "right", id="extended by nothing"),
        pytest.param({"labels": ["none"], "extended": []}, "answer", ["peo"], "false", id="still nothing is right"),
        pytest.param(
            {"labels": ["none"], "extended": ["suta-rate", "none"]}, "none", [], "right", id="extended may be declined"
        ),
        pytest.param(
            {"labels": ["peo"], "extended": ["aso"]}, "answer", ["peo"], "right", id="extended adds, old topic"
        ),
        pytest.param(
            {"labels": ["peo"], "extended": ["aso"]}, "answer", ["aso"], "right", id="extended adds, new topic"
        ),
        pytest.param({"labels": ["aso-other-meanings"]}, "none", [], "right", id="another meaning may be declined"),
        pytest.param(
            {"labels": ["aso-other-meanings"]}, "answer", ["aso-other-meanings"], "right", id="or be explained"
        ),
    ],
)
def test_an_answer_is_scored(
    knowledge: KnowledgeBase, tmp_path: Path, row: dict[str, Any], kind: Kind, topics: list[str], outcome: Outcome
) -> None:
    service = Scripted(knowledge, kind, topics)
    assert judge(service, labelled_of(tmp_path, row)).outcome == outcome


@pytest.mark.parametrize(
    ("row", "right", "may_decline"),
    [
        pytest.param({"labels": ["future"]}, set(), True, id="a label not known yet"),
        pytest.param({"labels": ["peo", "future"]}, {"peo"}, False, id="one known, one not yet"),
        pytest.param({"labels": ["none"], "extended": ["future"]}, set(), True, id="extended by what is not known yet"),
        pytest.param({"all": ["peo", "future"]}, {"peo"}, False, id="of all the known"),
        pytest.param({"all": ["future"]}, set(), True, id="none of all is known yet"),
        pytest.param(
            {"all": ["future"], "labels": ["peo"]}, {"peo"}, False, id="the labels where all are not known yet"
        ),
    ],
)
def test_topics_that_the_knowledge_does_not_have_are_not_expected(
    tmp_path: Path, row: dict[str, Any], right: set[str], may_decline: bool
) -> None:
    labelled = labelled_of(tmp_path, row)
    assert labelled.right == right
    assert labelled.may_decline is may_decline


@pytest.mark.parametrize(
    ("thresholds", "addressed", "outcome"),
    [
        pytest.param(Thresholds(answer=0), True, "right", id="sure enough"),
        pytest.param(Thresholds(answer=2, choices=0), True, "missed", id="one entry is no choice"),
        pytest.param(Thresholds(answer=2, choices=2), True, "missed", id="never sure enough"),
        pytest.param(Thresholds(plain=2), False, "missed", id="silent in a channel"),
    ],
)
def test_the_bot_itself_is_judged_as_it_answers(
    tmp_path: Path, thresholds: Thresholds, addressed: bool, outcome: Outcome
) -> None:
    knowledge = load_knowledge(Folder.small(tmp_path).path)
    service = AnswerService(knowledge, fit(knowledge, common_english_words()), thresholds)
    row = Labelled(
        "who handles unemployment claims?", frozenset({"unemployment-claims"}), may_decline=False, addressed=addressed
    )
    assert judge(service, row).outcome == outcome


# --- Reading


def test_every_key_is_read(tmp_path: Path) -> None:
    row = {
        "question": "and peo?",
        "labels": ["peo"],
        "addressed": False,
        "thread": ["aso?"],
        "style": "x",
        "focus": "peo",
    }
    expected = Labelled(
        "and peo?", frozenset({"peo"}), False, addressed=False, thread=("aso?",), style="x", focus="peo", line=1
    )
    assert labelled_of(tmp_path, row) == expected


def test_a_question_is_addressed_alone_and_of_unlabelled_focus_where_nothing_says_otherwise(tmp_path: Path) -> None:
    labelled = labelled_of(tmp_path, {"labels": ["peo"]})
    assert (labelled.addressed, labelled.thread, labelled.focus) == (True, (), "unlabelled")
    assert labelled_of(tmp_path, {"labels": ["peo"], "focus": None}).focus is None


def test_states_are_right_where_just_the_labelled_ones_got_their_lines(tmp_path: Path, answers: AnswerService) -> None:
    question = {"question": "whose SUTA rate is used in Texas?", "labels": ["suta-rate"]}
    rows: list[dict[str, Any]] = [{"state": ["TX"]}, {"state": []}, {"state": ["TX", "FL"]}, {}]
    report = Report(tuple(judge(answers, labelled_of(tmp_path, {**question, **row})) for row in rows))
    assert (report.states().hits, report.states().total) == (1, 3)
    assert (report.topic_and_states().hits, report.topic_and_states().total) == (1, 3)
    assert report.right().hits == 4


def test_json_lines_and_yaml_say_the_same(tmp_path: Path) -> None:
    lines, listed = tmp_path / "questions.jsonl", tmp_path / "questions.yaml"
    lines.write_text(
        '{"question": "what is a peo\u2028or pëo?", "labels": ["peo"], "addressed": false}\n\n'
        '{"question": "both?", "all": ["peo", "aso"], "addressed": true, "focus": null}\n',
        encoding="utf-8",
    )
    listed.write_text(
        '- {question: "what is a peo\\Lor pëo?", labels: [peo], addressed: false}\n\n'
        "- question: both?\n  all:\n    - peo\n    - aso\n  addressed: true\n  focus: null\n",
        encoding="utf-8",
    )
    assert read_labelled(lines, TOPICS) == read_labelled(listed, TOPICS)


def test_the_mark_that_windows_puts_first_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"question": "peo?", "labels": ["peo"]}\r\n')
    assert [labelled.question for labelled in read_labelled(file, TOPICS)] == ["peo?"]


NOT_LABELLED = "this is not a labeled question. Give it a 'question' and its 'labels', or 'all'."
A_THREAD = "must be a list of what was asked before, oldest first."
A_FOCUS = 'must be "aso", "peo" or null.'
A_LIST_OF_TOPICS = 'must be a list of topic ids, such as ["peo"].'
FIRST = b'{"question": "peo?", "labels": ["peo"]}\n'


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param(
            "q.jsonl",
            FIRST + b"\n{bad}\n",
            ":3: the line is not a JSON object, from character 2 on. "
            'Write {"question": "...", "labels": ["..."]} on one line.',
            id="not JSON",
        ),
        pytest.param("q.jsonl", FIRST + b'["peo"]\n', f":2: {NOT_LABELLED}", id="a list"),
        pytest.param("q.jsonl", FIRST + b'{"question": "peo?"}\n', f":2: {NOT_LABELLED}", id="no labels"),
        pytest.param("q.jsonl", FIRST + b'{"labels": ["peo"]}\n', f":2: {NOT_LABELLED}", id="no question"),
        pytest.param("q.jsonl", b'{"question": 1, "labels": []}\n', f":1: {NOT_LABELLED}", id="a number asked"),
        pytest.param(
            "q.jsonl", b'{"question": "", "labels": "peo"}', f":1: 'labels' {A_LIST_OF_TOPICS}", id="one label"
        ),
        pytest.param("q.jsonl", b'{"question": "", "all": null}', f":1: 'all' {A_LIST_OF_TOPICS}", id="null for all"),
        pytest.param(
            "q.jsonl",
            FIRST.replace(b"}", b', "extended": [1]}'),
            f":1: 'extended' {A_LIST_OF_TOPICS}",
            id="a number as label",
        ),
        pytest.param(
            "q.jsonl",
            FIRST.replace(b"}", b', "thread": "aso?"}'),
            f":1: 'thread' {A_THREAD}",
            id="a bare thread",
        ),
        pytest.param(
            "q.jsonl",
            FIRST.replace(b"}", b', "addressed": "no"}'),
            ":1: 'addressed' must be true or false.",
            id="no is not false",
        ),
        pytest.param(
            "q.jsonl",
            FIRST.replace(b"}", b', "focus": []}'),
            ':1: \'focus\' must be "aso", "peo" or null.',
            id="a list for focus",
        ),
        pytest.param(
            "q.jsonl", FIRST.replace(b"}", b', "style": 3}'), ":1: 'style' must be a word.", id="a number for style"
        ),
        pytest.param("q.jsonl", b"", ": there are no questions. Give at least one.", id="nothing"),
        pytest.param("q.yaml", b"[]", ": there are no questions. Give at least one.", id="nothing in YAML"),
        pytest.param(
            "q.yaml", b"q: peo?\n", ":1: this is not a list. Begin each question with a dash.", id="one in YAML"
        ),
        pytest.param(
            "q.yaml",
            b"- question: peo?\n  labels: [peo]\n\n- question: aso?\n",
            f":4: {NOT_LABELLED}",
            id="no labels in YAML",
        ),
        pytest.param(
            "q.yml",
            b"- question: 'peo\n",
            ":2: this is not valid YAML (while scanning a quoted scalar found unexpected end of stream). "
            "Check quotes, colons and indentation.",
            id="not YAML",
        ),
        pytest.param(
            "q.yaml",
            b"- question: !!timestamp peo?\n",
            ":1: the tag tag:yaml.org,2002:timestamp is not allowed. Write plain text.",
            id="a tag",
        ),
        pytest.param(
            "q.jsonl",
            b"\xff",
            ": the questions cannot be read ('utf-8' codec can't decode byte 0xff in position 0: invalid start byte). "
            "Give a JSON lines file.",
            id="not UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_file_and_line(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(QuestionsError) as refused:
        read_labelled(file, TOPICS)
    assert str(refused.value) == f"{file}{expected}"


@pytest.mark.parametrize(("name", "reason"), [("nowhere.jsonl", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(QuestionsError) as refused:
        read_labelled(tmp_path / name, TOPICS)
    assert str(refused.value) == (
        f"{tmp_path / name}: the questions cannot be read ({reason}). Give a JSON lines file."
    )


@pytest.mark.parametrize("name", ["q.jsonl", "q.yaml"])
def test_deep_nesting_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[" * 100_000)
    with pytest.raises(QuestionsError, match=r"not a JSON object|more than 12 levels deep"):
        read_labelled(tmp_path / name, TOPICS)


@given(content=st.binary(max_size=200), suffix=st.sampled_from(["jsonl", "yaml"]))
def test_any_bytes_are_questions_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    file.write_bytes(content)
    try:
        labelled = read_labelled(file, TOPICS)
    except QuestionsError as error:
        labelled = []
        message = str(error)
    else:
        message = ""
    assert bool(labelled) != message.startswith(str(file))


# --- Figures


def judged(
    outcome: Outcome,
    *,
    kind: Kind = "answer",
    confidence: float = 0.5,
    right: Sequence[str] = ("peo",),
    every: Sequence[str] = (),
    addressed: bool = True,
    style: str = "",
    focus: tuple[str | None, Any] = ("unlabelled", None),
    micros: int = 0,
) -> Judged:
    row = Labelled("?", frozenset(right), not right, frozenset(every), addressed, style=style, focus=focus[0])
    return Judged(row, Answer(kind, focus=focus[1], confidence=confidence, micros=micros), outcome)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="none"),
        pytest.param(10, 10, 0.7225, 1.0, id="all"),
        pytest.param(5, 10, 0.2366, 0.7634, id="half"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe's first example"),
        pytest.param(1, 1, 0.2065, 1.0, id="one of one"),
    ],
)
def test_a_share_has_its_wilson_interval(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_lies_between_0_and_1(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval
    assert -1e-12 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1 + 1e-12


def test_a_share_of_nothing_is_no_number() -> None:
    assert all(math.isnan(value) for value in (Share(0, 0).value, *Share(0, 0).interval))


REPORT = Report(
    (
        judged("right"),
        judged("right", style="typo", focus=("peo", "peo")),
        judged("choice", kind="choices"),
        judged("wrong", style="typo", focus=("peo", "aso")),
        judged("wrong", kind="choices"),
        judged("missed", kind="none", focus=(None, None)),
        judged("right", every=("peo", "aso"), right=("peo", "aso")),
        judged("right", kind="none", right=()),
        judged("false", right=()),
        judged("false", kind="choices", right=()),
        judged("right", kind="silent", right=(), addressed=False),
        judged("false", right=(), addressed=False),
    )
)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(REPORT.right(), Share(5, 12), id="right, over all questions"),
        pytest.param(REPORT.found(), Share(3, 6), id="found, over answerable questions on one topic"),
        pytest.param(REPORT.wrong(), Share(1, 6), id="wrong, where an answer was given"),
        pytest.param(REPORT.false(), Share(2, 3), id="false, over addressed questions that nothing answers"),
        pytest.param(REPORT.replied_to_chatter(), Share(1, 2), id="replies to chatter"),
        pytest.param(REPORT.focus(), Share(2, 3), id="focus, where the file names it"),
    ],
)
def test_a_figure_counts_the_questions_it_is_about(share: Share, expected: Share) -> None:
    assert share == expected


def test_outcomes_are_counted() -> None:
    assert REPORT.outcomes() == {"right": 5, "choice": 1, "wrong": 2, "missed": 1, "false": 3}


def test_figures_can_be_split() -> None:
    split = REPORT.by(lambda one: one.labelled.style)
    assert {style: report.right() for style, report in split.items()} == {"": Share(4, 10), "typo": Share(1, 2)}


def test_mistakes_come_the_surest_first() -> None:
    report = Report(
        (
            judged("wrong", confidence=0.6),
            judged("right", confidence=0.99),
            judged("false", confidence=0.9, right=()),
            judged("missed", kind="none", confidence=0.2),
            judged("choice", kind="choices", confidence=0.4),
        )
    )
    assert [one.answer.confidence for one in report.mistakes()] == [0.9, 0.6, 0.2]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([(0.8, "right")] * 8 + [(0.8, "wrong")] * 2, 0.0, id="eight in ten at 0.8"),
        pytest.param([(0.8, "right")] * 10, 0.2, id="too modest"),
        pytest.param([(1.0, "wrong")] * 4, 1.0, id="sure and wrong"),
        pytest.param([(0.85, "right"), (0.95, "wrong")], (0.15 + 0.95) / 2, id="errors of two bins do not cancel"),
        pytest.param([(0.81, "right"), (0.89, "wrong")], 0.35, id="within a bin they do"),
    ],
)
def test_the_calibration_error_is_how_far_confidence_lies_from_being_right(
    answers: list[tuple[float, Outcome]], expected: float
) -> None:
    report = Report(tuple(judged(outcome, confidence=confidence) for confidence, outcome in answers))
    assert report.calibration_error() == pytest.approx(expected)


def test_only_answers_are_calibrated() -> None:
    report = Report((judged("choice", kind="choices", confidence=0.1), judged("right", kind="none", confidence=0.1)))
    assert report.calibration_error() is None


def test_times_are_a_median_and_a_99th_percentile() -> None:
    report = Report(tuple(judged("right", micros=micros) for micros in range(200, 0, -1)))
    assert report.micros() == (100.5, 199.0)
    assert Report((judged("right", micros=7),)).micros() == (7, 7)


# --- Causes

COBRA = "who handles COBRA"


@pytest.mark.parametrize(
    ("labelled", "cause"),
    [
        pytest.param({"question": "hello", "labels": ["cobra"]}, "nothing read", id="small talk"),
        pytest.param({"question": "zxqvb", "labels": ["cobra"]}, "spelling", id="an unknown word"),
        pytest.param({"question": COBRA, "labels": ["none"]}, "not ours", id="nothing right"),
        pytest.param({"question": COBRA, "labels": ["aso"]}, "missing words", id="far from the right one"),
        pytest.param({"question": COBRA, "all": ["cobra", "aca"]}, "two topics: not both", id="one of two"),
        pytest.param(
            {"question": "who handles COBRA", "thread": ["what is an ASO"], "labels": ["aso"]},
            "second turn",
            id="a turn",
        ),
        pytest.param(
            {"question": "who handles COBRA and who pays the 941 taxes?", "labels": ["aca"]},
            "one topic: taken for two",
            id="two rows",
        ),
    ],
)
def test_a_mistake_is_counted_under_the_first_thing_that_went_wrong(
    tmp_path: Path, answers: AnswerService, labelled: dict[str, Any], cause: str
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(labelled), encoding="utf-8")
    [one] = read_labelled(path, answers.knowledge.entries)
    mistake = judge(answers, one)
    assert mistake.outcome not in ("right", "choice")
    assert cause_of(mistake).startswith(cause)
    assert Report((mistake,)).causes() == {cause_of(mistake): 1}
