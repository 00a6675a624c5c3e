"""Whatever Slack refuses or fails, whoever asked sees one outcome, wherever Slack still lets us show one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pytest

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import bot_in_workspace
from bot.knowledge import KnowledgeBase
from localslack import RESPONSE_URL, Message, View, Workspace
from tests.shared import BRISK, PATIENT

from .support import (
    A_QUESTION,
    ASK,
    ITS_TITLE,
    ask,
    buttons,
    plain,
    said_by_bot,
    title,
    title_of,
    until,
    vote,
)

# Where the outcome shows: where it belongs, for the asker alone in the channel, in a direct message, nowhere.
Where: TypeAlias = Literal["thread", "ephemeral", "direct", "nowhere"]


@dataclass(frozen=True)
class Fault:
    """A call that fails.

    Attributes:
        error: Slack's.
        status: Of HTTP.
        is_lost: There is no answer at all.
        everywhere: Every call fails so from now on, as far as it could.
    """

    error: str
    status: int = 200
    is_lost: bool = False
    everywhere: bool = False


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(answers, pace=BRISK, timing=PATIENT) as running:
        yield running


def break_down(workspace: Workspace, fault: Fault, method: str) -> None:
    how = {"status": fault.status, "is_lost": fault.is_lost}
    if fault.error == "ratelimited":
        workspace.fail_next(method, fault.error, status=429, retry_after_seconds=1)
        return
    workspace.fail_next(method, fault.error, times=20 if fault.everywhere else 1, **how)  # type: ignore[arg-type]
    if fault.everywhere:
        workspace.fail_next("chat.postEphemeral", fault.error, times=20, **how)  # type: ignore[arg-type]


FAULTS: list[tuple[Fault, Where]] = [
    (Fault("internal_error", status=500), "thread"),
    (Fault("internal_error"), "thread"),
    (Fault("service_unavailable", status=503), "thread"),
    (Fault("ratelimited"), "thread"),
    (Fault("", is_lost=True), "thread"),
    (Fault("invalid_blocks"), "thread"),
    (Fault("some_future_error"), "thread"),
    (Fault("not_in_channel"), "ephemeral"),
    (Fault("is_archived"), "ephemeral"),
    (Fault("channel_not_found"), "ephemeral"),
    (Fault("restricted_action"), "ephemeral"),
    (Fault("message_not_found"), "ephemeral"),
    (Fault("thread_not_found"), "ephemeral"),
    (Fault("missing_scope", everywhere=True), "nowhere"),
    (Fault("token_revoked", everywhere=True), "nowhere"),
    (Fault("account_inactive", everywhere=True), "nowhere"),
]
IDS = [f"{fault.error or 'timeout'}-{fault.status}" for fault, _ in FAULTS]
# One of each kind: a failure that passes, no answer, and a refusal of the content, of the place and of the token. The
# others are treated as these are, and CI tries them all.
ONE_OF_EACH_KIND = {
    "internal_error-500",
    "timeout-200",
    "invalid_blocks-200",
    "not_in_channel-200",
    "token_revoked-200",
}
MARKS = [() if name in ONE_OF_EACH_KIND else (pytest.mark.exhaustive,) for name in IDS]
ANY_FAULT_AND_WHERE = pytest.mark.parametrize(
    ("fault", "where"),
    [pytest.param(*fault, id=name, marks=marks) for fault, name, marks in zip(FAULTS, IDS, MARKS, strict=True)],
)
ANY_FAULT = pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, id=name, marks=marks) for (fault, _), name, marks in zip(FAULTS, IDS, MARKS, strict=True)],
)
TAXES, TAXES_TITLE = "Who is liable for payroll taxes?", "Payroll tax liability"
# What stands under every answer.
REVIEWED = "Reviewed "


def seen(workspace: Workspace, asked: Message) -> dict[Where, list[Message]]:
    """What Maya sees of the bot, by place."""
    return {
        "thread": [one for one in workspace.messages(ASK, asked.ts)[1:] if one.bot_id],
        "ephemeral": workspace.ephemerals("maya", ASK),
        "direct": [one for one in workspace.messages(workspace.direct_channel("maya")) if one.bot_id],
    }


@ANY_FAULT_AND_WHERE
async def test_a_mention_has_one_outcome(workspace: Workspace, fault: Fault, where: Where) -> None:
    break_down(workspace, fault, "chat.postMessage")
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    shown = seen(workspace, asked)
    assert {place for place, messages in shown.items() if messages} == ({where} - {"nowhere"})
    assert sum(len(messages) for messages in shown.values()) == (where != "nowhere")
    assert all(ITS_TITLE in message.text for messages in shown.values() for message in messages)


@pytest.mark.parametrize("is_in_thread", [False, True], ids=["top-level message", "reply in a thread"])
async def test_an_ephemeral_answer_goes_where_slack_shows_it(workspace: Workspace, is_in_thread: bool) -> None:
    parent = await workspace.post("andre", ASK, "I have a question for later")
    thread_ts = parent.ts if is_in_thread else None
    workspace.fail_next("chat.postMessage", "restricted_action")
    await workspace.mention("maya", ASK, A_QUESTION, thread_ts=thread_ts)
    await workspace.settle()
    [told] = workspace.ephemerals("maya", ASK)
    assert ITS_TITLE in told.text
    assert told.thread_ts == thread_ts


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "restricted_action"])
async def test_where_not_even_the_asker_can_be_told_there_they_are_written_to(workspace: Workspace, error: str) -> None:
    workspace.fail_next("chat.postMessage", error)
    workspace.fail_next("chat.postEphemeral", error)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    shown = seen(workspace, asked)
    assert {place: len(messages) for place, messages in shown.items()} == {"thread": 0, "ephemeral": 0, "direct": 1}


@ANY_FAULT
async def test_a_button_has_one_outcome_for_whoever_pressed_it(
    workspace: Workspace, fault: Fault, knowledge: KnowledgeBase
) -> None:
    asked = await workspace.mention("priya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    [(action_id, label), _] = buttons(reply, "show_topic")
    break_down(workspace, fault, "chat.postMessage")
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle()
    shown = seen(workspace, asked)
    shown["thread"] = shown["thread"][1:]
    messages = [message for messages in shown.values() for message in messages]
    # The response_url of the button works without any right.
    assert len(messages) == 1
    assert title_of(knowledge, label) in plain(messages[0].text)


@ANY_FAULT
async def test_a_button_under_what_one_person_sees_has_one_outcome(
    workspace: Workspace, fault: Fault, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    [(action_id, label), _] = buttons(reply, "show_topic")
    break_down(workspace, fault, RESPONSE_URL)
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle()
    direct = [one for one in workspace.messages(workspace.direct_channel("maya")) if one.bot_id]
    messages = [*workspace.ephemerals("maya", ASK)[1:], *direct]
    assert len(messages) == 1
    assert title_of(knowledge, label) in plain(messages[0].text)


def all_seen(workspace: Workspace, asked: Message | None = None) -> list[Message]:
    """What Maya sees of the bot in a thread, for herself alone, and in direct messages."""
    thread = workspace.messages(ASK, asked.ts)[1:] if asked else []
    told = [*thread, *workspace.messages(workspace.direct_channel("maya"))]
    return [*(one for one in told if one.bot_id), *workspace.ephemerals("maya", ASK)]


async def one(workspace: Workspace, count: Callable[[], int]) -> None:
    """Wait for an outcome, and see that no second one follows."""
    await until(workspace, lambda: count() > 0)
    await workspace.settle()
    assert count() == 1


@ANY_FAULT
async def test_an_edited_question_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.next_message(ASK, asked.ts)
    break_down(workspace, fault, "chat.update")
    await workspace.edit(asked, f"<@{workspace.bot_user_id}> {TAXES}")
    if fault.error in ("token_revoked", "account_inactive"):
        # The workspace may be about to install the bot anew, and the reply is changed then.
        await workspace.settle()
        assert title(all_seen(workspace, asked)[0]) == ITS_TITLE
        return
    await one(workspace, lambda: len([seen for seen in all_seen(workspace, asked) if TAXES_TITLE in seen.text]))


@ANY_FAULT
async def test_a_choice_has_one_outcome(answers: AnswerService, fault: Fault, knowledge: KnowledgeBase) -> None:
    unsure = copy(answers)
    unsure.thresholds = Thresholds(answer=1.01, choices=0.0)
    async with bot_in_workspace(unsure, pace=BRISK, timing=PATIENT) as workspace:
        asked = await workspace.mention("priya", ASK, A_QUESTION)
        offer = await workspace.next_message(ASK, asked.ts)
        [(action_id, label), *_] = buttons(offer, "choose_topic")
        break_down(workspace, fault, "chat.update")
        await workspace.click("maya", offer, action_id=action_id)
        await one(workspace, lambda: len(answers_to(workspace, asked)))
        [answer] = answers_to(workspace, asked)
    assert title_of(knowledge, label) in plain(answer.text)


def answers_to(workspace: Workspace, asked: Message) -> list[Message]:
    return [one for one in all_seen(workspace, asked) if REVIEWED in one.text]


@ANY_FAULT
async def test_what_is_shared_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    break_down(workspace, fault, "chat.postMessage")
    await workspace.click("maya", reply, action_id="share")

    def outcomes() -> int:
        told = [one for one in all_seen(workspace) if "I did not share anything" in one.text]
        return len(said_by_bot(workspace, ASK)) + len(told)

    await one(workspace, outcomes)


@ANY_FAULT
async def test_a_vote_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    asked = await workspace.mention("priya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    break_down(workspace, fault, RESPONSE_URL)
    await vote(workspace, reply, "Helpful")
    await one(workspace, lambda: len(all_seen(workspace)))
    assert "counted" in all_seen(workspace)[0].text


@pytest.mark.parametrize("opened_by", ["the search of the Home tab", "a button of a reply"])
@ANY_FAULT
async def test_a_window_has_one_outcome(workspace: Workspace, fault: Fault, opened_by: str) -> None:
    asked = await workspace.mention("priya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    home = await home_of_maya(workspace)
    break_down(workspace, fault, "views.open")
    if opened_by == "the search of the Home tab":
        await workspace.click_in_view(home, action_id="search", value=A_QUESTION)
    else:
        await workspace.click("maya", reply, action_id="why")
    await one(workspace, lambda: len(workspace.views("maya")) + len(all_seen(workspace)))


async def home_of_maya(workspace: Workspace) -> View:
    await workspace.open_home("maya")
    await until(workspace, lambda: workspace.home("maya") is not None)
    home = workspace.home("maya")
    assert home is not None
    return home


async def test_a_window_that_slack_opened_although_it_did_not_say_so_is_all_that_comes(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    workspace.fail_next("views.open", status=500, is_done=True)
    await vote(workspace, reply, "Not helpful")
    await workspace.settle()
    assert len(workspace.views("maya")) == 1
    assert all_seen(workspace) == []


@ANY_FAULT
async def test_a_window_in_the_place_of_another_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    await workspace.click_in_view(await home_of_maya(workspace), action_id="search", value=A_QUESTION)
    await until(workspace, lambda: bool(workspace.views("maya")))
    [before] = workspace.views("maya")
    related = next(block["elements"][0] for block in before.blocks if block["type"] == "actions")
    break_down(workspace, fault, "views.update")
    await workspace.click_in_view(before, action_id=related["action_id"])
    await one(workspace, lambda: (workspace.views("maya")[0].blocks != before.blocks) + len(all_seen(workspace)))


@ANY_FAULT
async def test_a_home_tab_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    break_down(workspace, fault, "views.publish")
    await workspace.open_home("maya")
    await one(workspace, lambda: (workspace.home("maya") is not None) + len(all_seen(workspace)))
