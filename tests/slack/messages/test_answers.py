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

from bot.answering import Answer, AnswerService
from bot.knowledge import Concept, Entry, KnowledgeBase, Model, Row, Source
from bot.knowledge.model import ProviderFile, Term, Theme
from bot.slack.messages.answers import (
    answer_reply,
    comparison_table,
    more_reply,
    overview_reply,
)
from bot.slack.messages.feedback import Grounds, expected_view, why_view
from bot.slack.messages.home import home_view, modal_of, topic_reply
from bot.slack.messages.layout import Block, Reply, escape, introduced, shortened
from bot.slack.messages.notices import ONLY_VISIBLE_TO_ASKER
from bot.slack.messages.sharing import shared_reply
from bot.slack.messages.small_print import is_definition, shown_sources
from localslack.block_kit import message_faults, view_faults
from tests.shared import CONCEPTS, parts

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
    assert len(reply.text) <= 4_000
    assert [part for part in parts(reply.blocks) if part.get("type") == "mrkdwn" and not part.get("verbatim")] == []
    labels = [part["text"]["text"] for part in parts(reply.blocks) if part.get("type") == "button"]
    assert [label for label in labels if len(label) > 30] == []


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


@settings(max_examples=60)
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
    shown = texts_of(reply.blocks)
    assert [part for part in (longest.title, longest.aso, longest.peo, longest.note or "") if part not in shown] == []


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_however_long_the_entries_the_text_ends_in_the_address_of_the_source(
    knowledge: KnowledgeBase, letter: str, count: int
) -> None:
    source = Source(title="On claims", publisher="A zoo", date=None, link=HttpUrl("https://example.com/page?a=1&b=2"))
    rows = [row(letter, entry_id=f"row-{number}", sources=(source,)) for number in range(count)]
    reply = answer_reply(answered(*rows), knowledge_with(knowledge, *rows), TODAY)
    for sent in (reply, shared_reply(reply, "m" * 80, letter * 300), introduced(ONLY_VISIBLE_TO_ASKER, reply)):
        assert_sendable(sent)
        assert sent.text.count("Source: On claims, A zoo (https://example.com/page?a=1&amp;b=2).") == count


def test_the_overview_and_the_comparison_as_text_end_in_the_address_of_the_provider(knowledge: KnowledgeBase) -> None:
    for reply in (overview_reply(knowledge), answer_reply(answered(knowledge.entries["difference"]), knowledge, TODAY)):
        assert_sendable(reply)
        assert escape(str(knowledge.provider.link)) in reply.text.splitlines()[-1]


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
    many = replace(longest, themes=(longest.themes[0],) * 100)
    for view in (
        home_view(longest, "1.0", 90),
        modal_of(topic_reply(rows[0], longest, TODAY)),
        expected_view(many, "question", 90),
    ):
        assert view_faults(view) == []
        assert len(json.dumps(view, ensure_ascii=False).encode()) < 250_000


def test_no_shipped_text_is_cut(knowledge: KnowledgeBase) -> None:
    for entry in knowledge.entries.values():
        reply, more = answer_reply(answered(entry), knowledge, TODAY), more_reply(entry, knowledge)
        body = [entry.aso, entry.peo] if isinstance(entry, Row) else [entry.text]
        told = [(texts_of(reply.blocks), texts_of(more.blocks)), (html.unescape(reply.text), html.unescape(more.text))]
        for text, details in told:
            assert [part for part in (entry.title, *body) if part not in text] == []
            assert (entry.note or "") in text + details
            assert (entry.more or "") in details
        sources = [one.title or "" for one in shown_sources(entry, knowledge)]
        assert [one for one in sources if one not in texts_of(more.blocks)] == []


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


REASONS: list[Any] = ["greeting", "thanks", "help", "empty", "unknown"]
REASONS += ["ok", "bye", "insult", "human", "bot", "other-language"]


def test_every_reason_for_no_answer_has_its_own_reply(knowledge: KnowledgeBase) -> None:
    replies = [answer_reply(Answer("none", reason=reason), knowledge, TODAY) for reason in REASONS]
    for reply in replies:
        assert_sendable(reply)
    assert len({reply.text for reply in replies}) == len(REASONS)


def test_a_question_in_another_language_is_answered_in_spanish_too(knowledge: KnowledgeBase) -> None:
    reason: Any = "other-language"
    assert "solo entiendo inglés" in answer_reply(Answer("none", reason=reason), knowledge, TODAY).text


@pytest.mark.parametrize("count", [1, 2, 3])
def test_entries_that_are_close_are_offered_by_their_labels(knowledge: KnowledgeBase, count: int) -> None:
    nearest = tuple(knowledge.entries.values())[:count]
    reply = answer_reply(Answer("none", reason="unknown", nearest=nearest), knowledge, TODAY)
    assert reply.text.startswith("I don't have that exactly. This is close: ")
    [actions] = [block for block in reply.blocks if block["type"] == "actions"]
    assert [one["value"] for one in actions["elements"]] == [*(one.id for one in nearest[:2]), "overview"]
    assert [one.label for one in nearest[:2] if one.label not in html.unescape(reply.text)] == []


@pytest.mark.parametrize(
    ("stands_for", "expected"),
    [
        pytest.param("Federal Act", "F / F2 stands for Federal Act. A tax. Read on: {title}.", id="an acronym"),
        pytest.param("f2", "F / F2: A tax. Read on: {title}.", id="a word"),
    ],
)
def test_a_term_is_told_in_a_sentence_or_two(knowledge: KnowledgeBase, stands_for: str, expected: str) -> None:
    term = Term(term="F", also=("F2",), stands_for=stands_for, meaning="A tax.", see="suta-rate")
    reply = answer_reply(replace(answered(knowledge.entries["suta-rate"]), term=term), knowledge, TODAY)
    assert reply.text == expected.format(title=knowledge.entries["suta-rate"].title)
    assert "*F / F2*" in texts_of(reply.blocks, "section")


def test_a_long_note_is_shown_as_far_as_it_fits_and_whole_behind_more(knowledge: KnowledgeBase) -> None:
    entry = row(note=f"One thing matters. And {'another ' * 25}does.", more=None, sources=("provider",))
    own = knowledge_with(knowledge, entry)
    reply = answer_reply(answered(entry), own, TODAY)
    assert "Note: One thing matters." in texts_of(reply.blocks, "context")
    assert "another" not in texts_of(reply.blocks)
    assert (entry.note or "") in texts_of(more_reply(entry, own).blocks)
    assert [one for one in parts(reply.blocks) if one.get("action_id") == "show_more"]
    assert (entry.note or "") in texts_of(topic_reply(entry, own, TODAY).blocks)


# Sources and small print

SEEN = Source(title="On claims", publisher="A zoo", date="2019", link=HttpUrl("https://zoo.example/claims"))


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        pytest.param({}, True, id="title and link"),
        pytest.param({"link": None}, False, id="no link"),
        pytest.param({"title": None}, False, id="no title"),
        pytest.param({"publisher": "acme peo (acme.example)"}, False, id="a competitor"),
        pytest.param({"title": "How ACME PEO does it"}, False, id="a competitor in the title"),
        pytest.param({"link": HttpUrl("https://www.acme.example/")}, False, id="a competitor's address"),
        pytest.param({"publisher": "Acmeville News"}, True, id="another name that begins so"),
    ],
)
def test_readers_see_a_source_that_they_can_follow_and_no_competitor(
    knowledge: KnowledgeBase, changes: dict[str, Any], is_shown: bool
) -> None:
    source = SEEN.model_copy(update=changes)
    entry = row(sources=(source,), note=None)
    provider = knowledge.provider.model_copy(update={"competitors": ("Acme",)})
    own = replace(knowledge_with(knowledge, entry), provider=provider)
    why = why_view(Grounds("answer", 97, [entry.id]), own, None, TODAY)
    replies = [answer_reply(answered(entry), own, TODAY), more_reply(entry, own), topic_reply(entry, own, TODAY)]
    shown = [text for reply in replies for text in (reply.text, texts_of(reply.blocks))]
    for text in (*shown, texts_of(why["blocks"])):
        assert (source.publisher in text) == is_shown
    assert [("Source" in text) for text in shown] == [is_shown] * 6


def test_the_small_print_is_one_line_with_the_first_source_that_is_shown(knowledge: KnowledgeBase) -> None:
    hidden, copied = SEEN.model_copy(update={"link": None}), SEEN.model_copy(update={"publisher": "A zoo (copy)"})
    entry = row(sources=(hidden, copied, SEEN), review_by=None, note=None)
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry), TODAY)
    [line] = [block for block in reply.blocks if block["type"] == "context"]
    end = "Reviewed 23 Nov 2026. General information, not legal or tax advice."
    assert [one["text"] for one in line["elements"]] == [
        f"Source: <https://zoo.example/claims|On claims>, A zoo. {end}"
    ]
    assert "A zoo (copy), 2019" in texts_of(more_reply(entry, knowledge).blocks)
    assert reply.text.splitlines()[-1] == f"Source: On claims, A zoo (https://zoo.example/claims). {end}"


def test_all_but_definitions_say_that_they_are_no_advice(knowledge: KnowledgeBase) -> None:
    definitions = {entry.id for entry in knowledge.entries.values() if is_definition(entry)}
    # What to choose is advice of a kind, and rests on another source as well.
    assert definitions == set(CONCEPTS) - {"choosing"}
    for entry in knowledge.entries.values():
        topic = topic_reply(entry, knowledge, TODAY)
        replies = [answer_reply(answered(entry), knowledge, TODAY), more_reply(entry, knowledge), topic]
        if isinstance(entry, Row):
            follow_up = replace(answered(entry, focus="peo"), how="thread")
            replies.append(answer_reply(follow_up, knowledge, TODAY))
        for text in (text for reply in replies for text in (reply.text, texts_of(reply.blocks))):
            assert ("General information, not legal or tax advice." in text) == (entry.id not in definitions)
    for text in (overview_reply(knowledge).text, texts_of(home_view(knowledge, "1", 90)["blocks"])):
        assert "General information, not legal or tax advice." in text


# Follow-ups


@pytest.mark.parametrize(("focus", "said"), [("aso", "ASO: It is so. It is.\n"), ("peo", "PEO: It was so. It was.\n")])
def test_a_follow_up_for_one_side_gets_two_sentences_of_it(knowledge: KnowledgeBase, focus: Model, said: str) -> None:
    entry = row(title="Zebras", aso="It is so. It is. And more.", peo="It was so. It was. And more.")
    own = knowledge_with(knowledge, entry)
    reply = answer_reply(replace(answered(entry, focus=focus), how="thread"), own, TODAY)
    assert_sendable(reply)
    assert reply.text.startswith(f"Zebras\n{said}")
    assert "And more." not in texts_of(reply.blocks)
    [both, *_] = [part for part in parts(reply.blocks) if part.get("type") == "button"]
    assert (both["text"]["text"], both["value"]) == ("Show both sides", entry.id)


@pytest.mark.parametrize(
    ("question", "count"),
    [("and under an ASO?", 2), ("does the ASO do that?", 1), ("and is that so under an ASO?", 1)],
)
def test_a_follow_up_that_asks_yes_or_no_gets_one_sentence(answers: AnswerService, question: str, count: int) -> None:
    answer = answers.answer(question, thread=["who handles unemployment claims?"])
    assert (answer.how, answer.focus) == ("thread", "aso")
    entry = row(aso="It is so. It is. And more.")
    reply = answer_reply(replace(answer, entries=(entry,)), knowledge_with(answers.knowledge, entry), TODAY)
    assert reply.text.splitlines()[1] == f"ASO: {' '.join(['It is so.', 'It is.'][:count])}"


@pytest.mark.parametrize("how", ["ranking", "alone", "name"])
def test_every_other_answer_shows_both_sides(knowledge: KnowledgeBase, how: Any) -> None:
    reply = answer_reply(replace(answered(knowledge.rows[0], focus="aso"), how=how), knowledge, TODAY)
    assert [len(block["fields"]) for block in reply.blocks if "fields" in block] == [2]


def test_a_button_carries_the_id_of_its_topic(knowledge: KnowledgeBase) -> None:
    entry = knowledge.entries["unemployment-claims"]
    reply = answer_reply(answered(entry), knowledge, TODAY)
    values = re.findall(r'"value": "([^"]+)"', json.dumps(reply.blocks))
    assert values == [*entry.related[:2], entry.id]
    labels = [part["text"]["text"] for part in parts(reply.blocks) if part.get("type") == "button"]
    assert labels == [*(shortened(knowledge.entries[one].label, 30) for one in entry.related[:2]), "More"]


def test_a_button_shows_the_short_title_and_a_screen_reader_the_long_one(knowledge: KnowledgeBase) -> None:
    other = row(entry_id="other", title="A title that is too long for any button", short="A short one")
    entry = row(related=("other",))
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry, other), TODAY)
    shown, *_ = [part for part in parts(reply.blocks) if part.get("type") == "button"]
    assert (shown["text"]["text"], shown["accessibility_label"]) == ("A short one", f"Open: A short one: {other.title}")


def test_an_entry_with_nothing_more_to_tell_has_no_button_for_more(knowledge: KnowledgeBase) -> None:
    entry = row(more=None, source_count=1, related=())
    reply = answer_reply(answered(entry), knowledge_with(knowledge, entry), TODAY)
    assert [block for block in reply.blocks if block["type"] == "actions"] == []
