"""The command alone, or with help, says what the bot covers and shows the whole comparison."""

from __future__ import annotations

import pytest

from bot.knowledge import KnowledgeBase
from localslack import Workspace

from .support import ASK, COMMAND, OFF_TOPIC, ask, buttons, plain, shown, tables

ASKING_FOR_HELP = [
    pytest.param("", id="nothing"),
    pytest.param("help", id="help"),
    pytest.param(" help ", id="spaces around it"),
    pytest.param("HELP", id="capitals"),
    pytest.param("?", id="question mark"),
]


@pytest.mark.parametrize("typed", ASKING_FOR_HELP)
async def test_the_command_alone_shows_the_comparison_as_one_table(
    workspace: Workspace, knowledge: KnowledgeBase, typed: str
) -> None:
    outcome = await workspace.slash("maya", ASK, COMMAND, typed)
    assert outcome.message is not None, outcome.detail
    [[head, *rows]] = tables(outcome.message)
    assert head[1:] == ["ASO", "PEO"]
    assert rows == [[row.title, row.aso, row.peo] for row in knowledge.rows]
    assert len(rows) == 9


@pytest.mark.parametrize("typed", ASKING_FOR_HELP)
async def test_the_text_of_the_overview_alone_says_every_row(
    workspace: Workspace, knowledge: KnowledgeBase, typed: str
) -> None:
    outcome = await workspace.slash("maya", ASK, COMMAND, typed)
    assert outcome.message is not None, outcome.detail
    text = plain(outcome.message.text)
    for row in knowledge.rows:
        assert text.index(row.title) < text.index(row.aso, text.index(row.title))
        assert row.peo in text


async def test_the_overview_names_every_topic_beyond_the_table_and_every_way_to_ask(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    outcome = await workspace.slash("maya", ASK, COMMAND, "help")
    assert outcome.message is not None, outcome.detail
    titles = {entry.title for entry in knowledge.entries.values()}
    themes = {theme.title for theme in knowledge.themes[1:]}
    for text, names in ((shown(outcome.message), titles | themes), (plain(outcome.message.text), themes)):
        assert {one for one in names if one not in text} == set()
        assert COMMAND in text
        assert "channel" in text


@pytest.mark.parametrize("surface", ["channel", "dm"])
async def test_a_message_that_asks_for_help_gets_the_overview(
    workspace: Workspace, knowledge: KnowledgeBase, surface: str
) -> None:
    reply = await ask(workspace, "channel" if surface == "channel" else "dm", "help")
    [[_, *rows]] = tables(reply)
    assert len(rows) == len(knowledge.rows)


async def test_who_asks_for_something_else_gets_one_sentence_and_can_open_the_overview(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "channel", OFF_TOPIC)
    assert reply.text == "I have no answer to that: I only know about PEO and ASO, two ways to outsource HR."
    [(action_id, _)] = buttons(reply, "show_")
    await workspace.click("andre", reply, action_id=action_id)
    overview = await workspace.next_message(ASK, reply.thread_ts)
    [[_, *rows]] = tables(overview)
    assert len(rows) == len(knowledge.rows)
