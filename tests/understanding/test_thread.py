"""A second turn asks the same of another model, leans on what was asked before, or stands on its own."""

from __future__ import annotations

import pytest

from bot.answering import AnswerService
from bot.understanding import (
    Match,
    Reading,
    asks_of_other_model,
    defines,
    leans,
    own_content,
    stands_alone,
    turn_evidence,
)

TOPIC = "unemployment-claims"


def matched(answers: AnswerService, text: str) -> Match:
    match = answers.matcher.match(text)
    assert match is not None
    return match


def read(answers: AnswerService, text: str) -> Reading:
    return matched(answers, text).reading


@pytest.mark.parametrize(
    "text",
    [
        "and under an ASO?",
        "ASO?",
        "same for a PEO",
        "what about the other model",
        "and the other one?",
        "PEO instead",
        "and if it's co-employment",
        "and with administrative only",
    ],
)
def test_a_turn_that_only_names_a_model_switches_to_it(answers: AnswerService, text: str) -> None:
    assert asks_of_other_model(read(answers, text))


@pytest.mark.parametrize(
    "text",
    ["why?", "why is that", "how so", "can you explain that more simply", "and what if we are late with it",
     "is it really so", "more detail", "so we answer them?"],
)  # fmt: skip
def test_a_turn_that_points_back_or_says_little_leans_on_what_was_asked_before(
    answers: AnswerService, text: str
) -> None:
    match = matched(answers, text)
    assert not asks_of_other_model(match.reading)
    assert not stands_alone(turn_evidence(match, TOPIC))
    assert leans(match.reading, is_near_miss=False)


@pytest.mark.parametrize(
    "text",
    [
        "who files the EEO-1 report?",
        "who pays for workers' compensation insurance under a PEO?",
        "an employee fell off a ladder and broke his arm, who pays the hospital and the weeks at home",
        "that former employee filed for unemployment and wants benefits from us, so who answers the state's letter",
    ],
)
def test_a_turn_that_says_what_it_is_about_stands_on_its_own(answers: AnswerService, text: str) -> None:
    assert stands_alone(turn_evidence(matched(answers, text), "wage-base-restart"))


def test_a_turn_that_says_nothing_leans_on_nothing(answers: AnswerService) -> None:
    assert not leans(read(answers, "lol ok"), is_near_miss=False)


def test_a_turn_like_a_near_miss_leans_only_where_it_points_back(answers: AnswerService) -> None:
    assert leans(read(answers, "who pays for it then"), is_near_miss=True)
    assert not leans(read(answers, "order lunch for friday"), is_near_miss=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("what is a PEO", True, id="what is"),
        pytest.param("What are PEOs?", True, id="what are"),
        pytest.param("what does SUTA mean", True, id="what does"),
        pytest.param("who is liable", False, id="who is"),
        pytest.param("is what they say true", False, id="the other way round"),
        pytest.param("PEO", False, id="one word"),
    ],
)
def test_a_question_that_asks_what_something_is_is_told_from_others(
    answers: AnswerService, text: str, expected: bool
) -> None:
    assert defines(read(answers, text)) is expected


@pytest.mark.parametrize(
    ("text", "own"),
    [
        pytest.param("and under an ASO?", [], id="a model"),
        pytest.param("why is that so", [], id="pointers"),
        pytest.param("does that hold for claims too", ["hold", "claim"], id="a word of its own among pointers"),
        pytest.param("payroll taxes under a PEO", ["payrol", "tax"], id="a topic beside a model"),
    ],
)
def test_what_a_turn_says_itself_is_neither_grammar_nor_a_model_nor_a_pointer(
    answers: AnswerService, text: str, own: list[str]
) -> None:
    assert own_content(read(answers, text)) == own
