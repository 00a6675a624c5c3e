"""What was fitted is kept in a cache folder, which may be lost, broken or closed and only ever costs time."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.fitted import ENGLISH_WORDS, KEPT_FILES, common_english_words, fitted_on
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.understanding import Fitted, fit
from tests.knowledge.support import Folder

QUESTIONS = ("who handles unemployment claims?", "PEO?", "wat does ASO stand for", "who won the cup final")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.small(tmp_path)


@pytest.fixture
def knowledge(folder: Folder) -> KnowledgeBase:
    return load_knowledge(folder.path)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Not made yet, nor is the folder above it."""
    return tmp_path / "cache" / "peo-aso"


@pytest.fixture
def fitted(knowledge: KnowledgeBase, small_cache: Path, cache: Path) -> Fitted:
    """What is fitted on the small knowledge, and in the cache."""
    shutil.copytree(small_cache, cache.parent)
    return fitted_on(knowledge, cache)


def the_file_in(cache: Path) -> Path:
    [path] = cache.iterdir()
    return path


def same(one: Fitted, other: Fitted) -> bool:
    """Whether two mean the same, tuples, lists and arrays aside."""
    return json.dumps(one.state(), default=list) == json.dumps(other.state(), default=list)


def test_what_comes_from_the_cache_is_what_was_fitted(knowledge: KnowledgeBase, cache: Path) -> None:
    first, second = fitted_on(knowledge, cache), fitted_on(knowledge, cache)
    assert same(first, fit(knowledge, common_english_words()))
    assert same(second, first)


def test_the_list_of_english_words_says_whose_it_is_and_holds_words_only() -> None:
    lines = ENGLISH_WORDS.read_text(encoding="utf-8").splitlines()
    note = "\n".join(line for line in lines if line.startswith("#"))
    assert "wordfreq" in note
    assert "CC BY-SA 4.0" in note
    words = common_english_words()
    assert len(words) == len(set(words)) == 28_030
    assert words[:3] == ["the", "to", "and"]
    assert all(word.isalpha() and word == word.lower() for word in words)
    # Usual misspellings, which could not be mended if they were words.
    assert not {"recieve", "beleive", "seperate"} & set(words)


@pytest.mark.usefixtures("fitted")
def test_a_second_load_reads_the_file_and_leaves_it_as_it_is(knowledge: KnowledgeBase, cache: Path) -> None:
    before = the_file_in(cache).stat()
    os.utime(the_file_in(cache), (1, 1))
    fitted_on(knowledge, cache)
    after = the_file_in(cache).stat()
    assert (after.st_ino, after.st_size, after.st_mtime) == (before.st_ino, before.st_size, 1)


@pytest.mark.usefixtures("fitted")
def test_answers_from_the_cache_are_those_of_a_fresh_fit(knowledge: KnowledgeBase, cache: Path) -> None:
    fresh = AnswerService(knowledge, fit(knowledge, common_english_words()))
    cached = AnswerService(knowledge, fitted_on(knowledge, cache))
    for question in QUESTIONS:
        one, other = fresh.answer(question), cached.answer(question)
        assert (one.kind, one.topics, one.confidence, one.match) == (
            other.kind,
            other.topics,
            other.confidence,
            other.match,
        )


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_one_byte_changed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(cut, id="cut off"),
        pytest.param(with_one_byte_changed, id="one byte changed"),
        pytest.param(lambda content: content + b"}", id="something behind it"),
        pytest.param(lambda content: b"\xff\xfe\x00", id="no text"),
        pytest.param(lambda content: b"{}", id="JSON of something else"),
        pytest.param(lambda content: b"[" * 200_000, id="nested without end"),
        pytest.param(lambda content: content.replace(b'["english"', b'["words"'), id="another version's keys"),
        pytest.param(
            lambda content: json.dumps(
                dict.fromkeys(["english", "trade_words", "features", "idf", "bayes", "texts", "young"])
            ).encode(),
            id="the right keys of nothing",
        ),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_ignored_and_replaced(
    knowledge: KnowledgeBase, fitted: Fitted, cache: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = the_file_in(cache)
    sound = path.read_bytes()
    path.write_bytes(damage(sound))
    assert path.read_bytes() != sound
    assert same(fitted_on(knowledge, cache), fitted)
    assert the_file_in(cache).read_bytes() == sound


def test_a_folder_in_the_place_of_the_file_only_costs_time(
    knowledge: KnowledgeBase, fitted: Fitted, cache: Path
) -> None:
    path = the_file_in(cache)
    path.unlink()
    path.mkdir()
    assert same(fitted_on(knowledge, cache), fitted)
    assert list(cache.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_only_costs_time(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    fitted = fitted_on(knowledge, tmp_path / "a-file" / "cache")
    assert same(fitted, fit(knowledge, common_english_words()))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_only_costs_time(knowledge: KnowledgeBase, cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    assert same(fitted_on(knowledge, cache), fit(knowledge, common_english_words()))
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("phrasings.yaml", "explain the letters", "what do the letters say", id="a phrasing"),
        pytest.param("phrasings.yaml", "  peo:", "  aso:", id="whose phrasing it is"),
        pytest.param("vocabulary.yaml", "- PEO", "- P.E.O.", id="a word of the trade"),
        pytest.param("vocabulary.yaml", "greetings:", "filler:", id="what is read over"),
        pytest.param("outside.yaml", "cup final", "world cup", id="what is outside"),
        pytest.param(
            "outside.yaml", "chatter:\n  - lunch", "  - dinner\nchatter:\n  - lunch", id="what is more outside"
        ),
        pytest.param("concepts.yaml", "works through", "means", id="the text of an entry"),
        pytest.param("concepts.yaml", "title: PEO", "title: The PEO", id="the title of an entry"),
        pytest.param("glossary.yaml", "term: PEO", "term: PEOs", id="a term"),
        pytest.param("comparison.yaml", "id: unemployment-claims", "id: claims", id="an id"),
    ],
)
@pytest.mark.usefixtures("fitted")
def test_a_changed_word_of_the_knowledge_is_fitted_anew(
    folder: Folder, cache: Path, name: str, old: str, new: str
) -> None:
    folder.replace(name, old, new)
    changed = load_knowledge(folder.path)
    assert same(fitted_on(changed, cache), fit(changed, common_english_words()))
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("comparison.yaml", "related: [peo]", "note: Mind the deadline.", id="a note"),
        pytest.param("comparison.yaml", "reviewed: 2026-11-23", "reviewed: 2026-11-24", id="the day of review"),
        pytest.param("glossary.yaml", "An employer beside yours.", "A second employer.", id="a meaning"),
        pytest.param("vocabulary.yaml", "- hello", "- ahoy", id="a greeting"),
        pytest.param("provider.yaml", "A Provider", "Another", id="the provider"),
    ],
)
@pytest.mark.usefixtures("fitted")
def test_a_changed_word_that_nothing_is_learnt_from_costs_no_fit(
    folder: Folder, knowledge: KnowledgeBase, cache: Path, name: str, old: str, new: str
) -> None:
    folder.replace(name, old, new)
    changed = load_knowledge(folder.path)
    assert changed.digest != knowledge.digest
    assert same(fitted_on(changed, cache), fit(changed, common_english_words()))
    assert len(list(cache.iterdir())) == 1


def test_what_an_image_was_built_with_is_read_and_nothing_is_written_beside(
    knowledge: KnowledgeBase, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = fitted_on(knowledge, tmp_path / "image")
    monkeypatch.setattr("bot.fitted.BUILT_IN", tmp_path / "image")
    assert same(fitted_on(knowledge, cache), fitted)
    assert same(fitted_on(knowledge, None), fitted)
    assert not cache.exists()


def test_only_a_few_files_are_kept_the_newest_ones(folder: Folder, cache: Path) -> None:
    made: list[Path] = []
    for number in range(KEPT_FILES + 2):
        folder.write("outside.yaml", f"questions:\n  - who won cup {number}\nchatter:\n  - lunch at noon\n")
        fitted_on(load_knowledge(folder.path), cache)
        [new] = set(cache.iterdir()) - set(made)
        made.append(new)
        # Long ago, in the order in which they were made.
        os.utime(new, (number, number))
    assert set(cache.iterdir()) == set(made[-KEPT_FILES:])
