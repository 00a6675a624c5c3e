"""What holds in a state: its line under the row, lists over all states, a table, the Home tab and the command."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

import pytest

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import bot_in_workspace
from bot.knowledge import KnowledgeBase
from localslack import Message, View, Workspace
from tests.shared import parts

from .support import (
    ASK,
    COMMAND,
    SURFACES,
    Surface,
    ask,
    buttons,
    elements,
    plain,
    replies,
    shown,
    tables,
    title,
    until,
    value_of,
)

SUTA = "suta-rate"
TEXAS = "Whose SUTA rate is used in Texas under a PEO?"
LICENSES = "Do PEOs need a license?"


def blocks_with(message: Message, words: str) -> list[int]:
    """The places of the blocks that say something."""
    return [place for place, block in enumerate(message.blocks) if words in plain(str(block.get("text", block)))]


def line_of(knowledge: KnowledgeBase, code: str, subject: str = SUTA) -> str:
    return knowledge.states[subject].shown[code].text


# --- The line under the row


@pytest.mark.parametrize("surface", SURFACES)
async def test_the_line_of_a_state_stands_above_the_note_with_source_and_date(
    workspace: Workspace, knowledge: KnowledgeBase, surface: Surface
) -> None:
    reply = await ask(workspace, surface, TEXAS)
    line = knowledge.states[SUTA].shown["TX"]
    assert title(reply) == knowledge.entries[SUTA].title
    [place] = blocks_with(reply, f"*Texas:* {line.text} Source: ")
    [note] = blocks_with(reply, "Note: ")
    assert place < note
    for text in (shown(reply), plain(reply.text)):
        assert line.text in text
        assert f"{line.sources[0].title}" in text
        assert line.sources[0].date in text
    assert str(line.sources[0].link) in reply.text


async def test_two_states_get_two_lines_in_one_block(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "channel", "whose SUTA rate for people in Maine and New York")
    [place] = blocks_with(reply, "*Maine:*")
    maine, york, _ = plain(reply.blocks[place]["text"]["text"]).split("\n")
    assert line_of(knowledge, "ME") in maine
    assert york.startswith("*New York:* ")


async def test_the_line_of_the_aso_side_says_that_it_holds_everywhere(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    everywhere = knowledge.states[SUTA].everywhere
    assert everywhere is not None
    reply = await ask(workspace, "channel", "with an ASO in Texas, whose SUTA rate is used?")
    [place] = blocks_with(reply, "*Texas:*")
    assert plain(reply.blocks[place]["text"]["text"]).split("\n")[0] == everywhere
    assert everywhere in plain(reply.text)


async def test_a_state_without_a_sourced_line_gets_its_agency(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "channel", "whose SUTA rate is used in Alaska")
    agency = knowledge.states[SUTA].agencies["AK"].name
    said = f"I have nothing sourced on whose unemployment account and rate a PEO uses in Alaska. Ask the {agency}."
    assert said in plain(reply.text)
    assert "Alaska:" in shown(reply)


async def test_what_is_no_state_is_named_as_not_covered(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", "Do PEOs need a license in Canada?")
    assert "Canada: not covered. I know only US states and D.C." in plain(reply.text)
    assert "under" not in plain(reply.text).split("Canada:")[1].split("\n")[0]


async def test_what_only_other_peos_list_names_none_of_them(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "channel", "whose SUTA rate is used in Alabama")
    assert "PEOs list it as" in shown(reply)
    assert "Source: pages of two PEOs." in shown(reply)
    assert [name for name in knowledge.provider.competitors if name in shown(reply) + reply.text] == []


async def test_a_state_that_is_only_the_setting_gets_no_line(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", "we're in Texas, who handles unemployment claims?")
    assert title(reply) == "Unemployment claims"
    assert "Texas" not in shown(reply)


async def test_two_topics_get_the_line_of_each(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "channel", "For Florida: does the PEO need a license, and whose suta rate is it")
    assert len(blocks_with(reply, "*Florida:*")) == 2
    assert line_of(knowledge, "FL") in shown(reply)
    assert line_of(knowledge, "FL", "state-licensing") in shown(reply)


# --- The next turn


async def said_next(workspace: Workspace, first: str, *turns: str) -> Message:
    """The last reply in a thread that begins with a mention."""
    asked = await workspace.mention("maya", ASK, first)
    await workspace.settle()
    for turn in turns:
        await workspace.post("maya", ASK, turn, thread_ts=asked.ts)
        await workspace.settle()
    assert len(replies(workspace, asked)) == 1 + len(turns)
    return replies(workspace, asked)[-1]


@pytest.mark.parametrize("turn", ["what about Texas?", "and in TX?", "same in texas?", "Texas?"])
async def test_the_next_turn_may_be_a_state_alone(workspace: Workspace, knowledge: KnowledgeBase, turn: str) -> None:
    reply = await said_next(workspace, "Whose SUTA rate is used in Florida?", turn)
    assert f"Texas: {line_of(knowledge, 'TX')}" in plain(reply.text)
    assert "Florida:" not in plain(reply.text)


async def test_there_means_the_state_of_the_turn_before(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await said_next(workspace, "Whose SUTA rate is used in Utah?", "is a license needed there?")
    assert f"Utah: {line_of(knowledge, 'UT', 'state-licensing')}" in plain(reply.text)


async def test_a_new_topic_drops_the_state(workspace: Workspace) -> None:
    reply = await said_next(workspace, "Whose SUTA rate is used in Utah?", "do PEOs need a license?")
    assert title(reply) == "State licenses and registration"
    assert "Utah:" not in plain(reply.text)


async def test_the_other_side_of_a_second_turn_keeps_its_button_to_both(workspace: Workspace) -> None:
    reply = await said_next(workspace, TEXAS, "and under a PEO in Ohio?")
    assert "Ohio:" in plain(reply.text)
    assert value_of(reply, "show_topic:0") == "suta-rate|OH"


async def test_a_choice_keeps_the_state_that_was_named(answers: AnswerService, knowledge: KnowledgeBase) -> None:
    unsure = copy(answers)
    unsure.thresholds = Thresholds(answer=1.01, choices=0.0)
    async with bot_in_workspace(unsure) as workspace:
        reply = await ask(workspace, "channel", "Whose comp policy covers our people in California?")
        choice = next(element for element in elements(reply) if element["value"] == "workers-compensation|CA")
        await workspace.click("maya", reply, action_id=choice["action_id"], value=choice["value"])
        await workspace.settle()
        chosen = replies(workspace, workspace.messages(ASK)[-1])[-1]
        assert line_of(knowledge, "CA", "workers-compensation") in shown(chosen)


# --- All states


async def test_which_states_gets_a_list_by_value_with_its_count_and_never_claims_to_be_complete(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "channel", "Which states require client-level reporting?")
    facts = knowledge.states[SUTA]
    assert title(reply) == knowledge.entries[SUTA].title
    for text in (shown(reply), plain(reply.text)):
        assert f"{len(facts.shown)} of 51 are sourced; for the rest ask the state agency." in text
        for value, heading in facts.headings.items():
            count = sum(line.value == value for line in facts.shown.values())
            assert f"{heading} ({count}):" in text
        for code in facts.shown:
            assert re.search(rf"\b{re.escape(knowledge.places.states[code].shown)}", text)
    assert "Alaska" not in shown(reply)


@pytest.mark.parametrize("subject", ["suta-rate", "workers-compensation", "state-licensing"])
async def test_all_states_are_a_table_behind_a_button(
    workspace: Workspace, knowledge: KnowledgeBase, subject: str
) -> None:
    reply = await ask(workspace, "channel", knowledge.entries[subject].question)
    await workspace.click("maya", reply, action_id="show_states")
    every = await workspace.next_message(ASK, reply.thread_ts)
    [[head, *rows]] = tables(every)
    assert head == ["State", "Under a PEO", "Source"]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len(rows) == 51
    texts = {row[0]: row[1] for row in rows}
    facts, states = knowledge.states[subject], knowledge.places.states
    assert {code for code, line in facts.shown.items() if texts[states[code].shown] != line.text} == set()
    assert {text for name, text in texts.items() if text.startswith("Nothing sourced. Ask the ")} == {
        texts[state.shown] for code, state in states.items() if code not in facts.shown
    }
    assert sum(len(cell) for row in [head, *rows] for cell in row) <= 10_000
    assert f"{len(facts.shown)} of 51 are sourced" in plain(every.text)


async def test_a_list_can_be_shared(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "command", "which states license PEOs")
    await workspace.click("maya", reply, action_id="share")
    shared = await workspace.next_message(ASK)
    assert f"{len(knowledge.states['state-licensing'].shown)} of 51 are sourced" in shown(shared)


async def test_a_line_is_shared_with_its_row(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    reply = await ask(workspace, "command", TEXAS)
    await workspace.click("maya", reply, action_id="share")
    assert line_of(knowledge, "TX") in shown(await workspace.next_message(ASK))


# --- One state


@pytest.mark.parametrize("typed", ["texas", "TX", "what about Texas?", "in texas", "texs"])
async def test_the_command_with_a_state_shows_its_three_lines(
    workspace: Workspace, knowledge: KnowledgeBase, typed: str
) -> None:
    outcome = await workspace.slash("maya", ASK, COMMAND, typed)
    assert outcome.message is not None, outcome.detail
    assert title(outcome.message) == "Texas"
    for subject, facts in knowledge.states.items():
        for text in (shown(outcome.message), plain(outcome.message.text)):
            assert knowledge.entries[subject].title in text
            assert facts.shown["TX"].text in text


async def test_a_card_of_a_state_leads_to_its_rows_and_can_be_shared(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    outcome = await workspace.slash("maya", ASK, COMMAND, "texas")
    assert outcome.message is not None, outcome.detail
    assert [label for _, label in buttons(outcome.message, "show_topic")] == ["Open"] * 3
    await workspace.click("maya", outcome.message, action_id="share")
    shared = await workspace.next_message(ASK)
    assert line_of(knowledge, "TX") in shown(shared)
    await workspace.click("andre", shared, action_id="show_topic:1")
    await workspace.settle()
    opened = [message for message in workspace.all_messages(ASK) if title(message) == knowledge.entries[SUTA].title]
    assert [line_of(knowledge, "TX") in shown(message) for message in opened] == [True]


async def opened_home(workspace: Workspace) -> View:
    await workspace.open_home("maya")
    await until(workspace, lambda: workspace.home("maya") is not None)
    view = workspace.home("maya")
    assert view is not None
    return view


def text_of(view: View) -> str:
    texts: list[Any] = [part["text"] for block in view.blocks for part in parts(block) if "text" in part]
    return plain("\n".join(text for text in texts if isinstance(text, str)))


async def test_the_home_tab_has_a_picker_that_opens_the_three_lines_of_a_state(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    home = await opened_home(workspace)
    [block] = [one for one in home.blocks if one.get("accessory", {}).get("action_id") == "open_state"]
    options = [option["value"] for option in block["accessory"]["options"]]
    assert len(options) == 51
    await workspace.click_in_view(home, action_id="open_state", value="VT", block_id=block["block_id"])
    await until(workspace, lambda: bool(workspace.views("maya")))
    [view] = workspace.views("maya")
    assert view.blocks[0]["text"]["text"] == "Vermont"
    for facts in knowledge.states.values():
        assert facts.shown["VT"].text in text_of(view)
    opens = next(one["accessory"] for one in view.blocks if "accessory" in one)
    await workspace.click_in_view(view, action_id=opens["action_id"])
    await until(workspace, lambda: workspace.views("maya")[0].blocks[0]["text"]["text"] != "Vermont")
    assert "Vermont:" in text_of(workspace.views("maya")[0])


async def test_the_home_tab_opens_every_topic_in_all_states(workspace: Workspace, knowledge: KnowledgeBase) -> None:
    home = await opened_home(workspace)
    [block] = [one for one in home.blocks if one["type"] == "actions"]
    for element in block["elements"]:
        await workspace.click_in_view(home, action_id=element["action_id"], block_id=block["block_id"])
        await until(workspace, lambda: bool(workspace.views("maya")))
        [view] = workspace.views("maya")
        facts = knowledge.states[element["value"]]
        assert [line.text for line in facts.shown.values() if line.text not in text_of(view)] == []
        assert f"{len(facts.shown)} of 51 are sourced" in text_of(view)
        await workspace.close_view(view)


async def test_the_record_of_a_question_says_which_places_it_named(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", "whose suta rate in Maine and Ontario")
    assert '"places": ["ME", "Ontario"]' in value_of(reply, "share")
