"""How much a reader sees before pressing "More": counted on the replies that the shipped knowledge makes."""

from __future__ import annotations

import re
from datetime import date
from statistics import median

import pytest

from bot.answering import Answer
from bot.cli.terminal import mrkdwn
from bot.knowledge import Concept, Entry, KnowledgeBase, Row, check_knowledge
from bot.knowledge.wording import (
    MEDIAN_REPLY_WORDS,
    NOTE_WORDS,
    REPLY_WORDS,
    SIDE_WORDS,
    first_named,
    sentences,
    shown_of_note,
    word_count,
)
from bot.slack.messages.answers import answer_reply
from bot.slack.messages.small_print import shown_sources
from tests.knowledge.support import SHIPPED
from tests.shared import parts

TODAY = date(2026, 11, 23)


def visible_words(entry: Entry, knowledge: KnowledgeBase) -> int:
    """The words of a reply under its title: sides, notes and small print, without buttons and comparison table."""
    reply = answer_reply(Answer("answer", (entry,)), knowledge, TODAY)
    blocks = [block for block in reply.blocks if block["type"] in ("section", "context")]
    texts = [part["text"] for part in parts(blocks) if part.get("type") == "mrkdwn"]
    return sum(word_count(mrkdwn(re.sub(r"^\*(ASO|PEO)\*\n", "", text)).plain) for text in texts)


def sides_of(entry: Entry) -> list[str]:
    return [entry.aso, entry.peo] if isinstance(entry, Row) else []


def test_no_side_and_no_note_is_over_its_budget(knowledge: KnowledgeBase) -> None:
    entries = knowledge.entries.values()
    assert [entry.id for entry in entries if max(map(word_count, sides_of(entry)), default=0) > SIDE_WORDS] == []
    assert [entry.id for entry in entries if word_count(entry.note or "") > NOTE_WORDS] == []


def test_every_note_is_shown_whole(knowledge: KnowledgeBase) -> None:
    assert [
        entry.id for entry in knowledge.entries.values() if shown_of_note(entry.note or "") != (entry.note or "")
    ] == []


def test_half_of_all_replies_are_short_and_none_is_long(knowledge: KnowledgeBase) -> None:
    counts = {entry.id: visible_words(entry, knowledge) for entry in knowledge.entries.values()}
    assert {entry_id: count for entry_id, count in counts.items() if count > REPLY_WORDS} == {}
    assert median(counts.values()) <= MEDIAN_REPLY_WORDS


@pytest.mark.parametrize("entry_id", ["difference", "similarities"])
def test_what_opens_the_table_is_one_sentence(knowledge: KnowledgeBase, entry_id: str) -> None:
    entry = knowledge.entries[entry_id]
    assert isinstance(entry, Concept)
    assert len(sentences(entry.text)) == 1


def test_every_entry_shows_a_source_that_readers_can_follow(knowledge: KnowledgeBase) -> None:
    assert [entry.id for entry in knowledge.entries.values() if not shown_sources(entry, knowledge)] == []
    titles = [source.title for entry in knowledge.entries.values() for source in shown_sources(entry, knowledge)]
    assert [title for title in titles if "not recorded" in (title or "")] == []


def test_every_title_fits_on_a_button_and_no_two_buttons_say_the_same(knowledge: KnowledgeBase) -> None:
    labels = [entry.label for entry in knowledge.entries.values()]
    assert [label for label in labels if len(label) > 30] == []
    assert len(set(labels)) == len(labels)


def test_no_reader_sees_the_name_of_a_competitor(knowledge: KnowledgeBase) -> None:
    told = [
        (entry.id, text)
        for entry in knowledge.entries.values()
        for text in (entry.title, *sides_of(entry), getattr(entry, "text", ""), entry.note or "", entry.more or "")
    ]
    told += [(term.term, term.meaning) for term in knowledge.glossary]
    assert knowledge.provider.competitors
    assert [where for where, text in told if first_named(text, knowledge.provider.competitors)] == []


def test_check_has_nothing_to_warn_of() -> None:
    # A source without an address is kept for the owners, and stays one of the warnings.
    warnings = [str(warning) for warning in check_knowledge(SHIPPED).warnings]
    assert [warning for warning in warnings if "readers do not see it" not in warning] == []
