"""A plain question that names an entry, and nothing more, is answered by that entry."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bot.answering import AnswerService
from bot.knowledge import KnowledgeBase, frame_kinds

# Both are right for these by the labels; "PEO benefits" can mean either.
EITHER = {"employee-benefits": "advantages"}
FOUND_AT_LEAST = 0.99


def plain_questions(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """(question, id of its entry) for every name in every frame that fits it."""
    for entry in knowledge.entries.values():
        frames = [frame for kind in frame_kinds(entry) for frame in knowledge.frames[kind]] if entry.names else []
        for name in entry.names:
            yield name, entry.id
            for frame in frames:
                yield frame.replace("{}", name), entry.id


def test_names_in_frames_find_their_entry(answers: AnswerService, knowledge: KnowledgeBase) -> None:
    asked = random.Random(20_261_130).sample(list(plain_questions(knowledge)), 1_000)
    missed = [
        (question, entry_id, topics)
        for question, entry_id in asked
        if (topics := answers.answer(question).topics) not in {(entry_id,), (EITHER.get(entry_id),)}
    ]
    assert len(missed) <= (1 - FOUND_AT_LEAST) * len(asked), missed


def test_every_label_leads_to_its_entry(answers: AnswerService, knowledge: KnowledgeBase) -> None:
    labels = [
        (label, entry.id) for entry in knowledge.entries.values() for label in {entry.title, entry.short} if label
    ]
    wrong = [(label, entry_id) for label, entry_id in labels if answers.answer(label).topics != (entry_id,)]
    assert wrong == []


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        ("who handles payroll taxes and safety?", ("payroll-tax-liability", "risk-and-safety")),
        ("who handles safety, COBRA and unemployment claims", ("risk-and-safety", "cobra", "unemployment-claims")),
        ("benefits and workers' comp under a PEO", ("employee-benefits", "workers-compensation")),
        ("hiring and firing", ("control",)),
        ("who handles unemployment claims, PEO or ASO?", ("unemployment-claims",)),
    ],
)
def test_a_list_of_names_gets_just_those(answers: AnswerService, question: str, topics: tuple[str, ...]) -> None:
    assert answers.answer(question).topics == topics


@pytest.mark.parametrize(
    "question",
    ["How does a company get out of a PEO?", "can we work without a PEO", "how much does workers' comp cost in Ohio",
     "who is not covered by workers' comp"],
)  # fmt: skip
def test_a_question_that_says_more_is_not_taken_for_its_name(answers: AnswerService, question: str) -> None:
    assert answers.answer(question).how != "name"
