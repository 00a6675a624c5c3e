"""A question that asks for two topics is told from one that asks for one in two clauses."""

from __future__ import annotations

import pytest

from bot.answering import AnswerService
from bot.matching import Match, find_pair
from bot.matching.clauses import MOST_JOINTS, splits
from bot.matching.pairs import LONGEST_PAIR, Pair

CLAIMS, RATE = "who handles unemployment claims", "whose SUTA rate is used"


def pair_in(answers: AnswerService, question: str) -> Pair | None:
    match = answers.matcher.match(question)
    assert match is not None
    return find_pair(question, match, answers.matcher.match)


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
    assert (pair.first.best.entry_id, pair.second.best.entry_id) == topics


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("who handles unemployment claims?", id="nothing to cut"),
        pytest.param("who handles unemployment claims and who handles the jobless claims?", id="the same topic twice"),
        pytest.param("who handles unemployment claims, PEO or ASO?", id="the other half only names the models"),
        pytest.param("under an ASO, who handles unemployment claims?", id="the first half only names a model"),
        pytest.param("who handles unemployment claims, us or them?", id="the other half is grammar"),
    ],
)
def test_one_topic_is_no_pair(answers: AnswerService, question: str) -> None:
    assert pair_in(answers, question) is None


def test_a_story_asks_one_thing_however_many_clauses_it_has(answers: AnswerService) -> None:
    story = f"{CLAIMS} and {RATE}, " + "because my cousin has a shop in town " * (LONGEST_PAIR // 7)
    assert pair_in(answers, story) is None


def test_two_clear_questions_are_more_likely_a_pair_than_one_with_a_doubtful_tail(answers: AnswerService) -> None:
    clear = pair_in(answers, f"{CLAIMS} and {RATE}?")
    doubtful = pair_in(answers, "who handles the paperwork and claims for unemployment of those we let go?")
    assert clear is not None
    assert doubtful is None or doubtful.probability < clear.probability <= 1


def test_of_all_ways_to_cut_the_one_whose_halves_are_both_clear_is_taken(answers: AnswerService) -> None:
    question = "whose work, and whose SUTA rate, is used and who handles unemployment claims, them?"
    pair = pair_in(answers, question)
    assert pair is not None
    cuts = [(answers.matcher.match(left), answers.matcher.match(right)) for left, right in splits(question)]
    weaker = [
        min(left.confidence, right.confidence)
        for left, right in cuts
        if left is not None and right is not None and left.best.entry_id != right.best.entry_id
    ]
    assert len(set(weaker)) > 1
    assert min(pair.first.confidence, pair.second.confidence) == max(weaker)


def test_however_many_joints_there_are_only_a_few_ways_to_cut_are_tried(answers: AnswerService) -> None:
    tried: list[str] = []

    def match(part: str) -> Match | None:
        tried.append(part)
        return answers.matcher.match(part)

    question = " and ".join(["taxes", "claims", "benefits"] * 6)
    whole = answers.matcher.match(question)
    assert whole is not None
    find_pair(question, whole, match)
    assert 0 < len(tried) <= 2 * MOST_JOINTS
