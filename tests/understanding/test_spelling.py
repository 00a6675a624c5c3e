"""Typing errors are mended; what may be meant as it stands is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import AnswerService
from bot.fitted import common_english_words
from bot.text import stem
from bot.understanding.english import English
from bot.understanding.spelling import LONGEST, MIN_LENGTH, Speller

TRADE = (
    "unemployment", "compensation", "insurance", "liability", "payroll", "claim", "benefits", "health", "regulatory",
    "compliance", "workers", "policy", "employer", "peo", "aso", "suta", "401", "co-employment",
)  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(TRADE, English.of(common_english_words()))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("payrll", "payroll", id="a letter dropped"),
        pytest.param("payrooll", "payroll", id="a letter doubled"),
        pytest.param("oayroll", "payroll", id="the first letter mistyped"),
        pytest.param("paryoll", "payroll", id="two letters swapped"),
        pytest.param("insuranse", "insurance", id="a letter changed"),
        pytest.param("liablity", "liability", id="a letter left out"),
        pytest.param("unemploymentt", "unemployment", id="a letter too many"),
        pytest.param("compensasion", "compensation", id="one error in a long word"),
        pytest.param("unemplyoemnt", "unemployment", id="two errors in a long word"),
        pytest.param("regulatroy", "regulatory", id="a swap near the end"),
        pytest.param("helth", "health", id="a word of the trade before any other"),
        pytest.param("beleive", "believe", id="common English"),
        pytest.param("diffrent", "different", id="common English with a letter dropped"),
    ],
)
def test_a_typing_error_is_mended_to_the_word_that_was_meant(speller: Speller, typed: str, meant: str) -> None:
    assert speller.mend(typed) == meant


@pytest.mark.parametrize(
    "word",
    ["heath", "wealth", "police", "clams", "claimed", "clients", "coverage", "average", "injury", "jury", "hired",
     "fired", "horse", "plants", "crew", "whom"],
)  # fmt: skip
def test_an_english_word_stays_however_near_it_is_to_one_of_the_trade(speller: Speller, word: str) -> None:
    assert speller.mend(word) == word


@pytest.mark.parametrize(
    "word", ["claims", "claimed", "claiming", "insurances", "policies", "employers", "liabilities"]
)
def test_an_inflection_of_a_word_of_the_trade_stays_even_where_english_is_not_known(word: str) -> None:
    assert Speller(TRADE, English.of(())).mend(word) == word


@pytest.mark.parametrize(("typed", "meant"), [("payrol", "payroll"), ("insurence", "insurance")])
def test_a_typing_error_that_leaves_the_stem_alone_does_no_harm(speller: Speller, typed: str, meant: str) -> None:
    assert stem(speller.mend(typed)) == stem(meant)


@pytest.mark.parametrize("word", ["pro", "pea", "poe", "sao", "as", "o", "tex", "cla"])
def test_a_short_word_stays_for_it_has_too_many_neighbors(speller: Speller, word: str) -> None:
    assert len(word) < MIN_LENGTH
    assert speller.mend(word) == word


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("zxqvbnm", id="near to nothing"),
        pytest.param("pyrooll", id="two errors in a word too short for two"),
        pytest.param("401", id="a number"),
        pytest.param("payro11", id="letters and digits"),
        pytest.param("p" * 1_000, id="endless"),
        pytest.param("", id="nothing"),
        pytest.param("зарплата", id="another alphabet"),
    ],
)
def test_what_cannot_be_told_stays(speller: Speller, word: str) -> None:
    assert speller.mend(word) == word


def test_of_two_english_words_equally_near_the_commoner_of_its_length_is_meant() -> None:
    assert Speller((), English.of(["there", "three", "these"])).mend("thxre") == "there"
    assert Speller((), English.of(["these", "there"])).mend("thehe") == "these"


@pytest.mark.parametrize("word", ["payroll", "claims", "table"])
def test_words_of_the_trade_their_inflections_and_english_are_known(speller: Speller, word: str) -> None:
    assert speller.knows(word)


def test_a_misspelt_word_is_not_known(speller: Speller) -> None:
    assert not speller.knows("paryoll")


@given(word=st.text(max_size=2 * LONGEST))
def test_mending_is_done_in_one_step_and_gives_a_known_word_or_the_word_itself(speller: Speller, word: str) -> None:
    mended = speller.mend(word)
    assert mended == word or speller.knows(mended)
    assert speller.mend(mended) == mended


@given(word=st.sampled_from(TRADE), at=st.integers(0, 11), letter=st.sampled_from("aeiourstln"))
def test_one_letter_too_many_gives_a_known_word(speller: Speller, word: str, at: int, letter: str) -> None:
    typed = word[:at] + letter + word[at:]
    if typed.isalpha() and len(typed) > MIN_LENGTH:
        assert speller.knows(speller.mend(typed))


@given(word=st.sampled_from(common_english_words()))
def test_the_bot_never_changes_a_common_english_word(answers: AnswerService, word: str) -> None:
    if word.isalpha():
        match = answers.matcher.match(word)
        assert match is not None
        assert match.reading.mended == ()
