"""After an ambiguous failure exactly one reply remains, no matter whether and how late Slack posted the first one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace
from bot.conversation.deliveries import Pace
from localslack import NotJson, Workspace
from tests.shared import PATIENT

from .support import A_QUESTION, ASK, ITS_TITLE, ask, buttons, replies, said_by_bot, title, until

# The last check comes well after the latest late message of these tests.
WATCHFUL = Pace(poll_seconds=0.05, backoff_seconds=0.05, settle_seconds=0.3, look_again_seconds=(0.1, 1.2))


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(answers, pace=WATCHFUL, timing=PATIENT) as running:
        yield running


def looks(workspace: Workspace) -> int:
    """How often the bot has searched a conversation for its reply."""
    return len([call for call in workspace.traffic.api_calls if call.method in LOOKS])


LOOKS = ("conversations.replies", "conversations.history")


async def until_looked(workspace: Workspace, expected: int) -> None:
    await until(workspace, lambda: looks(workspace) >= expected)
    await workspace.settle()


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"status": 504, "page": NotJson("<h1>Gateway timeout</h1>")}, id="504"),
        pytest.param({"error": "internal_error"}, id="an internal error"),
        pytest.param({"is_lost": True}, id="connection reset"),
    ],
)
async def test_a_reply_that_appears_soon_after_a_failure_is_found_and_not_sent_again(
    workspace: Workspace, trouble: dict[str, Any]
) -> None:
    workspace.fail_next("chat.postMessage", done_after_seconds=0.15, **trouble)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await until_looked(workspace, 1)
    assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("surface", ["channel", "dm"])
async def test_a_reply_that_appears_after_the_retry_is_deleted(workspace: Workspace, surface: str) -> None:
    workspace.fail_next("chat.postMessage", status=504, done_after_seconds=0.9)
    if surface == "channel":
        asked = await workspace.mention("maya", ASK, A_QUESTION)
    else:
        asked = await workspace.direct_message("maya", A_QUESTION)
    # One look before the retry, and two after it.
    await until_looked(workspace, 3)
    await until(workspace, lambda: bool(workspace.traffic.calls("chat.delete")))
    await workspace.settle()
    said = said_by_bot(workspace, asked.channel_id) if surface == "dm" else replies(workspace, asked)
    [deleted] = [call.arguments["ts"] for call in workspace.traffic.calls("chat.delete")]
    assert [title(message) for message in said] == [ITS_TITLE]
    assert said[0].ts < deleted, "the reply that people saw first stays"


async def test_a_reply_that_appears_long_after_a_timeout_is_deleted(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.web_api.API_TIMEOUT_SECONDS", 0.3)
    async with bot_in_workspace(answers, pace=WATCHFUL) as workspace:
        workspace.fail_next("chat.postMessage", late_seconds=1.3, done_after_seconds=1.3)
        asked = await workspace.mention("maya", ASK, A_QUESTION)
        await until(workspace, lambda: bool(workspace.traffic.calls("chat.delete")))
        await workspace.settle()
        assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]


async def test_a_duplicate_of_a_shared_answer_is_deleted(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    workspace.fail_next("chat.postMessage", status=504, done_after_seconds=0.9)
    await workspace.click("maya", reply, action_id="share")
    await until(workspace, lambda: bool(workspace.traffic.calls("chat.delete")))
    await workspace.settle()
    assert len(said_by_bot(workspace, ASK)) == 1
    [left] = workspace.ephemerals("maya", ASK)
    assert buttons(left, "share") == []


@pytest.mark.parametrize(
    ("status", "page"),
    [
        pytest.param(200, NotJson(""), id="empty"),
        pytest.param(200, NotJson("<h1>Sign in</h1>"), id="HTML"),
        pytest.param(200, NotJson("Please wait", "text/plain"), id="plain text"),
        pytest.param(200, NotJson('{"ok": tr', "application/json"), id="truncated JSON"),
        pytest.param(200, NotJson('["ok"]', "application/json"), id="other JSON"),
        pytest.param(403, NotJson("<h1>Blocked</h1>"), id="403 by a proxy"),
        pytest.param(404, NotJson('{"error": "no such page"}', "application/json"), id="404 in JSON by a proxy"),
        pytest.param(408, NotJson("<h1>Too late</h1>"), id="408 by a proxy"),
    ],
)
async def test_a_response_that_is_not_slacks_is_no_refusal_and_the_reply_follows_its_question(
    workspace: Workspace, status: int, page: NotJson
) -> None:
    workspace.fail_next("chat.postMessage", status=status, page=page, is_done=True)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await until_looked(workspace, 1)
    assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]
    assert len(workspace.traffic.calls("chat.postMessage")) == 1
    assert workspace.ephemerals("maya", ASK) == []
    await workspace.edit(asked, f"<@{workspace.bot_user_id}> Who is liable for payroll taxes?")
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, asked)] == ["Payroll tax liability"]


async def test_after_a_response_that_is_not_slacks_a_missing_reply_is_sent(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", status=403, page=NotJson("<h1>Blocked</h1>"))
    assert title(await ask(workspace, "channel", A_QUESTION)) == ITS_TITLE


async def test_a_429_without_json_is_a_rate_limit(workspace: Workspace) -> None:
    page = NotJson("Slow down", "text/plain")
    workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=1, page=page)
    assert title(await ask(workspace, "channel", A_QUESTION)) == ITS_TITLE
    refused, sent = workspace.traffic.calls("chat.postMessage")
    assert sent.at - refused.at >= 1
    assert looks(workspace) == 0, "a rate-limited message was not posted"
