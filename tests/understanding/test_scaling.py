"""Reading a text takes time in proportion to its length at most, whatever it repeats."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.answering import AnswerService
from bot.room import is_further_question, is_question_to_anyone
from bot.text import plain, words
from bot.understanding import language_of, wanted

WORDS = ("the ", "don't won't ", "payroll and tax, ", "who, what; ", "zxqv ", "P.E.O. ", "<@U1> ", "not that, ")
# Four times the words may take so many times as long: 4 if time is in proportion, 16 if it grows with the square.
MOST_TIMES = 8.0
ROUNDS = 7
SHORT = 50


def seconds(stage: Callable[[str], object], text: str) -> float:
    """The shortest of some runs, which other work on the machine disturbs least."""
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        stage(text)
        found.append(time.process_time() - started)
    return min(found)


@pytest.mark.parametrize("repeated", WORDS)
@pytest.mark.parametrize(
    "stage",
    [plain, words, wanted, language_of, is_question_to_anyone, is_further_question],
    ids=lambda one: one.__name__,
)
def test_more_words_take_time_in_proportion(stage: Callable[[str], object], repeated: str) -> None:
    # Below some milliseconds a clock tells little.
    short, long = seconds(stage, repeated * SHORT), seconds(stage, repeated * 4 * SHORT)
    assert long <= max(MOST_TIMES * short, 0.005)


@pytest.mark.parametrize("repeated", WORDS)
@pytest.mark.parametrize("thread_topics", [(), ("unemployment-claims",)], ids=["alone", "in a thread"])
def test_more_words_are_decided_on_in_time_in_proportion(
    answers: AnswerService, repeated: str, thread_topics: tuple[str, ...]
) -> None:
    def decide(text: str) -> object:
        return answers.answer(text, addressed=False, thread_topics=thread_topics)

    short, long = seconds(decide, repeated * SHORT), seconds(decide, repeated * 4 * SHORT)
    assert long <= max(MOST_TIMES * short, 0.01)
