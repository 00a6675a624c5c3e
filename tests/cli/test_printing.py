"""Why an answer was given, in words an owner can act on; and the figures of an evaluation as tables and files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.answering import AnswerService, Thresholds
from bot.cli.commands import app
from bot.cli.printing import explanation, print_answer
from bot.cli.terminal import console
from bot.errors import OutputError
from bot.evaluation.plotting import plot_report
from bot.evaluation.printing import print_report
from bot.evaluation.report import Report, judge, read_labelled
from bot.fitted import common_english_words
from bot.knowledge import load_knowledge
from bot.understanding import fit
from tests.knowledge.support import Folder

PNG, PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-"


def explained(service: AnswerService, question: str, *, addressed: bool = True, thread: Sequence[str] = ()) -> str:
    return "\n".join(explanation(service.answer(question, addressed=addressed, thread=thread), service))


# --- Why


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param(
            "who handels unemploymnt claims?",
            ["Spelling mended: handels -> handles", "Spelling mended: unemploymnt -> unemployment"],
            id="spelling that was mended",
        ),
        pytest.param("who handles zxqvbnm?", ["Unknown words: zxqvbnm"], id="words that nobody knows"),
        pytest.param(
            "whose SUTA rate is used under a PEO?",
            ["Groups of the vocabulary: unemployment-tax, peo", "Model asked about: peo"],
            id="groups of the vocabulary and the model",
        ),
        pytest.param("PEO or ASO?", ["Model asked about: none or both"], id="both models"),
        pytest.param(
            "who handles unemployment claims?",
            ["1. unemployment-claims (", "2. ", " behind): ", "@unemployment-claim +"],
            id="what came first and second, by how much and why",
        ),
        pytest.param("the definition of an ASO?", ["It says no more than the name of an entry."], id="a name"),
        pytest.param("what does FUTA stand for?", ["It asks for an acronym of the glossary."], id="an acronym"),
        pytest.param(
            "who handles unemployment claims and whose SUTA rate is used?",
            ["It asks for two topics (probability "],
            id="two topics",
        ),
        pytest.param("zxqvbnm qqqxz", ["Confidence 0.0", "is needed to answer"], id="too little for an answer"),
        pytest.param(
            "when is the zxqvbnm of our qqqxz due?",
            ["By weight, ", "which counts against answering"],
            id="strange words",
        ),
        pytest.param("whose SUTA rate in Texas?", ["Places: TX"], id="a place"),
        pytest.param("texas", ["Places: TX", "It says nothing but a state."], id="nothing but a place"),
        pytest.param("hello", ["Nothing was matched: the message was taken as greeting."], id="a greeting"),
        pytest.param("?!", ["Nothing was matched: the message was taken as empty."], id="nothing"),
    ],
)
def test_an_explanation_says_what_was_read_and_what_decided(
    answers: AnswerService, question: str, said: list[str]
) -> None:
    text = explained(answers, question)
    assert [part for part in said if part not in text] == []


def test_an_explanation_of_a_second_turn_says_that_it_leans_on_the_thread(answers: AnswerService) -> None:
    text = explained(answers, "and under an ASO?", thread=["who handles unemployment claims under a PEO?"])
    assert "It leans on what was asked before in the thread" in text


@pytest.mark.parametrize(
    ("message", "reads_like_talk"),
    [
        pytest.param("who handles unemployment claims?", False, id="answered"),
        pytest.param("Maria, who is liable for payroll taxes?", True, id="clear, but not to anybody"),
        pytest.param("who won the cup final?", False, id="not clear"),
    ],
)
def test_an_explanation_of_an_unaddressed_message_says_what_it_lacks(
    answers: AnswerService, message: str, reads_like_talk: bool
) -> None:
    text = explained(answers, message, addressed=False)
    assert f"{answers.thresholds.plain:.2f} is needed" in text
    assert ("colleagues talking to each other" in text) is reads_like_talk


def test_a_declined_question_is_told_how_near_it_came(answers: AnswerService) -> None:
    service = AnswerService.__new__(AnswerService)
    vars(service).update(vars(answers), thresholds=Thresholds(answer=2, choices=2, pair=2))
    text = explained(service, "who pays the parking of those who handle claims?")
    assert re.search(r"Confidence 0\.\d\d; 2\.00 is needed to answer\.", text)
    assert re.search(r"The closest phrasing of \S+ resembles it by \d+%, the closest near miss by \d+%\.", text)


def test_of_one_candidate_it_is_said_that_nothing_came_second(tmp_path: Path) -> None:
    knowledge = load_knowledge(Folder.small(tmp_path).path)
    service = AnswerService(knowledge, fit(knowledge, common_english_words()))
    assert "2. No other entry shares a word with the question." in explained(service, "jobless former files")


@pytest.mark.parametrize("explain", [True, False])
def test_an_answer_is_printed_with_both_sides_and_explained_where_asked(
    answers: AnswerService, capsys: pytest.CaptureFixture[str], explain: bool
) -> None:
    print_answer(answers.answer("who handles unemployment claims?"), answers, explain=explain)
    text = " ".join(capsys.readouterr().out.split())
    assert "The client or the ASO manages unemployment claims." in text
    assert "The PEO manages unemployment claims." in text
    assert ("Read as: who handles unemployment claims" in text) is explain


# --- The figures of an evaluation

QUESTIONS: list[dict[str, Any]] = [
    {"question": "who handles unemployment claims?", "labels": ["unemployment-claims"], "style": "direct"},
    {"question": "what is a PEO?", "labels": ["aso"], "style": "mislabelled"},
    {"question": "zxqvbnm", "labels": ["none"]},
]


@pytest.fixture
def folder(tmp_path: Path, small_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A small knowledge base, questions beside it, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small_cache, "cache")
    small = Folder.small(tmp_path)
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    for name, value in {"KNOWLEDGE_DIR": "knowledge", "XDG_CACHE_HOME": "cache", "COLUMNS": "160"}.items():
        monkeypatch.setenv(name, value)
    return small


def judged_in(folder: Folder, answers: AnswerService) -> Report:
    labelled = read_labelled(folder.path.parent / "questions.jsonl", answers.knowledge.entries)
    return Report(tuple(judge(answers, one) for one in labelled))


def test_a_report_shows_figures_styles_topics_confusions_and_mistakes(
    folder: Folder, answers: AnswerService, capsys: pytest.CaptureFixture[str]
) -> None:
    print_report(judged_in(folder, answers), console())
    text = capsys.readouterr().out
    for part in (
        "3 questions",
        "66.7% (2 of 3)",
        "95 % interval",
        "By style",
        "mislabelled",
        "By topic",
        "Confusions",
        "by cause",
    ):
        assert part in text
    [mistake] = [line for line in text.splitlines() if "what is a PEO?" in line]
    assert "wrong" in mistake
    assert "aso" in mistake


def test_an_evaluation_is_written_as_json_and_drawn_as_a_picture(folder: Folder) -> None:
    result = CliRunner().invoke(app, ["evaluate", "questions.jsonl", "--json", "report.json", "--plot", "report.png"])
    assert (result.exception, result.exit_code) == (None, 0)
    assert "3 questions" in result.stdout
    written = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert written["questions"] == 3
    assert [one["question"] for one in written["judged"]] == [row["question"] for row in QUESTIONS]
    assert [one["right"] for one in written["judged"]] == [["unemployment-claims"], ["aso"], []]
    assert written["micros"]["median"] <= written["micros"]["p99"]
    for figure in written["figures"].values():
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert figure["value"] == figure["hits"] / figure["total"]
    assert Path("report.png").read_bytes().startswith(PNG)


def test_json_holds_no_value_that_other_programs_cannot_read(folder: Folder) -> None:
    Path("questions.jsonl").write_text('{"question": "zxqvbnm", "labels": ["none"]}')
    result = CliRunner().invoke(app, ["evaluate", "questions.jsonl", "--json", "report.json"])
    assert result.exit_code == 0

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    assert json.loads(Path("report.json").read_text(encoding="utf-8"), parse_constant=refuse)["questions"] == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["--json", "nowhere/report.json"],
            r"nowhere/report\.json: cannot be written \(No such file or directory\)\. Choose another file\.",
            id="JSON in no folder",
        ),
        pytest.param(
            ["--json", "knowledge"],
            r"knowledge: cannot be written \(Is a directory\)\. Choose another file\.",
            id="JSON over a folder",
        ),
        pytest.param(
            ["--plot", "nowhere/report.png"],
            r"nowhere/report\.png: the picture cannot be written \(.*No such file or directory.*\)\. "
            r"Choose another file\.",
            id="a picture in no folder",
        ),
        pytest.param(
            ["--plot", "report.zebra"],
            r"report\.zebra: the picture cannot be written \(.*zebra.*\)\. Choose another file\.",
            id="a picture of no known kind",
        ),
    ],
)
def test_a_file_that_cannot_be_written_gives_one_error_after_the_report(
    folder: Folder, arguments: list[str], expected: str
) -> None:
    result = CliRunner().invoke(app, ["evaluate", "questions.jsonl", *arguments])
    assert "3 questions" in result.stdout
    assert isinstance(result.exception, OutputError)
    assert re.fullmatch(expected, str(result.exception))


@pytest.mark.parametrize(
    ("rows", "name", "beginning"),
    [
        pytest.param(QUESTIONS, "report.png", PNG, id="with a confusion"),
        pytest.param(QUESTIONS[:1], "report.pdf", PDF, id="nothing wrong"),
        pytest.param(QUESTIONS[2:], "report.png", PNG, id="nothing answered"),
    ],
)
def test_any_report_can_be_drawn(
    folder: Folder, answers: AnswerService, rows: list[dict[str, Any]], name: str, beginning: bytes
) -> None:
    Path("questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    plot_report(judged_in(folder, answers), Path(name))
    assert Path(name).read_bytes().startswith(beginning)
