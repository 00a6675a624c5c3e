"""A question, asked in Slack, is answered with the right row or text, in the right place, for everybody to read."""

from __future__ import annotations

import pytest

from bot.knowledge import Concept, KnowledgeBase, Row
from bot.knowledge.wording import shown_of_note
from localslack import Workspace
from tests.shared import CONCEPTS, ROWS

from .support import (
    A_QUESTION,
    ASK,
    COMMAND,
    ITS_TITLE,
    SURFACES,
    ask,
    by_model,
    labelled_sides,
    labelled_sides_in_text,
    plain,
    posts,
    replies,
    said_by_bot,
    shown,
    tables,
    title,
)

# From the seed page, in a few words that any wording of the row has to have: id, under an ASO, under a PEO.
FACTS_OF_ROWS = [
    ("workers-compensation", "client's own", "master polic"),
    ("risk-and-safety", "no claims management", "safety programs"),
    ("employer-of-record", "client is the employer of record", "power of attorney"),
    ("human-resources", "ASO supports", "PEO supports"),
    ("regulatory-compliance", "ASO manages", "PEO manages"),
    ("employee-benefits", "through the ASO", "master polic"),
    ("payroll-tax-liability", "client", "federal"),
    ("suta-rate", "client's SUTA rate", "PEO's SUTA rate"),
    ("unemployment-claims", "the ASO", "the PEO manages"),
]
FACTS_OF_CONCEPTS = [
    ("peo", "professional employer organization"),
    ("aso", "no co-employment"),
    ("co-employment", "liability"),
    ("difference", "co-employment"),
    ("similarities", "outsource"),
    ("choosing", "proposal"),
]


def row_of(knowledge: KnowledgeBase, topic: str) -> Row:
    entry = knowledge.entries[topic]
    assert isinstance(entry, Row)
    return entry


# What is said


@pytest.mark.parametrize("topic", ROWS)
async def test_a_row_answers_its_own_question_with_both_sides_on_every_surface(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str
) -> None:
    row = row_of(knowledge, topic)
    for surface in SURFACES:
        reply = await ask(workspace, surface, row.question)
        assert title(reply) == row.title
        assert by_model(labelled_sides(reply)) == {"ASO": row.aso, "PEO": row.peo}
        # The text alone says the same: notifications and screen readers have nothing else.
        assert plain(reply.text).startswith(row.title)
        assert by_model(labelled_sides_in_text(reply)) == {"ASO": row.aso, "PEO": row.peo}
    assert_slack_took_all(workspace)


@pytest.mark.parametrize("topic", CONCEPTS)
async def test_a_concept_answers_its_own_question_on_every_surface(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str
) -> None:
    concept = knowledge.entries[topic]
    assert isinstance(concept, Concept)
    for surface in SURFACES:
        reply = await ask(workspace, surface, concept.question)
        assert title(reply) == concept.title
        assert concept.text in shown(reply)
        assert plain(reply.text).startswith(concept.title)
        assert concept.text in plain(reply.text)
    assert_slack_took_all(workspace)


def assert_slack_took_all(workspace: Workspace) -> None:
    """The answer to a command goes with its ack; the others are calls, which met neither an error nor a warning."""
    sent = [call for call in workspace.traffic.api_calls if call.method.startswith("chat.")]
    assert [(call.error, call.warning) for call in sent] == [(None, None)] * (len(SURFACES) - 1)


@pytest.mark.parametrize(("topic", "under_aso", "under_peo"), FACTS_OF_ROWS, ids=ROWS)
async def test_every_fact_stands_on_its_own_side(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str, under_aso: str, under_peo: str
) -> None:
    reply = await ask(workspace, "command", knowledge.entries[topic].question)
    for sides in (labelled_sides(reply), labelled_sides_in_text(reply)):
        aso, peo = (by_model(sides)[model].casefold() for model in ("ASO", "PEO"))
        assert under_aso.casefold() in aso
        assert under_aso.casefold() not in peo
        assert under_peo.casefold() in peo
        assert under_peo.casefold() not in aso


@pytest.mark.parametrize(("topic", "fact"), FACTS_OF_CONCEPTS, ids=CONCEPTS)
async def test_a_concept_keeps_its_fact(workspace: Workspace, knowledge: KnowledgeBase, topic: str, fact: str) -> None:
    reply = await ask(workspace, "command", knowledge.entries[topic].question)
    assert fact in shown(reply).casefold()
    assert fact in reply.text.casefold()


@pytest.mark.parametrize("model", ["ASO", "PEO"])
@pytest.mark.parametrize("topic", ROWS)
async def test_the_model_asked_about_comes_first_and_is_marked(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str, model: str
) -> None:
    row = row_of(knowledge, topic)
    other = "PEO" if model == "ASO" else "ASO"
    reply = await ask(workspace, "command", f"{row.question.removesuffix('?')} with {model}?")
    assert title(reply) == row.title
    for sides in (labelled_sides(reply), labelled_sides_in_text(reply)):
        first, second = (label for label, _ in sides)
        assert first.startswith(model)
        assert first != model, "the model asked about is not marked in words"
        assert second == other
        assert by_model(sides) == {"ASO": row.aso, "PEO": row.peo}


async def test_where_no_model_is_asked_about_none_is_marked(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    assert sorted(label for label, _ in labelled_sides(reply)) == ["ASO", "PEO"]
    assert sorted(label for label, _ in labelled_sides_in_text(reply)) == ["ASO", "PEO"]


@pytest.mark.parametrize("topic", ["difference", "similarities"])
async def test_what_is_about_all_rows_shows_every_row_as_one_table(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str
) -> None:
    reply = await ask(workspace, "channel", knowledge.entries[topic].question)
    [[_, *rows]] = tables(reply)
    assert rows == [[row.title, row.aso, row.peo] for row in knowledge.rows]


@pytest.mark.parametrize("topic", [*ROWS, *CONCEPTS])
async def test_an_answer_names_source_note_and_day_of_review_in_small_print(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str
) -> None:
    entry = knowledge.entries[topic]
    reply = await ask(workspace, "command", entry.question)
    small_print = [plain(element["text"]) for b in reply.blocks if b["type"] == "context" for element in b["elements"]]
    for text in ("\n".join(small_print), plain(reply.text)):
        assert knowledge.provider.title in text
        assert knowledge.provider.name in text
        assert str(entry.reviewed.year) in text
        assert shown_of_note(entry.note or "") in text
        assert knowledge.provider.remarks.get(entry.id, "") in text


# Where it is said


async def test_a_mention_is_answered_once_in_the_thread_of_the_question(workspace: Workspace) -> None:
    question = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    [reply] = replies(workspace, question)
    assert title(reply) == ITS_TITLE
    assert said_by_bot(workspace, ASK) == []


async def test_a_mention_inside_a_thread_is_answered_once_in_that_thread(workspace: Workspace) -> None:
    parent = await workspace.post("andre", ASK, "We talk about claims here")
    question = await workspace.mention("maya", ASK, A_QUESTION, thread_ts=parent.ts)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, parent)] == [ITS_TITLE]
    assert replies(workspace, question) == []
    assert said_by_bot(workspace, ASK) == []


async def test_a_mention_that_a_thread_also_sends_to_the_channel_is_answered_in_the_thread(
    workspace: Workspace,
) -> None:
    parent = await workspace.post("andre", ASK, "We talk about claims here")
    mention = f"<@{workspace.bot_user_id}> {A_QUESTION}"
    await workspace.post("maya", ASK, mention, thread_ts=parent.ts, subtype="thread_broadcast")
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, parent)] == [ITS_TITLE]
    assert said_by_bot(workspace, ASK) == []


async def test_a_direct_message_is_answered_once_beside_it(workspace: Workspace) -> None:
    question = await workspace.direct_message("maya", A_QUESTION)
    await workspace.settle()
    [reply] = said_by_bot(workspace, question.channel_id)
    assert title(reply) == ITS_TITLE
    assert reply.thread_ts is None


@pytest.mark.parametrize("subtype", [None, "thread_broadcast"], ids=["in the thread", "also sent to the channel"])
async def test_a_direct_message_in_a_thread_is_answered_once_in_that_thread(
    workspace: Workspace, subtype: str | None
) -> None:
    direct = workspace.direct_channel("maya")
    parent = await workspace.direct_message("maya", "hello")
    await workspace.settle()
    before = len(replies(workspace, parent))
    await workspace.post("maya", direct, A_QUESTION, thread_ts=parent.ts, subtype=subtype)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, parent)[before:]] == [ITS_TITLE]


async def test_a_command_is_answered_inside_its_ack_and_only_to_who_typed_it(workspace: Workspace) -> None:
    outcome = await workspace.slash("maya", "#random", COMMAND, A_QUESTION)
    await workspace.settle()
    assert outcome.message is not None
    assert title(outcome.message) == ITS_TITLE
    assert workspace.ephemerals("maya", "#random") == [outcome.message]
    assert workspace.ephemerals("andre", "#random") == []
    assert posts(workspace) == 0
    assert workspace.traffic.response_url_calls == []


@pytest.mark.parametrize("kind", ["group", "mpim"])
async def test_a_mention_is_answered_in_private_conversations_too(workspace: Workspace, kind: str) -> None:
    members = ["maya", "andre", workspace.bot_user_id]
    channel = workspace.create_channel("quiet", members, "group" if kind == "group" else "mpim")
    question = await workspace.mention("maya", channel, A_QUESTION)
    reply = await workspace.next_message(channel, question.ts)
    assert title(reply) == ITS_TITLE


# How it is sent


async def test_a_link_in_an_answer_unfolds_no_preview(workspace: Workspace) -> None:
    await ask(workspace, "channel", A_QUESTION)
    [call] = workspace.traffic.calls("chat.postMessage")
    assert [str(call.arguments[name]).casefold() for name in ("unfurl_links", "unfurl_media")] == ["false", "false"]
