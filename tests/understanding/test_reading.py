"""A question is read into words, groups of the vocabulary and features; phrasings are read in the same way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fitted import common_english_words
from bot.text import words
from bot.understanding import FUNCTION_WORDS
from bot.understanding.english import English
from bot.understanding.reading import Reader

GROUPS = {
    "peo": ["PEO", "professional employer organization"],
    "cpeo": ["CPEO", "certified PEO"],
    "aso": ["ASO", "administrative services organization", "A.S.O."],
    "co-employment": ["co-employment", "co-employer"],
    "unemployment": ["unemployment", "jobless"],
    "unemployment-tax": ["SUTA", "state unemployment tax"],
    "state-benefits": ["state unemployment"],
    "w2": ["W-2"],
    "injury": ["hurt", "got hurt"],
}
FILLER = ["hey", "please", "quick question", "anyone know"]
TRADE = ["handles", "claims", "payroll", "claim"]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(GROUPS, FILLER, TRADE, English.of(common_english_words()))


# --- Groups of the vocabulary


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        pytest.param("What is a PEO?", ("peo",), id="a word"),
        pytest.param("what is a p.e.o. or an A.S.O.", ("peo", "aso"), id="acronyms with full stops"),
        pytest.param("the professional employer organizations", ("peo",), id="a phrase, inflected"),
        pytest.param("is it jobless or unemployment", ("unemployment", "unemployment"), id="two words of one group"),
        pytest.param("state unemployment", ("state-benefits",), id="the longer phrase before the shorter"),
        pytest.param("state unemployment tax", ("unemployment-tax",), id="the longest of three"),
        pytest.param("unemployment in the state", ("unemployment",), id="not the phrase, the word"),
        pytest.param("a certified PEO", ("cpeo",), id="a phrase that holds another group's word"),
        pytest.param("our W2s", ("w2",), id="letters and digits apart"),
        pytest.param("co employment, coemployer, CO-EMPLOYER", ("co-employment", "co-employment"), id="hyphens, case"),
        pytest.param("ASO then PEO", ("aso", "peo"), id="in the order of the text"),
        pytest.param("unemploymnt and jobles", ("unemployment", "unemployment"), id="mended words"),
        pytest.param("peoria has payroll", (), id="no word of any group"),
    ],
)
def test_words_of_the_vocabulary_are_read_as_their_group(reader: Reader, text: str, groups: tuple[str, ...]) -> None:
    assert reader.read(text).groups == groups


def test_content_outside_every_group_is_loose_and_grammar_is_not(reader: Reader) -> None:
    reading = reader.read("who handles the claims of a PEO")
    assert reading.loose == ("handl", "claim")
    assert not FUNCTION_WORDS & set(reading.loose)


# --- Filler


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hey who handles claims", id="before"),
        pytest.param("who handles claims please", id="behind"),
        pytest.param("who, please, handles claims", id="between"),
        pytest.param("quick question: who handles claims", id="a phrase"),
        pytest.param("Hey! Anyone know who handles claims, please??", id="all at once"),
    ],
)
def test_filler_is_read_over(reader: Reader, text: str) -> None:
    without, reading = reader.read("who handles claims"), reader.read(text)
    assert (reading.stems, reading.groups, reading.features) == (without.stems, without.groups, without.features)


def test_a_part_of_a_filler_phrase_is_a_word_like_any_other(reader: Reader) -> None:
    assert "question" in reader.read("who asked the question").stems
    assert reader.read("quick claims").loose == ("quick", "claim")


# --- Spelling


def test_a_mended_word_is_told_with_what_was_typed(reader: Reader) -> None:
    reading = reader.read("who handels payrll claims")
    assert reading.words == ("who", "handles", "payroll", "claims")
    assert reading.mended == (("handels", "handles"), ("payrll", "payroll"))
    assert reading.unknown == ()


def test_a_word_that_nobody_knows_is_told_and_read_as_it_stands(reader: Reader) -> None:
    reading = reader.read("who handles zxqvbnm 401")
    assert reading.unknown == ("zxqvbnm",)
    assert "zxqvbnm" in reading.loose


# --- The model that is asked about


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        pytest.param("under a PEO who pays", "peo", id="PEO"),
        pytest.param("under an ASO who pays", "aso", id="ASO"),
        pytest.param("PEO or ASO?", None, id="both"),
        pytest.param("who pays", None, id="neither"),
        pytest.param("PEO, I say PEO", "peo", id="one, twice"),
        pytest.param("does a CPEO pay", "peo", id="a certified PEO is a PEO"),
        pytest.param("a CPEO and a plain PEO", "peo", id="two kinds of PEO"),
        pytest.param("certified PEO vs ASO", None, id="a certified PEO and an ASO"),
        pytest.param("who pays under co-employment", None, id="co-employment names no model"),
        pytest.param("an administrative services organization", "aso", id="written out"),
    ],
)
def test_the_focus_is_the_one_model_that_is_named(reader: Reader, text: str, focus: str | None) -> None:
    assert reader.read(text).focus == focus


# --- Features


def test_features_are_stems_groups_pairs_of_neighbors_words_and_what_is_asked(reader: Reader) -> None:
    assert set(reader.read("who pays state unemployment tax").features) == {
        "pay", "state", "unemploy", "tax", "@unemployment-tax", "who pay", "pay @unemployment-tax",
        "=who", "=pays", "=state", "=unemployment", "=tax", "#who",
    }  # fmt: skip


TYPED = st.text(max_size=60) | st.lists(
    st.sampled_from(["PEO", "state", "unemployment", "tax", "hey", "quick", "question", "who", "payrol", "W2", ","])
).map(" ".join)


@given(text=TYPED)
def test_any_text_is_read_into_parts_that_agree(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert len(reading.words) == len(words(text))
    assert set(reading.groups) <= set(GROUPS)
    assert set(reading.loose) <= set(reading.stems)
    assert not FUNCTION_WORDS & set(reading.loose)
    assert {f"@{group}" for group in reading.groups} <= set(reading.features)
    assert set(reading.unknown) <= set(reading.words)
    assert reading.focus in ("peo", "aso", None)


@given(text=TYPED)
def test_a_phrasing_and_a_question_in_the_same_words_meet_in_all_features(reader: Reader, text: str) -> None:
    asked = reader.read(text)
    assert reader.read_words(asked.words).features == asked.features
