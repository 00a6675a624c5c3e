"""Whatever the bot can send is within Slack's limits: for the shipped knowledge, and for the longest texts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.answering import Answer, AnswerService
from bot.conversation.buttons import Shared
from bot.knowledge import Entry, KnowledgeBase, Term
from bot.knowledge.model import Theme
from bot.slack.messages.answers import answer_reply, more_reply, overview_reply
from bot.slack.messages.feedback import Grounds, as_message, expected_view, why_view, with_foot
from bot.slack.messages.home import home_view, modal_of, topic_reply
from bot.slack.messages.layout import Block, Reply, introduced
from bot.slack.messages.notices import ONLY_VISIBLE_TO_ASKER
from bot.slack.messages.sharing import help_reply, passed_on_reply, person_button, share_button, shared_reply
from bot.slack.messages.sharing import with_buttons as more_buttons
from bot.store import Question
from localslack.block_kit import message_faults, view_faults
from tests.slack.messages.test_answers import concept, knowledge_with, row

TODAY = date(2026, 11, 23)
LATER = date(2030, 1, 1)
QUESTION = Question(str(uuid.uuid4()), "T0", None, "command", "C0", "1700000000.000100", None, "0" * 64, None)
WORDS = "<unemployment> & 'claims' " * 40
HELP = "C0123456789"


def in_every_form(answer: Answer, knowledge: KnowledgeBase) -> Iterator[Reply | Block]:
    """A reply as it is sent, shared, shown in private and in a window; and the windows that open from it."""
    grounds = Grounds(answer.kind, 97, answer.topics or [entry.id for entry in knowledge.rows][:3])
    for today in (TODAY, LATER):
        plain = answer_reply(answer, knowledge, today)
        reply = more_buttons(
            with_foot(plain, QUESTION.id, grounds), share_button(Shared.of(answer, QUESTION.id, WORDS))
        )
        yield from (reply, more_buttons(reply, person_button(QUESTION.id)), shared_reply(reply, "<" * 80, WORDS))
        yield from (introduced(ONLY_VISIBLE_TO_ASKER, reply), modal_of(reply))
        read = Grounds.parse(grounds.value)
        assert read is not None
        for shown in (grounds, read):
            why = why_view(shown, knowledge, HELP, today)
            yield from (why, as_message(why))


def of_knowledge(knowledge: KnowledgeBase) -> Iterator[Reply | Block]:
    yield home_view(knowledge, "10.20.30", 36_500)
    yield expected_view(knowledge, QUESTION.id, 36_500)
    yield overview_reply(knowledge)


def of_entry(entry: Entry, knowledge: KnowledgeBase) -> Iterator[Reply | Block]:
    yield from in_every_form(Answer("answer", (entry,), "peo", 0.9), knowledge)
    for today in (TODAY, LATER):
        topic = topic_reply(entry, knowledge, today)
        yield from (topic, modal_of(topic))
    yield more_reply(entry, knowledge)


def faults(sent: Reply | Block) -> list[str]:
    """What Slack would refuse."""
    if not isinstance(sent, Reply):
        return [fault.line for fault in view_faults(sent)]
    found = [fault.line for fault in message_faults(sent.blocks)]
    return found + ([] if 0 < len(sent.text) <= 4_000 else ["no text, or too long"])


def test_slack_takes_everything_that_the_shipped_knowledge_says(
    knowledge: KnowledgeBase, answers: AnswerService
) -> None:
    entries = list(knowledge.entries.values())
    sent = [one for entry in entries for one in of_entry(entry, knowledge)]
    for term in knowledge.glossary:
        answer = Answer("answer", (knowledge.entries[term.see],), None, 0.97, term=term)
        sent += in_every_form(answer, knowledge)
    for first in range(len(entries) - 2):
        three = tuple(entries[first : first + 3])
        sent += in_every_form(Answer("choices", three, None, 0.3), knowledge)
        sent += in_every_form(Answer("answer", three[:2], None, 0.8), knowledge)
    nothing = answers.answer("how much vacation do plumbers in our union get?")
    sent += in_every_form(nothing, knowledge)
    sent += of_knowledge(knowledge)
    assert [fault for one in sent for fault in faults(one)] == []


@pytest.mark.parametrize("letter", ["x", "&", "<", "\N{GRINNING FACE}"])
def test_slack_takes_the_longest_texts_that_check_lets_through(knowledge: KnowledgeBase, letter: str) -> None:
    rows = [row(letter, source_count=20, entry_id=f"{'r' * 56}-{number:03}") for number in range(120)]
    longest = knowledge_with(knowledge, *rows, concept(letter, id="c" * 60))
    longest = replace(longest, themes=(*longest.themes, *([Theme(letter * 70, longest.themes[0].entries)] * 120)))
    term = Term(
        term=letter * 80, also=(letter * 80,) * 5, stands_for=letter * 150, meaning=letter * 250, see=rows[0].id
    )
    longest = replace(longest, glossary=(term,))
    sent = [*of_knowledge(longest), *of_entry(rows[0], longest), *of_entry(longest.entries["c" * 60], longest)]
    sent += in_every_form(Answer("answer", (rows[0],), None, 0.97, term=term), longest)
    sent += in_every_form(Answer("answer", tuple(rows[:3]), "aso", 0.97), longest)
    sent += in_every_form(Answer("choices", tuple(rows[:3]), None, 0.3), longest)
    sent += in_every_form(Answer("none", reason="unknown"), longest)
    sent += [
        help_reply(letter * 80, letter * 40_000, "https://example.slack.com/" + "a" * 200, is_direct=True),
        help_reply(letter * 80, (letter + "\n") * 20_000, None, is_direct=True),
        passed_on_reply(HELP),
    ]
    assert [fault for one in sent for fault in faults(one)] == []


@pytest.mark.parametrize("value", ["", "{}", "[]", "null", '{"topics": 1, "focus": null, "term": null}', "peo"])
def test_a_button_to_share_that_is_not_ours_shares_nothing(knowledge: KnowledgeBase, value: str) -> None:
    shared = Shared.parse(value)
    assert shared is None or shared.answer(knowledge) is None
