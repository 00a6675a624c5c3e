"""What a question sets aside is no part of what it asks, and a joint is where it could be two questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import words
from bot.understanding.clauses import MOST_JOINTS, splits, wanted

# --- What is set aside


@pytest.mark.parametrize(
    ("question", "left"),
    [
        pytest.param("not workers' comp, I mean health benefits", "i mean health benefits", id="not this, that"),
        pytest.param("No no, not SUTA, the claims", "no no, the claims", id="no no, not this"),
        pytest.param("it's not the EIN; who is liable", "who is liable", id="it's not this"),
        pytest.param("what is a PEO (not an ASO)?", "what is a peo", id="in brackets"),
        pytest.param("I don't mean COBRA, what about FMLA?", "what about fmla", id="I don't mean this"),
        pytest.param("don't explain COBRA; what about FMLA?", "what about fmla", id="don't explain this"),
        pytest.param("Skip the benefits part, who files the 941?", "who files the 941", id="skip this"),
        pytest.param("forget SUTA. who files the 941?", "who files the 941", id="forget this"),
        pytest.param("never mind payroll — who does HR?", "who does hr", id="never mind this"),
        pytest.param("Apart from taxes, what stays with us?", "what stays with us", id="apart from this"),
        pytest.param("other than taxes, what does the PEO handle", "what does the peo handle", id="other than this"),
        pytest.param("instead of an ASO, what is there?", "what is there", id="instead of this"),
        pytest.param("I know what a PEO is, what does an ASO do", "what does an aso do", id="I know this"),
        pytest.param("you told me about SUTA, and the claims?", "and the claims", id="you told me this"),
        pytest.param("We understand co-employment but who is liable?", "who is liable", id="we understand this"),
        pytest.param("I'm past the SUTA thing, what about claims?", "what about claims", id="I'm past this"),
        pytest.param("benefits aside, who pays SUTA?", "who pays suta", id="this aside"),
        pytest.param("payroll is clear, who does benefits?", "who does benefits", id="this is clear"),
        pytest.param("401k we have covered, who does benefits?", "who does benefits", id="this we have covered"),
        pytest.param("what do they handle besides payroll taxes", "what do they handle", id="behind what is asked"),
        pytest.param(
            "enough about taxes, not SUTA either, who runs safety?", "who runs safety", id="two things set aside"
        ),
    ],
)
def test_what_is_asked_is_left_when_the_rest_is_set_aside(question: str, left: str) -> None:
    assert words(wanted(question)) == words(left)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Who pays SUTA?", id="nothing is set aside"),
        pytest.param("Who pays SUTA, us or the PEO, and when?", id="several clauses, none set aside"),
        pytest.param("not sure who pays SUTA", id="not sure"),
        pytest.param("not only SUTA, also the claims", id="not only"),
        pytest.param("I got hurt at work, who pays?", id="I got hurt"),
        pytest.param("we got a notice of a claim, who answers?", id="we got a letter"),
        pytest.param("I read about a PEO that went under. Who pays SUTA?", id="I read about a case"),
        pytest.param("I know nothing. Who pays SUTA?", id="I know nothing"),
        pytest.param("Who pays SUTA? Besides that, who answers claims?", id="besides that"),
        pytest.param("forget SUTA", id="nothing else would be left"),
        pytest.param("apart from benefits", id="nothing else would be left inside"),
        pytest.param("not this, not that, never mind", id="everything is set aside"),
        pytest.param("", id="nothing was typed"),
        pytest.param("?!,;", id="no words"),
    ],
)
def test_a_question_that_sets_nothing_aside_stays_as_it_is(question: str) -> None:
    assert wanted(question) == question


PIECES = (
    "not",
    "SUTA",
    "COBRA",
    ",",
    ".",
    " — ",
    "(",
    ")",
    "besides",
    "i know",
    "aside",
    "but",
    "and",
    "who pays",
    "?",
)
TYPED = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join)


@given(question=TYPED)
def test_what_is_left_was_there_before_and_is_not_less_than_nothing(question: str) -> None:
    left, typed = words(wanted(question)), words(question)
    assert set(left) <= set(typed)
    assert bool(left) == bool(typed)


@given(question=TYPED)
def test_case_does_not_decide_what_is_set_aside(question: str) -> None:
    if question.isascii():
        assert words(wanted(question.upper())) == words(wanted(question.lower()))


# --- Where a question could be two


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        pytest.param("who pays and who files?", [("who pays", "who files?")], id="and"),
        pytest.param("SUTA, SUI", [("SUTA", "SUI")], id="comma"),
        pytest.param("who pays? who files", [("who pays", "who files")], id="two sentences"),
        pytest.param("who pays or who sues", [("who pays", "who sues")], id="or, asking anew"),
        pytest.param("is it ours or the client's", [], id="or before the other of two answers"),
        pytest.param("cost & contract", [("cost", "contract")], id="ampersand"),
        pytest.param("cost plus contract", [("cost", "contract")], id="plus"),
        pytest.param("cost as well as contract", [("cost", "contract")], id="as well as"),
        pytest.param("benefits – taxes", [("benefits", "taxes")], id="dash"),
        pytest.param(
            "pay, file and hire",
            [("pay", "file and hire"), ("pay, file", "hire")],
            id="every joint is one way",
        ),
        pytest.param("who pays SUTA", [], id="no joint"),
        pytest.param("and benefits", [], id="nothing before the joint"),
        pytest.param("benefits, ?", [], id="nothing behind the joint"),
        pytest.param("a, b", [], id="single letters are no question"),
        pytest.param("brand and-ironed land", [("brand", "-ironed land")], id="and as a word only"),
        pytest.param("sand band", [], id="and inside a word"),
        pytest.param("$7,000 limit", [], id="comma inside a number"),
    ],
)
def test_a_question_can_be_cut_at_each_joint(question: str, halves: list[tuple[str, str]]) -> None:
    assert list(splits(question)) == halves


@given(question=TYPED)
def test_both_halves_say_something_and_are_the_beginning_and_end_of_the_question(question: str) -> None:
    for left, right in splits(question):
        typed = words(question)
        assert words(left) == typed[: len(words(left))]
        assert words(right) == typed[len(typed) - len(words(right)) :]
        assert words(left)
        assert words(right)


@given(count=st.integers(0, 60))
def test_a_question_of_many_joints_is_cut_at_a_few(count: int) -> None:
    assert len(list(splits(" and ".join(["taxes"] * (count + 1))))) == min(count, MOST_JOINTS)
