"""The shortcut in a message's menu: anybody's message is answered in its thread, or privately where that cannot be."""

from __future__ import annotations

import asyncio

import pytest

from localslack import Workspace

from .support import A_QUESTION, ASK, ITS_TITLE, OFF_TOPIC, posts, replies, title, until

SHORTCUT = "answer_message"


async def test_the_message_of_somebody_else_is_answered_in_its_thread(workspace: Workspace) -> None:
    asked = await workspace.post("andre", ASK, f"@carla {A_QUESTION}")
    outcome = await workspace.shortcut("maya", asked, SHORTCUT)
    assert outcome.failure is None
    reply = await workspace.next_message(ASK, asked.ts)
    assert title(reply) == ITS_TITLE
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1


async def test_a_message_inside_a_thread_is_answered_in_that_thread(workspace: Workspace) -> None:
    parent = await workspace.post("andre", ASK, "morning all")
    asked = await workspace.post("priya", ASK, A_QUESTION, thread_ts=parent.ts)
    await workspace.shortcut("maya", asked, SHORTCUT)
    assert title(await workspace.next_message(ASK, parent.ts)) == ITS_TITLE


async def test_chosen_by_several_people_it_is_answered_once_and_the_others_are_told(workspace: Workspace) -> None:
    asked = await workspace.post("andre", ASK, A_QUESTION)
    await asyncio.gather(*(workspace.shortcut(user, asked, SHORTCUT) for user in ("maya", "priya")))
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1
    told = [*workspace.ephemerals("maya", ASK), *workspace.ephemerals("priya", ASK)]
    assert ["already" in one.text for one in told] == [True]


async def test_a_mention_that_has_its_reply_gets_no_second_one(workspace: Workspace) -> None:
    asked = await workspace.mention("andre", ASK, A_QUESTION)
    await workspace.next_message(ASK, asked.ts)
    await workspace.shortcut("maya", asked, SHORTCUT)
    await until(workspace, lambda: bool(workspace.ephemerals("maya", ASK)))
    assert len(replies(workspace, asked)) == 1


async def test_where_the_bot_may_not_post_only_the_one_who_chose_it_sees_the_answer(workspace: Workspace) -> None:
    asked = await workspace.post("andre", "#random", A_QUESTION)
    await workspace.shortcut("maya", asked, SHORTCUT)
    await until(workspace, lambda: bool(workspace.ephemerals("maya", "#random")))
    [told] = workspace.ephemerals("maya", "#random")
    assert ITS_TITLE in told.text
    assert workspace.ephemerals("andre", "#random") == []
    assert [one for one in workspace.all_messages("#random") if one.bot_id] == []
    await workspace.settle()
    assert [call.error for call in workspace.traffic.calls("chat.postMessage")] == ["not_in_channel"]


async def test_where_the_bot_may_not_post_everybody_who_chooses_it_sees_the_answer(workspace: Workspace) -> None:
    asked = await workspace.post("andre", "#random", A_QUESTION)
    for user in ("maya", "andre", "maya"):
        await workspace.shortcut(user, asked, SHORTCUT)
        await workspace.settle()
    told = [[ITS_TITLE in one.text for one in workspace.ephemerals(user, "#random")] for user in ("maya", "andre")]
    assert told == [[True, True], [True]]


async def test_a_mention_whose_reply_slack_refused_may_be_answered_by_it(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "restricted_action")
    asked = await workspace.mention("andre", ASK, A_QUESTION)
    await workspace.settle()
    await workspace.shortcut("maya", asked, SHORTCUT)
    assert title(await workspace.next_message(ASK, asked.ts)) == ITS_TITLE


@pytest.mark.parametrize("where", ["thread", "channel"])
async def test_chosen_for_a_message_of_the_bot_it_says_that_this_is_no_question(
    workspace: Workspace, where: str
) -> None:
    asked = await workspace.mention("andre", ASK, A_QUESTION)
    own = await workspace.next_message(ASK, asked.ts)
    if where == "channel":
        await workspace.join(workspace.bot_user_id, "#random")
        own = await workspace.next_message("#random")
    await workspace.shortcut("maya", own, SHORTCUT)
    await workspace.settle()
    [told] = workspace.ephemerals("maya", own.channel_id)
    assert "I wrote that message" in told.text
    assert told.thread_ts == own.thread_ts
    assert len(replies(workspace, asked)) == 1


@pytest.mark.parametrize("text", [OFF_TOPIC, "ok", "<!channel> <@U0PRIYA>"])
async def test_what_is_no_question_for_the_bot_gets_a_plain_reply_without_a_ping(
    workspace: Workspace, text: str
) -> None:
    asked = await workspace.post("andre", ASK, text)
    await workspace.shortcut("maya", asked, SHORTCUT)
    reply = await workspace.next_message(ASK, asked.ts)
    assert reply.text
    assert "<!" not in reply.text
    assert "<@" not in reply.text
    assert posts(workspace) == 1
