"""Whatever stands in a file: a knowledge base or its faults, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge import KnowledgeBase, load_knowledge
from tests.knowledge.support import SMALL, ZEBRAS, Folder

# Pieces that YAML and the model give a meaning to, so that random files get past the parser now and then.
_PIECES = [
    "theme", "entries", "id", "title", "question", "aso", "peo", "text", "note", "sources", "provider", "row",
    "concept", "source", "reviewed", "2026-11-23", "related", "phrasings", "groups", "words", "terms", "remarks",
    "link", "zebras", ": ", ":", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!set ", "!",
    "? ", "| ", ">-\n", "'", '"', "#", "%YAML 9.9\n", "---\n", "...\n", "~", "null", "\t", "\r", "\x00", "\x85",
    "\u2028", "\ufeff", "\\ud800", "\U0001f993",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """One small folder for all examples; each begins by mending it."""
    return Folder.small(tmp_path_factory.mktemp("any"))


def outcome(path: Path) -> KnowledgeBase | KnowledgeError:
    try:
        return load_knowledge(path, thorough=True)
    except KnowledgeError as error:
        return error


@given(content=st.binary(max_size=400) | st.lists(st.sampled_from(_PIECES), max_size=40).map("".join).map(str.encode))
@settings(max_examples=80)
def test_any_bytes_are_knowledge_or_faults_with_file_and_line(folder: Folder, content: bytes) -> None:
    folder.mend()
    folder.write("zebras.yaml", content)
    result = outcome(folder.path)
    assert isinstance(result, KnowledgeBase | KnowledgeError)
    if isinstance(result, KnowledgeError):
        assert {Path(fault.file).name for fault in result.faults} == {"zebras.yaml"}
        last_line = len(content.decode(errors="replace").splitlines()) + 1
        assert all(1 <= fault.line <= last_line for fault in result.faults)
        assert all("\n" not in str(fault) for fault in result.faults)


@given(
    name=st.sampled_from([*SMALL, "zebras.yaml"]),
    cut=st.integers(0, 600),
    length=st.integers(0, 30),
    piece=st.sampled_from(_PIECES),
)
@settings(max_examples=80)
def test_any_slip_of_the_pen_is_knowledge_or_faults(
    folder: Folder, name: str, cut: int, length: int, piece: str
) -> None:
    folder.mend()
    folder.write("zebras.yaml", ZEBRAS)
    text = folder.text(name)
    folder.write(name, text[:cut] + piece + text[cut + length :])
    result = outcome(folder.path)
    assert isinstance(result, KnowledgeBase | KnowledgeError)
    if isinstance(result, KnowledgeError):
        assert result.faults == sorted(set(result.faults))


# YAML folds line separators and does not take byte order marks and control characters as text.
_INK = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
)


@given(text=st.text(_INK, max_size=100))
@settings(max_examples=50)
def test_any_text_in_quotes_is_read_as_it_stands(folder: Folder, text: str) -> None:
    folder.mend()
    quoted = text.replace("'", "''")
    folder.write("zebras.yaml", ZEBRAS.replace("The PEO feeds them.", f"'a{quoted}z'"))
    result = outcome(folder.path)
    assert isinstance(result, KnowledgeBase)
    assert vars(result.entries["zebras"])["peo"] == f"a{text}z"


@pytest.mark.parametrize("word", ["no", "1e3", "0x1F", "2026-11-23", "12:30:45", ".inf", "=", "<<"])
def test_words_that_yaml_would_turn_into_something_else_stay_words(folder: Folder, word: str) -> None:
    folder.mend()
    folder.write("zebras.yaml", ZEBRAS.replace("The PEO feeds them.", word))
    result = outcome(folder.path)
    assert isinstance(result, KnowledgeBase)
    assert vars(result.entries["zebras"])["peo"] == word
