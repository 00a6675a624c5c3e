"""Eighteen made-up rows with five phrasings each: found at once, and nothing that was known is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.evaluation.report import Report, judge, read_labelled
from bot.fitted import common_english_words
from bot.knowledge import load_knowledge
from bot.understanding import fit
from tests.knowledge.support import SHIPPED

QUESTIONS = Path(__file__).parents[1] / "questions"

# What was reached, less 3 points.
FOUND_AT_LEAST = 0.625
# Of the old rows.
LOST_AT_MOST = 0.01


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> AnswerService:
    """The shipped knowledge with the rows laid over it, as an owner would."""
    extra = tmp_path_factory.mktemp("extra")
    shutil.copy(QUESTIONS / "holdout" / "new-rows.yaml", extra / "made-up.yaml")
    knowledge = load_knowledge(SHIPPED, extra)
    return AnswerService(knowledge, fit(knowledge, common_english_words()))


def report(service: AnswerService, path: Path) -> Report:
    return Report(tuple(judge(service, one) for one in read_labelled(path, service.knowledge.entries)))


def test_every_new_row_is_found_by_its_own_question(extended: AnswerService) -> None:
    new = extended.knowledge.themes[-1].entries
    assert len(new) == 18
    assert [entry.id for entry in new if extended.answer(entry.question).topics != (entry.id,)] == []


def test_new_rows_are_found_by_people_who_have_not_seen_their_phrasings(extended: AnswerService) -> None:
    found = report(extended, QUESTIONS / "holdout" / "new-rows.jsonl").found()
    assert found.total == 200
    assert found.value >= FOUND_AT_LEAST


def test_old_rows_lose_next_to_nothing(answers: AnswerService, extended: AnswerService) -> None:
    path = QUESTIONS / "test" / "topics.jsonl"
    before, after = report(answers, path).found(), report(extended, path).found()
    assert after.value >= before.value - LOST_AT_MOST
