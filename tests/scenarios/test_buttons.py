"""The buttons under a reply: a click gives what its label says, once, to those who see the reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import bot_in_workspace
from bot.knowledge import KnowledgeBase, Row
from bot.slack.messages.small_print import shown_sources
from localslack import Message, Workspace
from tests.shared import CONCEPTS, PATIENT, ROWS

from .support import (
    A_QUESTION,
    ASK,
    OFF_TOPIC,
    Surface,
    ask,
    buttons,
    by_model,
    elements,
    labelled_sides,
    labelled_sides_in_text,
    on_button,
    plain,
    posts,
    replies,
    said_by_bot,
    shown,
    tables,
    title,
    title_of,
    until,
)


@pytest.fixture
def own_answers(answers: AnswerService) -> AnswerService:
    """A service that a test may change; what it was fitted on is shared, for fitting takes a second."""
    return copy(answers)


@pytest.fixture
def unsure_answers(own_answers: AnswerService) -> AnswerService:
    """A service that is never sure, and always offers choices."""
    own_answers.thresholds = Thresholds(answer=1.01, choices=0.0)
    return own_answers


@pytest.fixture
async def unsure(unsure_answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(unsure_answers, timing=PATIENT) as running:
        yield running


async def after_click(workspace: Workspace, message: Message, action_id: str, user: str = "maya") -> Message:
    """Click and wait for the message that it gives: under an ephemeral reply for this person, else for everybody."""
    before = len(workspace.ephemerals(user, message.channel_id))
    outcome = await workspace.click(user, message, action_id=action_id)
    assert outcome.failure is None
    if message.ephemeral_to is None:
        return await workspace.next_message(message.channel_id)
    await until(workspace, lambda: len(workspace.ephemerals(user, message.channel_id)) > before)
    [new] = workspace.ephemerals(user, message.channel_id)[before:]
    return new


# Related topics


@pytest.mark.parametrize("topic", [*ROWS, *CONCEPTS])
async def test_every_related_topic_is_shown_when_its_button_is_pressed(
    workspace: Workspace, knowledge: KnowledgeBase, topic: str
) -> None:
    entry = knowledge.entries[topic]
    reply = await ask(workspace, "dm", entry.question)
    related = buttons(reply, "show_topic")
    assert len(related) == 2
    others = [knowledge.entries[other] for other in entry.related[:2]]
    assert [label for _, label in related] == [on_button(other) for other in others]
    for (action_id, _), other in zip(related, others, strict=True):
        assert title(await after_click(workspace, reply, action_id)) == other.title


async def test_in_a_channel_a_related_topic_is_shown_in_the_same_thread(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    question = await workspace.mention("maya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, question.ts)
    [(action_id, label), _] = buttons(reply, "show_topic")
    await workspace.click("andre", reply, action_id=action_id)
    await workspace.settle()
    assert [title(message) for message in replies(workspace, question)][1:] == [title_of(knowledge, label)]
    assert said_by_bot(workspace, ASK) == []


async def test_in_a_direct_message_a_related_topic_is_shown_beside_the_answer(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "dm", A_QUESTION)
    [(action_id, label), _] = buttons(reply, "show_topic")
    related = await after_click(workspace, reply, action_id)
    assert title(related) == title_of(knowledge, label)
    assert related.thread_ts is None


@pytest.mark.parametrize("kind", ["show_topic", "show_more"])
async def test_under_an_ephemeral_answer_a_button_answers_only_the_one_who_sees_it(
    workspace: Workspace, kind: str
) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    (action_id, _), *_ = buttons(reply, kind)
    new = await after_click(workspace, reply, action_id)
    assert new.blocks
    first, second = workspace.ephemerals("maya", ASK)
    assert (first, second) == (reply, new), "the first answer stays"
    assert workspace.ephemerals("andre", ASK) == []
    assert posts(workspace) == 0


async def test_a_topic_reached_by_a_button_has_buttons_that_work(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    message = await ask(workspace, "command", A_QUESTION)
    for _ in range(3):
        (action_id, label), *_ = buttons(message, "show_topic")
        message = await after_click(workspace, message, action_id)
        assert title(message) == title_of(knowledge, label)


# More


@pytest.mark.parametrize("surface", ["channel", "dm", "command"])
async def test_more_tells_the_details_and_every_source(
    workspace: Workspace, knowledge: KnowledgeBase, surface: Surface
) -> None:
    entry = knowledge.entries["unemployment-claims"]
    reply = await ask(workspace, surface, entry.question)
    [(action_id, _)] = buttons(reply, "show_more")
    more = await after_click(workspace, reply, action_id)
    assert more.thread_ts == reply.thread_ts
    assert entry.more is not None
    for text in (shown(more), plain(more.text)):
        assert entry.title in text
        assert entry.more in text
        assert [one.title for one in shown_sources(entry, knowledge) if (one.title or "") not in text] == []


@pytest.mark.parametrize("topic", ROWS)
async def test_slack_takes_what_more_tells(workspace: Workspace, knowledge: KnowledgeBase, topic: str) -> None:
    reply = await ask(workspace, "dm", knowledge.entries[topic].question)
    for action_id, _ in buttons(reply, "show_more"):
        more = await after_click(workspace, reply, action_id)
        assert more.blocks
    assert {call.error for call in workspace.traffic.api_calls} == {None}


# The overview


@pytest.mark.parametrize("surface", ["channel", "dm", "command"])
async def test_the_overview_opens_where_its_button_stands(workspace: Workspace, surface: Surface) -> None:
    reply = await ask(workspace, surface, OFF_TOPIC)
    [(action_id, _)] = buttons(reply, "show_overview")
    overview = await after_click(workspace, reply, action_id)
    [[_, *rows]] = tables(overview)
    assert len(rows) == len(ROWS)
    assert (overview.thread_ts, overview.ephemeral_to) == (reply.thread_ts, reply.ephemeral_to)


# Once


@pytest.mark.parametrize("surface", ["channel", "dm"])
@pytest.mark.parametrize("who", [("maya", "maya"), ("maya", "andre")], ids=["twice", "by two people"])
async def test_a_button_pressed_again_gives_no_second_message(
    workspace: Workspace, surface: Surface, who: tuple[str, str]
) -> None:
    reply = await ask(workspace, surface, A_QUESTION)
    (action_id, _), *_ = buttons(reply, "show_topic")
    before = posts(workspace)
    await asyncio.gather(*(workspace.click(user, reply, action_id=action_id) for user in who))
    await until(workspace, lambda: posts(workspace) > before)
    await workspace.click(who[1], reply, action_id=action_id)
    await workspace.settle()
    assert posts(workspace) == before + 1


async def test_a_button_of_an_ephemeral_answer_pressed_again_gives_no_second_message(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    [(action_id, _)] = buttons(reply, "show_more")
    await asyncio.gather(*(workspace.click("maya", reply, action_id=action_id) for _ in range(3)))
    await until(workspace, lambda: len(workspace.ephemerals("maya", ASK)) > 1)
    await workspace.settle()
    assert len(workspace.ephemerals("maya", ASK)) == 2


async def test_the_same_button_under_another_answer_works(workspace: Workspace) -> None:
    for _ in range(2):
        reply = await ask(workspace, "channel", A_QUESTION)
        [(action_id, _)] = buttons(reply, "show_more")
        more = await after_click(workspace, reply, action_id)
        assert more.thread_ts == reply.thread_ts


async def test_a_button_whose_message_slack_refused_works_when_pressed_again(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    [(action_id, _)] = buttons(reply, "show_more")
    workspace.fail_next("chat.postMessage", "internal_error")
    outcome = await workspace.click("maya", reply, action_id=action_id)
    assert outcome.failure is None
    more = await after_click(workspace, reply, action_id)
    assert more.thread_ts == reply.thread_ts


# Choices


@pytest.mark.parametrize("surface", ["channel", "thread", "dm", "command"])
async def test_an_unsure_bot_offers_two_or_three_topics(
    unsure: Workspace, knowledge: KnowledgeBase, surface: Surface
) -> None:
    reply = await ask(unsure, surface, A_QUESTION)
    offered = [label for _, label in buttons(reply, "choose_topic")]
    assert 2 <= len(offered) <= 3
    assert len(set(offered)) == len(offered)
    by_label = {on_button(entry): entry for entry in knowledge.entries.values()}
    for label in offered:
        for text in (shown(reply), plain(reply.text)):
            assert by_label[label].question in text


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("surface", ["channel", "thread", "dm", "command"])
async def test_a_choice_turns_the_offer_into_the_answer_in_its_place(
    unsure: Workspace, knowledge: KnowledgeBase, surface: Surface, number: int
) -> None:
    offer = await ask(unsure, surface, A_QUESTION)
    before = messages_seen(unsure)
    action_id, label = buttons(offer, "choose_topic")[number]
    await unsure.click("maya", offer, action_id=action_id)
    await until(unsure, lambda: now(unsure, offer) != offer)
    await unsure.settle()
    answer = now(unsure, offer)
    entry = next(entry for entry in knowledge.entries.values() if on_button(entry) == label)
    assert title(answer) == entry.title
    assert buttons(answer, "choose_topic") == []
    assert plain(answer.text).startswith(entry.title)
    if isinstance(entry, Row):
        sides = {"ASO": entry.aso, "PEO": entry.peo}
        assert by_model(labelled_sides(answer)) == by_model(labelled_sides_in_text(answer)) == sides
    assert messages_seen(unsure) == before, "nothing is added"


@pytest.mark.parametrize("surface", ["channel", "dm", "command"])
async def test_of_two_choices_at_once_the_first_counts(
    unsure: Workspace, surface: Surface, knowledge: KnowledgeBase
) -> None:
    offer = await ask(unsure, surface, A_QUESTION)
    (first, label), (second, _), *_ = buttons(offer, "choose_topic")
    second_person = "andre" if surface == "channel" else "maya"
    before = messages_seen(unsure)
    await asyncio.gather(
        unsure.click("maya", offer, action_id=first), unsure.click(second_person, offer, action_id=second)
    )
    await unsure.settle()
    assert title(now(unsure, offer)) == title_of(knowledge, label)
    assert messages_seen(unsure) == before
    changes = len(unsure.traffic.calls("chat.update")) + len(unsure.traffic.response_url_calls)
    assert changes == 1


async def test_the_answer_that_was_chosen_has_buttons_that_work(unsure: Workspace, knowledge: KnowledgeBase) -> None:
    offer = await ask(unsure, "channel", A_QUESTION)
    (choice, _), *_ = buttons(offer, "choose_topic")
    await unsure.click("maya", offer, action_id=choice)
    await until(unsure, lambda: now(unsure, offer) != offer)
    answer = now(unsure, offer)
    (action_id, label), *_ = buttons(answer, "show_topic")
    assert title(await after_click(unsure, answer, action_id)) == title_of(knowledge, label)


def now(workspace: Workspace, message: Message) -> Message:
    """A message as it stands now."""
    if message.ephemeral_to is None:
        found = workspace.message(message.channel_id, message.ts)
        assert found is not None
        return found
    [found] = [one for one in workspace.ephemerals(message.ephemeral_to, message.channel_id) if one.ts == message.ts]
    return found


def messages_seen(workspace: Workspace) -> int:
    """How many messages of the bot there are, of all kinds."""
    posted = len(workspace.traffic.calls("chat.postMessage"))
    return posted + sum(len(workspace.ephemerals(user, ASK)) for user in workspace.people)


# Buttons that have outlived what they stood for


@pytest.mark.parametrize("surface", ["channel", "dm", "command"])
@pytest.mark.parametrize("kind", ["show_topic", "show_more"])
async def test_a_button_whose_topic_is_gone_says_so(own_answers: AnswerService, surface: Surface, kind: str) -> None:
    async with bot_in_workspace(own_answers, timing=PATIENT) as workspace:
        reply = await ask(workspace, surface, A_QUESTION)
        own_answers.knowledge = replace(own_answers.knowledge, entries={})
        (action_id, label), *_ = buttons(reply, kind)
        seen = len(workspace.ephemerals("maya", reply.channel_id))
        await workspace.click("maya", reply, action_id=action_id)
        await until(workspace, lambda: len(workspace.ephemerals("maya", reply.channel_id)) > seen)
        told = workspace.ephemerals("maya", reply.channel_id)[-1]
    assert "no longer" in told.text
    assert label not in told.text
    assert told.blocks == ()


async def test_a_choice_that_was_not_offered_changes_nothing_and_the_offer_stays_open(unsure: Workspace) -> None:
    offer = await ask(unsure, "channel", A_QUESTION)
    (action_id, _), *_ = buttons(offer, "choose_topic")
    other = next(one for one in ROWS if one not in [element.get("value") for element in elements(offer)])
    client = AsyncWebClient(token=unsure.bot_token, base_url=unsure.api_url)
    text = {"type": "plain_text", "text": "x"}
    forged = [
        {"type": "actions", "elements": [{"type": "button", "action_id": action_id, "text": text, "value": other}]}
    ]
    for blocks in (forged, list(offer.blocks)):
        await client.chat_update(channel=offer.channel_id, ts=offer.ts, text=offer.text, blocks=blocks)
        before = now(unsure, offer)
        await unsure.click("maya", before, action_id=action_id)
        await unsure.settle()
        assert (now(unsure, offer).blocks == before.blocks) is (blocks is forged)


async def test_a_choice_whose_topic_is_gone_says_so_in_the_place_of_the_offer(
    unsure: Workspace, unsure_answers: AnswerService
) -> None:
    offer = await ask(unsure, "channel", A_QUESTION)
    unsure_answers.knowledge = replace(unsure_answers.knowledge, entries={})
    (action_id, _), *_ = buttons(offer, "choose_topic")
    await unsure.click("maya", offer, action_id=action_id)
    await until(unsure, lambda: now(unsure, offer) != offer)
    told = now(unsure, offer)
    assert "no longer" in told.text
    assert told.blocks == ()


async def test_a_button_of_an_older_version_is_acknowledged_and_does_nothing(workspace: Workspace) -> None:
    text = {"type": "plain_text", "text": "Was this helpful?"}
    old: list[dict[str, Any]] = [{"type": "button", "action_id": "vote_up", "text": text, "value": "x"}]
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    blocks = [{"type": "actions", "elements": old}]
    posted = await client.chat_postMessage(channel=workspace.channel(ASK).id, text="old", blocks=blocks)
    message = workspace.message(ASK, posted["ts"])
    assert message is not None
    outcome = await workspace.click("maya", message, action_id="vote_up")
    await workspace.settle()
    assert outcome.failure is None
    assert posts(workspace) == 1
