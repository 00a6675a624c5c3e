"""The command line as a shell sees it: what is printed where, in what order, with which exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.support import SHIPPED, Folder

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "bot"]
REMEDY = 'Write {"question": "...", "addressed": true, "thread": ["..."]} on one line.'

# What every object of `ask --json` has, and of which type it is.
KEYS: dict[str, type | tuple[type, ...]] = {
    "question": str,
    "kind": str,
    "topics": list,
    "focus": (str, type(None)),
    "confidence": (int, float),
    "micros": int,
    "state": list,
}


@pytest.fixture
def folder(tmp_path: Path, small_cache: Path) -> Folder:
    """A small knowledge base, and beside it what is fitted on it."""
    shutil.copytree(small_cache, tmp_path / "cache")
    return Folder.small(tmp_path)


def environment(knowledge: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # The shipped knowledge has no cache beside it: it is fitted already, in the user's own.
    cache = {} if knowledge == SHIPPED else {"XDG_CACHE_HOME": str(knowledge.parent / "cache")}
    return {**kept, **cache, "PYTHONPATH": str(ROOT), "KNOWLEDGE_DIR": str(knowledge), **more}


def run(
    *arguments: str | bytes, knowledge: Path, given: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command away from the repository, so that nobody's ``.env`` has a say."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        capture_output=True,
        cwd=knowledge.parent,
        env=environment(knowledge, **more),
        timeout=60,
        check=False,
    )


def objects(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


# --- ask


def test_every_line_gets_its_answer_in_order_and_a_broken_one_its_place(folder: Folder) -> None:
    lines = [
        b"\xef\xbb\xbfwho handles unemployment claims?",
        b'{"question": "under a PEO, who handles unemployment claims?"}',
        b'{"question": "broken',
        b"",
        b'{"question": "lunch at noon", "addressed": false}',
        b"\xff\xfe\x00 \xe2\x80\xaeoso?",
        b'{"question": "what about aso", "thread": ["who handles unemployment claims?"], "addressed": true}',
        b'{"question": "aso?", "thread": "peo?"}',
        b'{"question": "aso?", "thread": 3}',
        b'{"question": "aso?", "addressed": "no"}',
        b'{"thread": []}',
        b"{" * 200_000,
        b'{"question": "\\ud83e peo", "thread": null}',
        b"hello \r",
    ]
    result = run("ask", "--json", knowledge=folder.path, given=b"\n".join(lines), PYTHONIOENCODING="ascii")
    answers = objects(result.stdout)
    assert [answer["question"] for answer in answers] == [
        "who handles unemployment claims?",
        "under a PEO, who handles unemployment claims?",
        "",
        "lunch at noon",
        "\ufffd\ufffd\x00 \u202eoso?",
        "what about aso",
        "\ud83e peo",
        "hello ",
    ]
    assert result.stderr.decode().splitlines() == [
        f"standard input:3: the line is not a JSON object. {REMEDY}",
        f"standard input:8: a key has the wrong type. {REMEDY}",
        f"standard input:9: a key has the wrong type. {REMEDY}",
        f"standard input:10: a key has the wrong type. {REMEDY}",
        f"standard input:11: a key has the wrong type. {REMEDY}",
        f"standard input:12: the line is not a JSON object. {REMEDY}",
    ]
    assert result.returncode == 1
    for answer in answers:
        assert {key: answer[key] for key in KEYS if not isinstance(answer[key], KEYS[key])} == {}
        assert answer["kind"] in ("answer", "choices", "none", "silent")
        assert answer["focus"] in ("aso", "peo", None)
        assert 0 <= answer["confidence"] <= 1
        assert answer["micros"] >= 0
        assert set(answer["topics"]) <= {"unemployment-claims", "peo", "aso"}
        assert bool(answer["topics"]) == (answer["kind"] in ("answer", "choices"))
    assert [answer["focus"] for answer in answers[:2]] == [None, "peo"]
    assert answers[2]["kind"] == "none"
    assert answers[3]["kind"] == "silent"


def test_an_answer_comes_before_the_next_question_is_asked(folder: Folder) -> None:
    with subprocess.Popen(
        [*COMMAND, "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder.path.parent,
        env=environment(folder.path),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question in ("what is a peo?", "what is an aso?"):
            process.stdin.write(f"{question}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["question"] == question
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


def test_nobody_reading_on_is_no_fault_of_the_bot(folder: Folder) -> None:
    with subprocess.Popen(
        [*COMMAND, "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder.path.parent,
        env=environment(folder.path),
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(b"what is a peo?\n" * 3)
    assert errors == b""
    assert process.returncode == 1


def test_the_shipped_knowledge_answers_with_both_sides(tmp_path: Path) -> None:
    result = run("ask", "who handles unemployment claims?", knowledge=SHIPPED, COLUMNS="200")
    text = " ".join(result.stdout.decode().split())
    assert "The client or the ASO manages unemployment claims." in text
    assert "The PEO manages unemployment claims." in text
    assert (result.returncode, result.stderr) == (0, b"")


def test_explaining_shows_what_was_read_and_what_came_second(folder: Folder) -> None:
    result = run("ask", "--explain", "who handels unemployment claims", knowledge=folder.path, COLUMNS="200")
    text = result.stdout.decode()
    assert "handels" in text
    assert "1. unemployment-claims" in text
    assert "2. " in text
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(b"peo\xff", "peo\udcff", id="a byte that is no text"),
        pytest.param("--", None, id="nothing after the options"),
    ],
)
def test_a_question_of_the_command_line_may_hold_anything(
    folder: Folder, question: str | bytes, shown: str | None
) -> None:
    result = run("ask", "--json", question, knowledge=folder.path)
    assert [answer["question"] for answer in objects(result.stdout)] == ([] if shown is None else [shown])
    assert (result.returncode, result.stderr) == (0, b"")


def test_an_ascii_terminal_gets_what_it_can_show(folder: Folder) -> None:
    folder.replace("concepts.yaml", "title: PEO", "title: The “PEO” – what it is")
    result = run("ask", "what is a peo", knowledge=folder.path, PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.isascii()


def test_a_question_needs_no_quotes(folder: Folder) -> None:
    result = run("ask", "--json", "who", "handles", "unemployment", "claims", knowledge=folder.path)
    assert [answer["question"] for answer in objects(result.stdout)] == ["who handles unemployment claims"]


def test_a_person_at_a_terminal_is_prompted_and_the_results_stay_clean(folder: Folder) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "ask", "--json"],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder.path.parent,
        env=environment(folder.path),
    ) as process:
        os.close(terminal)
        os.write(controller, b"what is a peo?\n\n\x04")
        printed, errors = process.communicate(timeout=60)
    os.close(controller)
    assert [answer["question"] for answer in objects(printed)] == ["what is a peo?"]
    assert errors.decode().startswith("Ask in a line, for example: who handles unemployment claims? Ctrl-D ends.\n> ")
    assert process.returncode == 0


def test_the_version_is_that_of_the_package(folder: Folder) -> None:
    result = run("--version", knowledge=folder.path)
    assert (result.returncode, result.stdout.decode()) == (0, f"peo-aso {version('peo-aso')}\n")


# --- check


def linked_and_named(folder: Folder) -> None:
    """Give the provider a link, and every entry a name, behind all else in its entry."""
    folder.write("provider.yaml", "name: A Provider\ntitle: Their page\nlink: http://127.0.0.1:9/\n")
    for file in ("comparison.yaml", "concepts.yaml"):
        folder.write(file, re.sub(r"(phrasings:\n.*\n)", r"\1    names: [a name]\n", folder.text(file)))


def test_check_says_how_much_it_found_no_fault_in(folder: Folder) -> None:
    linked_and_named(folder)
    result = run("check", knowledge=folder.path)
    assert result.stdout.decode() == f"{folder.path}: no faults in 3 entries with 7 phrasings.\n"
    assert (result.returncode, result.stderr) == (0, b"")


def test_check_warns_without_failing_and_opens_links_only_where_asked(folder: Folder) -> None:
    linked_and_named(folder)
    folder.replace("concepts.yaml", "title: PEO", f"title: {'P' * 31}")
    result = run("check", "knowledge", "--links", knowledge=folder.path)
    assert result.stdout.decode().splitlines() == [
        "knowledge/concepts.yaml:4: warning: the title of entry 'peo' has 31 characters, and a button shows 30. "
        "Add a shorter title as 'short:'.",
        "knowledge/provider.yaml:3: warning: the link of the provider does not answer (ClientConnectorError). "
        "Open it in a browser, and mend or replace it.",
        "knowledge: no faults in 3 entries with 7 phrasings.",
    ]
    assert (result.returncode, result.stderr) == (0, b"")


def test_check_prints_every_fault_seen_from_here_and_fails(folder: Folder) -> None:
    folder.replace("comparison.yaml", "    peo: The PEO manages unemployment claims.\n", "")
    folder.replace("glossary.yaml", "see: peo", "see: pe")
    folder.replace("phrasings.yaml", "explain the letters P E O", "What is an ASO?")
    result = run("check", "knowledge", knowledge=folder.path)
    assert result.stdout.decode().splitlines() == [
        "knowledge/comparison.yaml:3: entry 'unemployment-claims' has no 'peo'. "
        "Add a 'peo:' line; an entry needs an 'aso' and a 'peo' side, or a 'text'.",
        "knowledge/glossary.yaml:5: there is no entry 'pe'. Did you mean 'peo'?",
        "knowledge/phrasings.yaml:3: the phrasing 'What is an ASO?' of 'peo' stands in knowledge/concepts.yaml:14 "
        "already, under 'aso'. Delete one of the two.",
    ]
    assert (result.returncode, result.stderr) == (1, b"")


# --- evaluate


def test_evaluate_counts_the_questions_of_a_file(folder: Folder) -> None:
    file = folder.path.parent / "questions.jsonl"
    file.write_text('{"question": "who handles unemployment claims?", "labels": ["unemployment-claims"]}\n' * 3)
    result = run("evaluate", "questions.jsonl", knowledge=folder.path, COLUMNS="200")
    assert "3 questions" in result.stdout.decode()
    assert (result.returncode, result.stderr) == (0, b"")


def test_evaluate_names_the_line_that_is_no_labelled_question(folder: Folder) -> None:
    (folder.path.parent / "questions.jsonl").write_text(
        '{"question": "peo?", "labels": ["peo"]}\n{"question": "aso?"}\n'
    )
    result = run("evaluate", "questions.jsonl", knowledge=folder.path)
    expected = "questions.jsonl:2: this is not a labeled question. Give it a 'question' and its 'labels', or 'all'.\n"
    assert (result.returncode, result.stdout, result.stderr.decode()) == (1, b"", expected)


# --- schema


def test_schema_writes_what_is_committed(folder: Folder) -> None:
    result = run("schema", knowledge=folder.path)
    written = {path.name: path.read_bytes() for path in (folder.path / "schema").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (SHIPPED / "schema").iterdir()}
    assert sorted(result.stdout.decode().splitlines()) == sorted(str(folder.path / "schema" / name) for name in written)
    assert (result.returncode, result.stderr) == (0, b"")


# --- What is wrong is said in one line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["ask", "--json", "peo?"],
            "{nowhere}:1: the folder cannot be read (No such file or directory). "
            "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders.",
            id="ask",
        ),
        pytest.param(
            ["check"],
            "{nowhere}:1: the folder cannot be read (No such file or directory). "
            "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders.",
            id="check",
        ),
        pytest.param(
            ["schema"],
            "{nowhere}: the schemas cannot be written (No such file or directory). Check KNOWLEDGE_DIR.",
            id="schema",
        ),
    ],
)
def test_a_knowledge_folder_that_is_nowhere_gives_one_line(tmp_path: Path, arguments: list[str], expected: str) -> None:
    nowhere = tmp_path / "nowhere"
    result = run(*arguments, knowledge=nowhere)
    assert (result.stdout + result.stderr).decode() == expected.format(nowhere=nowhere) + "\n"
    assert result.returncode == 1


def test_what_stands_in_the_way_of_asking_goes_to_standard_error(folder: Folder) -> None:
    folder.write("concepts.yaml", b"[")
    result = run("ask", "--json", knowledge=folder.path, given=b"peo?\n")
    assert result.stdout == b""
    assert result.stderr.decode() == (
        "knowledge/concepts.yaml:2: this is not valid YAML (while parsing a flow node did not find expected node "
        "content). Check quotes, colons and indentation.\n"
    )
    assert result.returncode == 1
