"""Failures that a test asks for."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from localslack import NotJson, Workspace
from support import Call

ASK, RANDOM = "C0ASK", "C0RANDOM"


async def post_raw(session: aiohttp.ClientSession, url: str, **request: Any) -> dict[str, Any]:
    async with session.post(url, **request) as response:
        body: dict[str, Any] = await response.json()
        return body


@pytest.mark.parametrize(
    ("failure", "status", "retry_after"),
    [
        pytest.param({"error": "ratelimited", "retry_after_seconds": 7}, 429, "7", id="rate limit"),
        pytest.param({"error": "internal_error"}, 200, None, id="internal error"),
        pytest.param({"error": "internal_error", "status": 503}, 503, None, id="server down"),
    ],
)
async def test_a_failure_can_be_asked_for(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    failure: dict[str, Any],
    status: int,
    retry_after: str | None,
) -> None:
    workspace.fail_next("chat.postMessage", times=2, **failure)
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    url = workspace.api_url + "chat.postMessage"
    for _ in range(2):
        async with session.post(url, json={"channel": ASK, "text": "x"}, headers=headers) as response:
            assert response.status == status
            assert response.headers.get("Retry-After") == retry_after
            assert (await response.json())["error"] == failure["error"]
    assert workspace.messages(ASK) == []
    assert (await post_raw(session, url, json={"channel": ASK, "text": "x"}, headers=headers))["ok"] is True


async def test_a_call_may_be_done_although_its_answer_says_otherwise(workspace: Workspace, call: Call) -> None:
    workspace.fail_next("chat.postMessage", status=503, is_done=True)
    assert (await call("chat.postMessage", channel=ASK, text="x"))["ok"] is False
    assert [message.text for message in workspace.messages(ASK)] == ["x"]


async def test_an_answer_may_be_lost(workspace: Workspace, call: Call) -> None:
    workspace.fail_next("chat.postMessage", is_done=True, is_lost=True)
    with pytest.raises(aiohttp.ClientError):
        await call("chat.postMessage", channel=ASK, text="x")
    assert [message.text for message in workspace.messages(ASK)] == ["x"]


async def test_an_answer_may_be_late(workspace: Workspace, call: Call) -> None:
    workspace.fail_next("chat.postMessage", is_done=True, late_seconds=0.2)
    started = time.perf_counter()
    assert (await call("chat.postMessage", channel=ASK, text="x"))["ok"] is False
    assert time.perf_counter() - started >= 0.2


async def test_a_call_may_be_done_long_after_its_answer(workspace: Workspace, call: Call) -> None:
    changes = workspace.subscribe()
    workspace.fail_next("chat.postMessage", status=504, done_after_seconds=0.05)
    assert (await call("chat.postMessage", channel=ASK, text="late"))["ok"] is False
    assert workspace.messages(ASK) == []
    async with asyncio.timeout(5):
        while not workspace.messages(ASK):
            await anext(changes)
    changes.close()
    assert [message.text for message in workspace.messages(ASK)] == ["late"]


async def test_a_failure_may_be_asked_for_in_one_channel(workspace: Workspace, call: Call) -> None:
    workspace.fail_next("chat.postMessage", "ratelimited", channel="#general")
    answers = [await call("chat.postMessage", channel=channel, text="x") for channel in (ASK, "C0GENERAL", "C0GENERAL")]
    assert [answer.get("error") for answer in answers] == [None, "ratelimited", None]


async def test_something_else_than_slack_may_answer(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    workspace.fail_next("chat.postMessage", status=403, page=NotJson("<h1>Blocked</h1>"))
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with session.post(workspace.api_url + "chat.postMessage", headers=headers) as response:
        assert (response.status, response.content_type) == (403, "text/html")
        assert await response.text() == "<h1>Blocked</h1>"


async def test_timestamps_rise_even_when_the_clock_stands_still(call: Call) -> None:
    stamps = [(await call("chat.postMessage", channel=ASK, text="x"))["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))
