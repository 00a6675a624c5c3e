"""Golden questions: all pass, cover everything, and a changed answer cannot go unnoticed."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.errors import QuestionsError
from bot.evaluation.golden import golden_faults
from bot.evaluation.report import Labelled, read_labelled
from bot.knowledge import KnowledgeBase
from bot.knowledge.load import GOLDEN
from bot.live_answers import load_answers
from bot.settings import Settings
from bot.understanding import FUNCTION_WORDS
from tests.knowledge.support import SHIPPED, Folder
from tests.slack.processes import Ended, bot_process, ended

# Entries that lie close: what makes one right must not make the other right.
CLOSE = [
    ("suta-rate", "suta-basics"),
    ("unemployment-claims", "unemployment-claim-response"),
    ("payroll-tax-liability", "provider-failure"),
    ("co-employment", "joint-employment"),
    ("workers-compensation", "injured-worker"),
    ("risk-and-safety", "osha-log-and-citations"),
    ("employer-of-record", "ein-and-w2"),
    ("employee-benefits", "retirement-plan"),
    ("choosing", "who-uses-each"),
    ("advantages", "choosing"),
    ("advantages", "employee-benefits"),
    ("payroll-processing", "payroll-service"),
    ("proof-of-employment", "ein-and-w2"),
    ("plan-filings", "retirement-plan"),
    ("sale-or-merger", "provider-failure"),
    ("leavers-coverage", "cobra"),
    ("coverage-lapse", "leaving-or-switching"),
    ("workers-comp-audit", "workers-compensation"),
]

# What a question about either model says anyway.
MODELS = frozenset({"peo", "aso", "@peo", "@aso", "co-employment", "@co-employment", "@vendor"})


@pytest.fixture(scope="module")
def golden(knowledge: KnowledgeBase) -> list[Labelled]:
    return read_labelled(SHIPPED / GOLDEN, knowledge.entries)


def about(golden: list[Labelled], entry_id: str) -> list[Labelled]:
    return [one for one in golden if one.right == {entry_id}]


# --- The shipped ones


def test_every_golden_question_is_answered_as_it_says(answers: AnswerService) -> None:
    assert golden_faults(SHIPPED, answers) == []


def test_every_entry_has_at_least_two_different_golden_questions(
    golden: list[Labelled], knowledge: KnowledgeBase
) -> None:
    counts = Counter(entry_id for one in {one.question: one for one in golden}.values() for entry_id in one.right)
    assert [entry_id for entry_id in knowledge.entries if counts[entry_id] < 2] == []


def test_some_golden_questions_must_be_declined(golden: list[Labelled]) -> None:
    assert sum(not one.right for one in golden) >= 10


@pytest.mark.parametrize(("one", "other"), CLOSE, ids=[f"{one}, {other}" for one, other in CLOSE])
def test_entries_that_lie_close_have_golden_questions_in_each_others_words(
    golden: list[Labelled], answers: AnswerService, one: str, other: str
) -> None:
    def said(entry_id: str) -> list[set[str]]:
        matches = [answers.matcher.match(question.question) for question in about(golden, entry_id)]
        features = ({*match.reading.features} for match in matches if match is not None)
        return [{word for word in found if " " not in word} - FUNCTION_WORDS - MODELS for found in features]

    ones, others = said(one), said(other)
    assert any(words & set().union(*others) for words in ones)
    assert any(words & set().union(*ones) for words in others)


# --- A changed one

# The line of the question, and its label in the line below.
CLAIMS = "- question: who handles unemployment claims?\n  labels: [{label}]\n"


@pytest.fixture
def folder(tmp_path: Path, small_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    shutil.copytree(small_cache, tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    return Folder.small(tmp_path)


def faults_in(folder: Folder) -> list[str]:
    service = load_answers(Settings(knowledge_dir=folder.path, xdg_cache_home=folder.path.parent / "cache"))
    return [str(fault) for fault in golden_faults(folder.path, service)]


async def check(folder: Folder) -> Ended:
    async with bot_process(folder.path.parent, {}, "check", "knowledge") as process:
        return await ended(process)


async def test_a_golden_question_that_gets_another_answer_fails_the_check(folder: Folder) -> None:
    folder.write("golden.yaml", "# Ours\n\n" + CLAIMS.format(label="aso"))
    result = await check(folder)
    assert result.stdout == (
        "knowledge/golden.yaml:3: 'who handles unemployment claims?' should give aso and now gives "
        "answer: unemployment-claims. Mend what changed it, or change the line if the new answer is right.\n"
    )
    assert (result.code, result.stderr) == (1, "")


async def test_golden_questions_that_get_their_answers_pass_the_check(folder: Folder) -> None:
    folder.write("golden.yaml", CLAIMS.format(label="unemployment-claims") + "- {question: zxqv, labels: [none]}\n")
    result = await check(folder)
    *warnings, last = result.stdout.splitlines()
    assert last == "knowledge: no faults in 3 entries with 7 phrasings."
    assert all(": warning: " in line for line in warnings)
    assert (result.code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            "- {question: zxqv, labels: [peo]}\n",
            ["knowledge/golden.yaml:1: 'zxqv' should give peo and now gives none."],
            id="no answer any more",
        ),
        pytest.param(
            CLAIMS.format(label="none"),
            [
                "knowledge/golden.yaml:1: 'who handles unemployment claims?' should give no answer and now gives "
                "answer: unemployment-claims."
            ],
            id="an answer where there should be none",
        ),
        pytest.param(
            "- question: who handles unemployment claims?\n  all: [unemployment-claims, aso]\n",
            [
                "knowledge/golden.yaml:1: 'who handles unemployment claims?' should give aso, unemployment-claims and "
                "now gives answer: unemployment-claims."
            ],
            id="one of two topics",
        ),
        pytest.param(
            CLAIMS.format(label="unemployment-claims").rstrip() + "\n  state: [TX]\n",
            [
                "knowledge/golden.yaml:1: 'who handles unemployment claims?' should give unemployment-claims with the "
                "states TX and now gives answer: unemployment-claims with the states none."
            ],
            id="a state without its line",
        ),
        pytest.param(
            CLAIMS.format(label="aso") + "\n" + CLAIMS.format(label="unemployment-claims") + CLAIMS.format(label="peo"),
            [
                "knowledge/golden.yaml:1: 'who handles unemployment claims?' should give aso and now gives "
                "answer: unemployment-claims.",
                "knowledge/golden.yaml:6: 'who handles unemployment claims?' should give peo and now gives "
                "answer: unemployment-claims.",
            ],
            id="two of three",
        ),
        pytest.param(
            "- question: and under a PEO?\n  thread: [who handles unemployment claims?]\n"
            "  labels: [unemployment-claims]\n",
            [],
            id="a second turn that passes",
        ),
    ],
)
def test_each_changed_answer_is_one_fault_at_the_line_of_its_question(
    folder: Folder, content: str, expected: list[str]
) -> None:
    folder.write("golden.yaml", content)
    remedy = " Mend what changed it, or change the line if the new answer is right."
    assert faults_in(folder) == [f"{fault}{remedy}" for fault in expected]


def test_a_folder_without_golden_questions_has_nothing_to_check(folder: Folder) -> None:
    assert faults_in(folder) == []


def test_a_label_that_is_no_entry_is_a_fault_of_the_folder(folder: Folder) -> None:
    folder.write("golden.yaml", CLAIMS.format(label="unemployment-claim"))
    assert folder.faults() == [
        "knowledge/golden.yaml:2: there is no entry 'unemployment-claim'. Did you mean 'unemployment-claims'?"
    ]


def test_a_file_that_holds_no_question_is_refused_where_it_is_asked(folder: Folder, answers: AnswerService) -> None:
    folder.write("golden.yaml", "questions: []\n")
    with pytest.raises(QuestionsError, match=r"golden\.yaml:1: this is not a list\. Begin each question with a dash\."):
        golden_faults(folder.path, answers)
