"""The understanding, measured on questions that are kept apart from the phrasings.

A figure that falls below what was reached fails here; one that rises may be written down in its place.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.evaluation import Labelled, Report, by_style, figures, judge, read_labelled
from bot.knowledge import KnowledgeBase
from bot.text import stems

QUESTIONS = Path(__file__).parent / "questions"
TESTING = sorted((QUESTIONS / "test").glob("*.jsonl"))
# Written blind when the understanding stood as it does, scored, and looked at for nothing else.
HOLDOUT = sorted(path for path in (QUESTIONS / "holdout").glob("*.jsonl") if path.name != "new-rows.jsonl")

# What was reached. A share that should be high may fall by so much, one that should be low rise by a part of itself.
SHARE_MARGIN = 0.01
LOW_MARGIN, LEAST_MARGIN = 0.25, 0.003
CALIBRATION_MARGIN = 0.005

AT_LEAST = {
    "right (answered rightly, or rightly declined)": 0.931,
    "answerable: right topic answered or among the choices": 0.962,
    "two topics asked for: both rows and only those": 0.783,
    "second turns in a thread: right": 0.900,
    "focus read rightly": 0.976,
    "lines of just the right states": 0.988,
    "right, with the lines of just the right states": 0.976,
}
AT_MOST = {
    "  of these, among the choices": 0.033,
    "answerable: answered with a wrong topic": 0.017,
    "nothing right: answered or offered choices all the same": 0.072,
    "one topic asked for: two rows": 0.005,
}
HOLDOUT_AT_LEAST = {
    "right (answered rightly, or rightly declined)": 0.917,
    "answerable: right topic answered or among the choices": 0.971,
    "two topics asked for: both rows and only those": 0.773,
    "second turns in a thread: right": 0.858,
}
HOLDOUT_AT_MOST = {
    "answerable: answered with a wrong topic": 0.010,
    "nothing right: answered or offered choices all the same": 0.063,
    "one topic asked for: two rows": 0.005,
}
# Questions of real people from sites that nothing was fitted on.
REAL_AT_LEAST = {
    "right (answered rightly, or rightly declined)": 0.772,
    "answerable: right topic answered or among the choices": 0.886,
}
REAL_AT_MOST = {
    "answerable: answered with a wrong topic": 0.084,
    "nothing right: answered or offered choices all the same": 0.177,
    "one topic asked for: two rows": 0.020,
}
NEVER = ("channel messages that got a reply",)
CONTRAST_AT_LEAST = 0.875
CALIBRATION_ERROR = 0.010

TYPO_COSTS_AT_MOST = 0.02


def highest(reached: float) -> float:
    """How far a share that should be low may rise."""
    return reached * (1 + LOW_MARGIN) + LEAST_MARGIN


@pytest.fixture(scope="module")
def labelled(knowledge: KnowledgeBase) -> list[Labelled]:
    return [one for path in TESTING for one in read_labelled(path, knowledge.entries)]


@pytest.fixture(scope="module")
def report(answers: AnswerService, labelled: list[Labelled]) -> Report:
    return Report(tuple(judge(answers, one) for one in labelled))


def test_every_figure_is_held_against_what_was_reached(report: Report) -> None:
    assert {*AT_LEAST, *AT_MOST, *NEVER} == set(figures(report))


@pytest.mark.parametrize("name", AT_LEAST)
def test_what_should_be_high_has_not_fallen(report: Report, name: str) -> None:
    assert figures(report)[name].value >= AT_LEAST[name] - SHARE_MARGIN


@pytest.mark.parametrize("name", AT_MOST)
def test_what_should_be_low_has_not_risen(report: Report, name: str) -> None:
    assert figures(report)[name].value <= highest(AT_MOST[name])


@pytest.mark.parametrize("name", NEVER)
def test_what_must_not_be_is_not(report: Report, name: str) -> None:
    assert figures(report)[name].hits == 0


@pytest.fixture(scope="module")
def holdout(answers: AnswerService, knowledge: KnowledgeBase) -> Report:
    questions = [one for path in HOLDOUT for one in read_labelled(path, knowledge.entries)]
    assert len(questions) == 1_580
    return Report(tuple(judge(answers, one) for one in questions))


@pytest.mark.parametrize("name", HOLDOUT_AT_LEAST)
def test_what_should_be_high_has_not_fallen_on_the_holdout(holdout: Report, name: str) -> None:
    assert figures(holdout)[name].value >= HOLDOUT_AT_LEAST[name] - SHARE_MARGIN


@pytest.mark.parametrize("name", HOLDOUT_AT_MOST)
def test_what_should_be_low_has_not_risen_on_the_holdout(holdout: Report, name: str) -> None:
    assert figures(holdout)[name].value <= highest(HOLDOUT_AT_MOST[name])


@pytest.fixture(scope="module")
def real(answers: AnswerService, knowledge: KnowledgeBase) -> Report:
    questions = read_labelled(QUESTIONS / "real" / "test.jsonl", knowledge.entries)
    return Report(tuple(judge(answers, one) for one in questions))


@pytest.mark.parametrize("name", REAL_AT_LEAST)
def test_what_should_be_high_has_not_fallen_on_real_questions(real: Report, name: str) -> None:
    assert figures(real)[name].value >= REAL_AT_LEAST[name] - SHARE_MARGIN


@pytest.mark.parametrize("name", REAL_AT_MOST)
def test_what_should_be_low_has_not_risen_on_real_questions(real: Report, name: str) -> None:
    assert figures(real)[name].value <= highest(REAL_AT_MOST[name])


def test_no_site_teaches_and_measures() -> None:
    sites = {
        side: {json.loads(line)["site"] for line in (QUESTIONS / "real" / f"{side}.jsonl").read_text().splitlines()}
        for side in ("fit", "develop", "test")
    }
    assert not sites["fit"] & sites["test"]
    assert not sites["fit"] & sites["develop"]
    assert not sites["develop"] & sites["test"]


def test_what_is_set_aside_is_not_answered(report: Report) -> None:
    assert by_style(report)["contrast"].right().value >= CONTRAST_AT_LEAST - SHARE_MARGIN


def test_confidence_is_as_true_as_it_was(report: Report) -> None:
    error = report.calibration_error()
    assert error is not None
    assert error <= CALIBRATION_ERROR + CALIBRATION_MARGIN


# --- Typing errors

LONG = 6
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def with_a_typo(question: str, chance: random.Random) -> str:
    """The question with one letter dropped, doubled, changed or swapped inside a long word, where it has one."""
    typed = question.split(" ")
    long = [place for place, word in enumerate(typed) if word.isalpha() and len(word) >= LONG]
    if not long:
        return question
    place = chance.choice(long)
    word = typed[place]
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    typed[place] = chance.choice(
        [
            before + after,
            before + letter + letter + after,
            before + chance.choice(LETTERS) + after,
            before + after[0] + letter + after[1:],
        ]
    )
    return " ".join(typed)


def test_one_typing_error_costs_little(answers: AnswerService, report: Report) -> None:
    chance = random.Random(20_261_123)
    answerable = [one for one in report.judged if one.labelled.right and one.labelled.addressed]
    mistyped = [replace(one.labelled, question=with_a_typo(one.labelled.question, chance)) for one in answerable]
    assert sum(one.labelled != other for one, other in zip(answerable, mistyped, strict=True)) > 500
    before = Report(tuple(answerable)).right().value
    after = Report(tuple(judge(answers, one) for one in mistyped)).right().value
    assert after >= before - TYPO_COSTS_AT_MOST


# --- What is measured must not have been learnt

# Styles in which two people do not hit upon the same words by chance.
OWN_WORDS = frozenset({"story", "dressed", "synonym", "multi", "contrast", "uncovered"})
COINCIDENCES_AT_MOST = 0.035


def key(text: str) -> str:
    """What two texts share that differ in case, punctuation, endings and order only."""
    return " ".join(sorted(stems(text)))


@pytest.fixture(scope="module")
def learnt(knowledge: KnowledgeBase) -> frozenset[str]:
    def texts() -> Iterator[str]:
        for phrasings in knowledge.phrasings.values():
            yield from phrasings
        yield from knowledge.outside.questions
        yield from knowledge.outside.chatter

    return frozenset(map(key, texts()))


def test_no_question_in_a_persons_own_words_stands_in_the_knowledge(
    labelled: list[Labelled], learnt: frozenset[str]
) -> None:
    own = [one.question for one in labelled if one.style in OWN_WORDS and not one.thread]
    assert len(own) > 300
    assert [question for question in own if key(question) in learnt] == []


def test_only_a_few_short_questions_coincide_with_the_knowledge(
    labelled: list[Labelled], learnt: frozenset[str]
) -> None:
    coinciding = [one.question for one in labelled if not one.thread and key(one.question) in learnt]
    assert len(coinciding) <= COINCIDENCES_AT_MOST * len(labelled), coinciding
