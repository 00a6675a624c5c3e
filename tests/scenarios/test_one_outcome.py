"""Whatever Slack refuses or fails, whoever asked sees one outcome, wherever Slack still lets us show one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pytest

from bot.answering import AnswerService
from bot.demo import bot_in_workspace
from bot.workspace import RESPONSE_URL, Message, Workspace

from .support import A_QUESTION, ASK, ITS_TITLE, ask, buttons

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

    @property
    def quiet_seconds(self) -> float:
        """How long to wait for what may follow: what passes is tried again after a while."""
        return 1.6 if self.is_lost or self.error in ("internal_error", "service_unavailable", "ratelimited") else 0.2


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(answers) as running:
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
    (Fault("msg_too_long"), "thread"),
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


def seen(workspace: Workspace, asked: Message) -> dict[Where, list[Message]]:
    """What Maya sees of the bot, by place."""
    return {
        "thread": [one for one in workspace.messages(ASK, asked.ts)[1:] if one.bot_id],
        "ephemeral": workspace.ephemerals("maya", ASK),
        "direct": [one for one in workspace.messages(workspace.direct_channel("maya")) if one.bot_id],
    }


@pytest.mark.parametrize(("fault", "where"), FAULTS, ids=IDS)
async def test_a_mention_has_one_outcome(workspace: Workspace, fault: Fault, where: Where) -> None:
    break_down(workspace, fault, "chat.postMessage")
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle(quiet_seconds=fault.quiet_seconds)
    shown = seen(workspace, asked)
    assert {place for place, messages in shown.items() if messages} == ({where} - {"nowhere"})
    assert sum(len(messages) for messages in shown.values()) == (where != "nowhere")
    assert all(ITS_TITLE in message.text for messages in shown.values() for message in messages)


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "restricted_action"])
async def test_where_not_even_the_asker_can_be_told_there_they_are_written_to(workspace: Workspace, error: str) -> None:
    workspace.fail_next("chat.postMessage", error)
    workspace.fail_next("chat.postEphemeral", error)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    shown = seen(workspace, asked)
    assert {place: len(messages) for place, messages in shown.items()} == {"thread": 0, "ephemeral": 0, "direct": 1}


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS], ids=IDS)
async def test_a_button_has_one_outcome_for_whoever_pressed_it(workspace: Workspace, fault: Fault) -> None:
    asked = await workspace.mention("priya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    [(action_id, label), _] = buttons(reply, "show_topic")
    break_down(workspace, fault, "chat.postMessage")
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle(quiet_seconds=fault.quiet_seconds)
    shown = seen(workspace, asked)
    shown["thread"] = shown["thread"][1:]
    messages = [message for messages in shown.values() for message in messages]
    # The response_url of the button works without any right.
    assert len(messages) == 1
    assert label in messages[0].text


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS], ids=IDS)
async def test_a_button_under_what_one_person_sees_has_one_outcome(workspace: Workspace, fault: Fault) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    [(action_id, label), _] = buttons(reply, "show_topic")
    break_down(workspace, fault, RESPONSE_URL)
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle(quiet_seconds=fault.quiet_seconds)
    direct = [one for one in workspace.messages(workspace.direct_channel("maya")) if one.bot_id]
    messages = [*workspace.ephemerals("maya", ASK)[1:], *direct]
    assert len(messages) == 1
    assert label in messages[0].text
