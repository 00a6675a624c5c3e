"""Questions that name a state: the topic is that of the question without it, and the state's line is shown with it."""

from __future__ import annotations

import json

import pytest

from bot.answering import AnswerService
from bot.knowledge import KnowledgeBase
from tests.shared import QUESTIONS

STATES = QUESTIONS / "test" / "states.jsonl"


def test_no_labelled_state_has_a_line_that_must_not_be_shown(knowledge: KnowledgeBase) -> None:
    rows = [json.loads(line) for line in STATES.read_text(encoding="utf-8").splitlines()]
    shown = {code for facts in knowledge.states.values() for code in facts.shown}
    assert {code for row in rows for code in row["state"]} <= shown


@pytest.mark.parametrize(
    ("question", "topics", "states"),
    [
        pytest.param("whose SUTA rate is used in Texas", ["suta-rate"], ["TX"], id="one state"),
        pytest.param("Whose SUTA rate applies in Maine and New York?", ["suta-rate"], ["ME", "NY"], id="two states"),
        pytest.param("whose suta rate in Maine, Ohio and Utah", ["suta-rate"], ["ME", "OH", "UT"], id="three states"),
        pytest.param("whose SUTA rate is used in Alaska", ["suta-rate"], [], id="a state without a line"),
        pytest.param(
            "whose SUTA rate is used in Alaska and Texas", ["suta-rate"], ["TX"], id="with a line and without"
        ),
        pytest.param("in georgia whose suta is it", ["suta-rate"], ["GA"], id="a state decides between neighbors"),
        pytest.param("whose suta is it", ["suta-basics"], [], id="the same without a state"),
        pytest.param("we're in California, who owes the payroll taxes?", ["payroll-tax-liability"], [], id="a setting"),
        pytest.param("we're in Nevada, what does a PEO cost?", ["price"], [], id="a setting of another topic"),
        pytest.param("whose suta rate applies in Ontario", ["suta-rate"], [], id="a Canadian province"),
        pytest.param("Which states require client-level reporting?", ["suta-rate"], [], id="all states"),
        pytest.param(
            "does the PEO need a license in Florida and whose suta rate is it",
            ["state-licensing", "suta-rate"],
            ["FL"],
            id="two topics",
        ),
    ],
)
def test_the_topic_is_that_of_the_question_and_the_states_are_those_with_lines(
    answers: AnswerService, question: str, topics: list[str], states: list[str]
) -> None:
    answer = answers.answer(question)
    assert (answer.kind, list(answer.topics), list(answer.states)) == ("answer", topics, states)


@pytest.mark.parametrize("question", ["ok", "hi", "OK", "HI", "me", "in", "or", "oh", "thanks"])
def test_a_word_that_is_a_postal_code_too_is_no_state(answers: AnswerService, question: str) -> None:
    answer = answers.answer(question)
    assert (answer.kind, answer.states) == ("none", ())


@pytest.mark.parametrize(
    ("thread", "question", "topics", "states"),
    [
        pytest.param(["whose suta rate is used"], "what about texas", ["suta-rate"], ["TX"], id="what about"),
        pytest.param(["in Georgia, whose SUTA rate is it?"], "and in FL?", ["suta-rate"], ["FL"], id="and in"),
        pytest.param(["Whose comp policy covers us?"], "same in Ohio?", ["workers-compensation"], ["OH"], id="same in"),
        pytest.param(["do PEOs need a license"], "and Oregon", ["state-licensing"], ["OR"], id="a name alone"),
        pytest.param(
            ["do PEOs need a license", "and Oregon"], "Texas?", ["state-licensing"], ["TX"], id="a third turn"
        ),
        pytest.param(
            ["whose suta rate in Utah"], "is a license needed there?", ["state-licensing"], ["UT"], id="there"
        ),
        pytest.param(["in georgia whose suta is it"], "ok how much do they charge", ["price"], [], id="a new topic"),
        pytest.param(
            ["who handles unemployment claims"],
            "we are in Florida",
            ["unemployment-claims"],
            [],
            id="a topic without lines",
        ),
        pytest.param(
            ["does the PEO need a license, and whose suta rate is it"],
            "and in Florida?",
            ["state-licensing", "suta-rate"],
            ["FL"],
            id="two topics",
        ),
        pytest.param(["whose suta rate is used"], "which states?", ["suta-rate"], [], id="all states"),
        pytest.param(
            ["whose suta rate is used in Texas"], "not Texas, I meant Ohio", ["suta-rate"], ["OH"], id="not that"
        ),
    ],
)
def test_a_second_turn_keeps_the_topic_or_the_state(
    answers: AnswerService, thread: list[str], question: str, topics: list[str], states: list[str]
) -> None:
    answer = answers.answer(question, thread=thread)
    assert (answer.kind, list(answer.topics), list(answer.states)) == ("answer", topics, states)


def test_where_the_words_are_gone_the_places_of_the_last_answer_are_enough(answers: AnswerService) -> None:
    answer = answers.answer("is a license needed there?", thread_topics=["suta-rate"], thread_places=["UT"])
    assert (answer.topics, answer.states) == (("state-licensing",), ("UT",))
    answer = answers.answer("what about Ohio?", thread_topics=["suta-rate"], thread_places=["UT"])
    assert (answer.topics, answer.states) == (("suta-rate",), ("OH",))


def test_colleagues_who_only_name_a_state_are_not_answered(answers: AnswerService) -> None:
    assert answers.answer("Texas?", addressed=False).kind == "silent"
    assert answers.answer("Texas?", addressed=False, thread_topics=["suta-rate"]).states == ("TX",)


def test_a_state_alone_gets_all_that_is_known_of_it(answers: AnswerService) -> None:
    for question in ("texas", "TX", "what about Texas?"):
        answer = answers.answer(question)
        assert (answer.how, answer.states) == ("place", ("TX",))
        assert answer.topics == ("workers-compensation", "suta-rate", "state-licensing")
    assert answers.of_state("ZZ") is None


def test_a_near_miss_stays_one_where_a_state_is_named(answers: AnswerService) -> None:
    for question in ("What's the minimum wage in Arizona now", "Illinois taxable wage base 2026?", "weather in Austin"):
        assert answers.answer(question).kind == "none"
