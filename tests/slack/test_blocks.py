"""Answers as blocks and text: escaped, within Slack's limits, dated. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl

from bot.answering import Answer
from bot.knowledge import Concept, Entry, KnowledgeBase, Model, Row, Source
from bot.knowledge.model import ProviderFile, Theme
from bot.slack.blocks import Reply, answer_reply, comparison_table, more_reply, overview_reply
from bot.slack.layout import Block, escape
from bot.slack.views import home_view, modal_of, topic_reply
from bot.workspace.block_kit import limits, message_faults, view_faults
from tests.shared import parts

TODAY = date(2026, 11, 23)
FOCUS: list[Model | None] = [None, "aso", "peo"]
LINK = HttpUrl("https://example.com/" + "a" * 2_000)


def row(letter: str = "x", *, source_count: int = 3, entry_id: str = "longest", **fields: Any) -> Row:
    """A row whose every text is as long as the knowledge base lets it be."""
    longest = {
        "id": entry_id,
        "title": letter * 70,
        "question": letter * 150,
        "aso": letter * 1_500,
        "peo": letter * 1_500,
        "note": letter * 1_500,
        "more": letter * 2_500,
        "sources": (longest_source(letter),) * source_count,
        "reviewed": date(2026, 11, 23),
        "review_by": date(2026, 11, 1),
        "related": ("unemployment-claims", "suta-rate"),
        "phrasings": ("x",),
    }
    return Row(**{**longest, **fields})


def concept(letter: str = "x", **fields: Any) -> Concept:
    """A concept whose every text is as long as the knowledge base lets it be."""
    parts = row(letter).model_dump(exclude={"aso", "peo", "sources"})
    return Concept(**{**parts, "id": "longest", "text": letter * 2_500, "sources": (longest_source(letter),), **fields})


def longest_source(letter: str) -> Source:
    return Source(title=letter * 150, publisher=letter * 150, date=letter * 150, link=LINK)


def knowledge_with(knowledge: KnowledgeBase, *entries: Entry) -> KnowledgeBase:
    """The shipped knowledge base with these entries instead of the comparison's rows."""
    first = Theme(knowledge.themes[0].title, entries)
    everything = {**knowledge.entries, **{entry.id: entry for entry in entries}}
    return replace(knowledge, themes=(first, *knowledge.themes[1:]), entries=everything)


def answered(*entries: Entry, focus: Model | None = None) -> Answer:
    return Answer("answer", entries, focus, 0.9)


def texts_of(blocks: Sequence[Block], kind: str | None = None) -> str:
    """All texts in the blocks of a kind, as read on the screen."""
    chosen = [block for block in blocks if kind in (None, block["type"])]
    return html.unescape("\n".join(part["text"] for part in _texts(chosen)))


def _texts(blocks: Sequence[Block]) -> Iterator[Mapping[str, Any]]:
    return (part for part in parts(blocks) if isinstance(part.get("text"), str))


def marked_up(reply: Reply) -> list[str]:
    """Every text of a reply in which Slack reads markup."""
    return [reply.text, *(part["text"] for part in _texts(reply.blocks) if part["type"] == "mrkdwn")]


def assert_sendable(reply: Reply) -> None:
    """Slack takes the message, and a screen reader has something to read."""
    assert message_faults(reply.blocks) == []
    assert reply.text.strip()
    assert len(reply.text) <= limits.MESSAGE_TEXT_CHARACTERS


# Escaping


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("plain", "plain", id="nothing to escape"),
        pytest.param("R&D", "R&amp;D", id="ampersand"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="broadcast"),
        pytest.param("&lt;", "&amp;lt;", id="what looks escaped already"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_text_is_escaped_as_slack_asks(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text())
def test_an_escaped_text_begins_no_markup_and_reads_as_before(text: str) -> None:
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    assert re.sub(r"&(?:amp|lt|gt);", "", escaped).count("&") == 0
    restored = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert restored == text


# What an owner may write, with the signs that begin and end markup among ordinary letters.
WRITTEN = st.text(st.sampled_from("<>&!@#|*_~`:/ aZ9é語😀"), min_size=1, max_size=60)
MARKUP = re.compile(r"<(?!https://example\.com/[^<>|]*\|[^<>|]*>)")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_that_an_owner_writes_becomes_markup(knowledge: KnowledgeBase, data: st.DataObject) -> None:
    source = Source(title=data.draw(WRITTEN), publisher=data.draw(WRITTEN), date=data.draw(WRITTEN), link=LINK)
    fields: dict[str, Any] = {name: data.draw(WRITTEN) for name in ("title", "question", "note", "more")}
    entries: list[Entry] = [
        row(**fields, aso=data.draw(WRITTEN), peo=data.draw(WRITTEN), sources=("provider", source)),
        concept(**fields, text=data.draw(WRITTEN), sources=("provider", source)),
    ]
    provider = ProviderFile(
        name=data.draw(WRITTEN),
        title=data.draw(WRITTEN),
        link=HttpUrl("https://example.com/page"),
        remarks={"longest": data.draw(WRITTEN)},
    )
    for entry in entries:
        own = replace(knowledge_with(knowledge, entry), provider=provider)
        replies = [
            answer_reply(answered(entry, focus=data.draw(st.sampled_from(FOCUS))), own, TODAY),
            answer_reply(Answer("choices", (entry, entry)), own, TODAY),
            answer_reply(Answer("none", reason="unknown"), own, TODAY),
            more_reply(entry, own),
            overview_reply(own),
        ]
        for reply in replies:
            assert_sendable(reply)
            assert [text for text in marked_up(reply) if MARKUP.search(text)] == []


# Limits

LETTERS = [
    pytest.param("x", id="letters"),
    pytest.param("&", id="ampersands"),
    pytest.param("<", id="brackets"),
    pytest.param("語", id="ideographs"),
    pytest.param("😀", id="emoji"),
]


@pytest.mark.parametrize("sources", [1, 2, 3, 100])
@pytest.mark.parametrize("letter", LETTERS)
def test_the_longest_entry_is_within_slacks_limits(knowledge: KnowledgeBase, letter: str, sources: int) -> None:
    longest = row(letter, source_count=sources)
    own = knowledge_with(knowledge, longest, row(letter, entry_id="other"))
    for focus in FOCUS:
        assert_sendable(answer_reply(answered(longest, focus=focus), own, TODAY))
        assert_sendable(answer_reply(answered(concept(letter), focus=focus), own, TODAY))
    assert_sendable(more_reply(longest, own))
    assert_sendable(answer_reply(Answer("choices", (longest,) * 3), own, TODAY))
    assert_sendable(answer_reply(answered(longest, concept(letter), own.entries["other"]), own, TODAY))


@pytest.mark.parametrize("rows", [1, 9, 99, 150])
@pytest.mark.parametrize("letter", LETTERS)
def test_the_longest_comparison_is_within_slacks_limits(knowledge: KnowledgeBase, letter: str, rows: int) -> None:
    own = knowledge_with(knowledge, *(row(letter, entry_id=f"row-{number}") for number in range(rows)))
    assert_sendable(overview_reply(own))
    assert_sendable(answer_reply(Answer("none", reason="unknown"), own, TODAY))
    assert_sendable(answer_reply(answered(own.entries["difference"]), own, TODAY))


@pytest.mark.parametrize("letter", ["x", "語"])
@pytest.mark.parametrize("focus", FOCUS)
def test_the_longest_entry_is_shown_whole(knowledge: KnowledgeBase, letter: str, focus: Model | None) -> None:
    longest = row(letter, title="T" * 70, aso="A" * 1_499 + letter, peo="P" * 1_499 + letter, note="N" * 1_500)
    own = knowledge_with(knowledge, longest)
    reply = answer_reply(answered(longest, focus=focus), own, TODAY)
    for text in (texts_of(reply.blocks), html.unescape(reply.text)):
        assert [
            part for part in (longest.title, longest.aso, longest.peo, longest.note or "") if part not in text
        ] == []


def test_a_text_too_long_for_its_place_ends_in_a_mark_and_not_in_half_an_escape(knowledge: KnowledgeBase) -> None:
    full = row("&")
    reply = answer_reply(answered(full), knowledge_with(knowledge, full), TODAY)
    [section] = [block for block in reply.blocks if block["type"] == "section"]
    for field in section["fields"]:
        assert re.search(r"(?:&amp;)+…$", field["text"])


@pytest.mark.parametrize("letter", LETTERS)
def test_however_long_the_sources_the_day_of_review_is_shown(knowledge: KnowledgeBase, letter: str) -> None:
    longest = row(letter, reviewed=date(2031, 5, 4), review_by=None)
    reply = answer_reply(answered(longest), knowledge_with(knowledge, longest), TODAY)
    assert "2031" in texts_of(reply.blocks, "context")
    assert "2031" in reply.text


@pytest.mark.parametrize("letter", LETTERS)
def test_however_long_the_sources_no_link_is_cut_in_two(knowledge: KnowledgeBase, letter: str) -> None:
    longest = row(letter, source_count=4)
    own = knowledge_with(knowledge, longest)
    for reply in (answer_reply(answered(longest), own, TODAY), more_reply(longest, own)):
        assert [text for text in marked_up(reply) if text.count("<") != text.count(">")] == []


def test_every_shipped_entry_is_within_slacks_limits(knowledge: KnowledgeBase) -> None:
    for entry in knowledge.entries.values():
        for focus in FOCUS:
            assert_sendable(answer_reply(answered(entry, focus=focus), knowledge, TODAY))
        assert_sendable(more_reply(entry, knowledge))
    assert_sendable(overview_reply(knowledge))
    assert view_faults(home_view(knowledge, "1.0", 90)) == []
    for entry in knowledge.entries.values():
        assert view_faults(modal_of(topic_reply(entry, knowledge, TODAY))) == []


@pytest.mark.parametrize("letter", ["x", "&", "\N{GRINNING FACE}"])
def test_slack_takes_the_views_with_the_longest_texts(knowledge: KnowledgeBase, letter: str) -> None:
    rows = [row(letter, source_count=20, entry_id=f"longest-{number}") for number in range(150)]
    longest = knowledge_with(knowledge, *rows)
    assert_sendable(topic_reply(rows[0], longest, TODAY))
    for view in (home_view(longest, "1.0", 90), modal_of(topic_reply(rows[0], longest, TODAY))):
        assert view_faults(view) == []
        assert len(json.dumps(view, ensure_ascii=False)) < 250_000


def test_no_shipped_text_is_cut(knowledge: KnowledgeBase) -> None:
    for entry in knowledge.entries.values():
        reply = answer_reply(answered(entry), knowledge, TODAY)
        body = [entry.aso, entry.peo] if isinstance(entry, Row) else [entry.text]
        for text in (texts_of(reply.blocks), html.unescape(reply.text)):
            assert [part for part in (entry.title, *body, entry.note or "") if part not in text] == []
        more = more_reply(entry, knowledge)
        for text in (texts_of(more.blocks), html.unescape(more.text)):
            assert (entry.more or "") in text
            assert [
                one.title for one in entry.sources if not isinstance(one, str) and (one.title or "") not in text
            ] == []


# The day of review


@pytest.mark.parametrize(
    ("today", "is_due"),
    [
        pytest.param(date(2030, 3, 1), False, id="before"),
        pytest.param(date(2030, 3, 2), False, id="on the day"),
        pytest.param(date(2030, 3, 3), True, id="past"),
        pytest.param(date(2035, 1, 1), True, id="long past"),
    ],
)
def test_an_entry_past_its_day_of_review_says_so(knowledge: KnowledgeBase, today: date, is_due: bool) -> None:
    entry = row(reviewed=date(2026, 11, 23), review_by=date(2030, 3, 2))
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry), today)
    for text in (texts_of(reply.blocks, "context"), reply.text):
        assert "2026" in text
        assert ("2030" in text) == is_due
        assert ("due for review" in text.casefold()) == is_due


def test_an_entry_without_a_day_of_review_is_never_due(knowledge: KnowledgeBase) -> None:
    entry = row(review_by=None)
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry), date(2090, 1, 1))
    assert "due for review" not in reply.text.casefold()


# One topic, several, none


@pytest.mark.parametrize(("focus", "order"), [(None, ["ASO", "PEO"]), ("aso", ["ASO", "PEO"]), ("peo", ["PEO", "ASO"])])
def test_the_model_asked_about_comes_first(knowledge: KnowledgeBase, focus: Model | None, order: list[str]) -> None:
    reply = answer_reply(answered(knowledge.rows[0], focus=focus), knowledge, TODAY)
    [section] = [block for block in reply.blocks if "fields" in block]
    labels = [field["text"].partition("\n")[0].strip("*") for field in section["fields"]]
    assert [label[:3] for label in labels] == order
    assert [label for label in labels if len(label) > 3] == (labels[:1] if focus else [])
    assert [line[:3] for line in reply.text.splitlines() if re.match("(ASO|PEO)[^:]*: ", line)] == order


def test_several_entries_come_in_one_message_with_each_its_own_heading(knowledge: KnowledgeBase) -> None:
    entries = [knowledge.entries[entry_id] for entry_id in ("suta-rate", "unemployment-claims", "peo")]
    reply = answer_reply(answered(*entries), knowledge, TODAY)
    assert_sendable(reply)
    headings = [block["text"]["text"] for block in reply.blocks if block["type"] == "header"]
    assert headings == [entry.title for entry in entries]
    places = [reply.text.index(escape(entry.title)) for entry in entries]
    assert places == sorted(places)


@pytest.mark.parametrize("others", [("suta-rate",), ("suta-rate", "peo"), ("difference", "suta-rate")])
def test_several_entries_share_at_most_one_table(knowledge: KnowledgeBase, others: tuple[str, ...]) -> None:
    entries = [knowledge.entries[entry_id] for entry_id in ("difference", *others)]
    reply = answer_reply(answered(*entries), knowledge, TODAY)
    assert_sendable(reply)
    assert len([block for block in reply.blocks if block["type"] == "table"]) <= 1


def test_the_table_has_a_row_for_every_row_and_a_column_for_each_side(knowledge: KnowledgeBase) -> None:
    cells = [[cell["text"] for cell in row] for row in comparison_table(knowledge)["rows"]]
    assert cells[0][1:] == ["ASO", "PEO"]
    assert cells[1:] == [[row.title, row.aso, row.peo] for row in knowledge.rows]


@pytest.mark.parametrize("reason", ["greeting", "thanks", "help", "empty", "unknown"])
def test_every_reason_for_no_answer_has_its_own_reply(knowledge: KnowledgeBase, reason: Any) -> None:
    reply = answer_reply(Answer("none", reason=reason), knowledge, TODAY)
    assert_sendable(reply)
    others = {"greeting", "thanks", "help", "empty", "unknown"} - {reason}
    assert reply.text not in {answer_reply(Answer("none", reason=one), knowledge, TODAY).text for one in others}  # type: ignore[arg-type]


def test_a_button_carries_the_id_of_its_topic(knowledge: KnowledgeBase) -> None:
    entry = knowledge.entries["unemployment-claims"]
    reply = answer_reply(answered(entry), knowledge, TODAY)
    values = re.findall(r'"value": "([^"]+)"', json.dumps(reply.blocks))
    assert values == [*entry.related[:2], entry.id]


def test_an_entry_with_nothing_more_to_tell_has_no_button_for_more(knowledge: KnowledgeBase) -> None:
    entry = row(more=None, source_count=1, related=())
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry), TODAY)
    assert [block for block in reply.blocks if block["type"] == "actions"] == []
