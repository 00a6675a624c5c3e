"""A question that asks for two topics is told from one that asks for one in two clauses."""

from __future__ import annotations

import pytest

from bot.answering import AnswerService
from bot.understanding import Matcher, Ranking, Reading, find_pair
from bot.understanding.clauses import MOST_JOINTS, splits
from bot.understanding.pairs import LONGEST_PAIR, Pair

CLAIMS, RATE = "who handles unemployment claims", "whose SUTA rate is used"


def pair_in(answers: AnswerService, question: str) -> Pair | None:
    match = answers.matcher.match(question)
    assert match is not None
    return find_pair(question, match, answers.matcher)


@pytest.mark.parametrize("joint", [" and ", ", ", "? ", "; and also ", " - ", " as well as ", " plus ", " & "])
@pytest.mark.parametrize(
    ("first", "second", "topics"),
    [
        pytest.param(CLAIMS, RATE, ("unemployment-claims", "suta-rate"), id="claims first"),
        pytest.param(RATE, CLAIMS, ("suta-rate", "unemployment-claims"), id="rate first"),
    ],
)
def test_two_topics_are_found_in_the_order_of_the_question(
    answers: AnswerService, joint: str, first: str, second: str, topics: tuple[str, str]
) -> None:
    pair = pair_in(answers, f"{first}{joint}{second}?")
    assert pair is not None
    assert pair.topics == topics


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("who handles unemployment claims?", id="nothing to cut"),
        pytest.param("who handles unemployment claims, PEO or ASO?", id="the other half only names the models"),
        pytest.param("under an ASO, who handles unemployment claims?", id="the first half only names a model"),
        pytest.param("who handles unemployment claims, us or them?", id="the other half is grammar"),
    ],
)
def test_one_topic_is_no_pair(answers: AnswerService, question: str) -> None:
    assert pair_in(answers, question) is None


def test_the_same_topic_asked_twice_is_one(answers: AnswerService) -> None:
    answer = answers.answer("who handles unemployment claims and who handles the jobless claims?")
    assert answer.topics == ("unemployment-claims",)


def test_what_is_nearly_a_phrasing_asks_what_that_asks_however_many_things_it_lists(answers: AnswerService) -> None:
    assert pair_in(answers, "Who manages claims and safety programs with a PEO?") is None


def test_a_story_asks_one_thing_however_many_clauses_it_has(answers: AnswerService) -> None:
    story = f"{CLAIMS} and {RATE}, " + "because my cousin has a shop in town " * (LONGEST_PAIR // 7)
    assert pair_in(answers, story) is None


def test_two_clear_questions_are_more_likely_a_pair_than_one_with_a_doubtful_tail(answers: AnswerService) -> None:
    clear = pair_in(answers, f"{CLAIMS} and {RATE}?")
    doubtful = pair_in(answers, "who handles the paperwork and claims for unemployment of those we let go?")
    assert clear is not None
    assert doubtful is None or doubtful.probability < clear.probability <= 1


def test_a_half_that_is_short_of_words_leans_on_the_whole_question(answers: AnswerService) -> None:
    pair = pair_in(answers, "Is it worth the money, and how do I get out of it if it isn't?")
    assert pair is not None
    assert pair.topics == ("cost-savings", "leaving-or-switching")


def test_a_model_is_a_topic_only_where_a_half_asks_what_it_is(answers: AnswerService) -> None:
    asked = pair_in(answers, "What is a PEO and who handles unemployment claims?")
    assert asked is not None
    assert asked.topics == ("peo", "unemployment-claims")
    only_the_setting = pair_in(answers, "We are joining a PEO soon, so who handles unemployment claims?")
    assert only_the_setting is None or "peo" not in only_the_setting.topics


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("who pays the premium, us or the payroll company?", id="or before a party"),
        pytest.param("does the PEO and the client share the safety program?", id="and between two parties"),
        pytest.param("is there a difference between ASO and PEO in who answers unemployment claims?", id="two models"),
    ],
)
def test_what_is_asked_of_two_parties_is_not_cut_between_them(question: str) -> None:
    assert all("payroll company" not in right[:20] and "PEO" not in right[:4] for _, right in splits(question))
    assert all(not right.startswith("the client") for _, right in splits(question))


class Counting(Matcher):
    """A matcher that counts what it scores."""

    def __init__(self, other: Matcher) -> None:
        vars(self).update(vars(other))
        self.ranked = 0

    def rank(self, reading: Reading) -> Ranking:
        self.ranked += 1
        return super().rank(reading)


def test_however_many_joints_there_are_only_a_few_ways_to_cut_are_tried(answers: AnswerService) -> None:
    question = " and ".join(["taxes", "claims", "benefits"] * 6)
    whole = answers.matcher.match(question)
    assert whole is not None
    counting = Counting(answers.matcher)
    find_pair(question, whole, counting)
    assert 0 < counting.ranked <= 2 * MOST_JOINTS
