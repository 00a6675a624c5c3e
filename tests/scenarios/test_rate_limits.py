"""A rate limit delays only the conversation or the call that it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace
from bot.slack.transport import modes
from localslack import Message, Workspace
from tests.shared import BRISK, PATIENT

from .conftest import bot_over_http
from .support import A_QUESTION, ASK, ITS_TITLE, replies, title, until

MANY = 60


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(
        answers, pace=replace(BRISK, poll_seconds=0.1, spacing_seconds=0.02), timing=PATIENT
    ) as running:
        yield running


async def ask_many(workspace: Workspace, count: int) -> list[Message]:
    return [await workspace.mention("maya", ASK, A_QUESTION) for _ in range(count)]


async def answered_elsewhere(workspace: Workspace) -> bool:
    asked = await workspace.mention("priya", "#general", A_QUESTION)
    return title(await workspace.next_message("#general", asked.ts)) == ITS_TITLE


@pytest.mark.parametrize("retry_after_seconds", [2, 300])
async def test_a_rate_limited_channel_does_not_delay_others(workspace: Workspace, retry_after_seconds: int) -> None:
    workspace.fail_next(
        "chat.postMessage", "ratelimited", channel=ASK, retry_after_seconds=retry_after_seconds, times=1_000
    )
    await ask_many(workspace, MANY)
    assert await answered_elsewhere(workspace)
    refused = [call for call in workspace.traffic.calls("chat.postMessage") if call.error]
    assert len(refused) < MANY / 2, "after the first refusals, the channel is left alone"
    workspace.recover("chat.postMessage")


async def test_deferred_questions_do_not_count_as_overload(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modes, "MOST_WAITING", 25)
    monkeypatch.setattr(modes, "LOOK_SECONDS", 0.05)
    async with bot_over_http(answers) as workspace:
        workspace.fail_next("chat.postMessage", "ratelimited", channel=ASK, retry_after_seconds=300, times=1_000)
        await ask_many(workspace, 30)
        await until(workspace, lambda: len(workspace.traffic.events("app_mention")) == 30)
        await workspace.settle()
        assert await answered_elsewhere(workspace)
        assert {envelope.status for envelope in workspace.traffic.events("app_mention")[30:]} == {200}


async def test_after_the_rate_limit_every_question_in_the_channel_is_answered_once(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "ratelimited", channel=ASK, retry_after_seconds=1, times=3)
    asked = await ask_many(workspace, 15)
    await until(workspace, lambda: all(replies(workspace, one) for one in asked))
    await workspace.settle()
    assert [len(replies(workspace, one)) for one in asked] == [1] * 15


async def test_rate_limited_home_tabs_do_not_delay_answers(workspace: Workspace) -> None:
    workspace.fail_next("views.publish", "ratelimited", retry_after_seconds=300, times=1_000)
    for _ in range(MANY):
        await workspace.open_home("maya")
    assert await answered_elsewhere(workspace)
