"""The page's server: only for its own address, within limits, and with clear refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from localslack import PageContent, Workspace
from localslack.page.page import LARGEST_REQUEST_BYTES, WINDOWS_AT_ONCE
from support import full_manifest


def live(workspace: Workspace) -> str:
    return workspace.page_url.replace("http", "ws", 1) + "page/live"


@pytest.fixture
async def window(workspace: Workspace, session: ClientSession) -> AsyncIterator[ClientWebSocketResponse]:
    """A window's connection, after its snapshot."""
    async with session.ws_connect(live(workspace)) as connection:
        assert (await connection.receive_json(timeout=5))["type"] == "snapshot"
        yield connection


async def ask(window: ClientWebSocketResponse, request: Any) -> dict[str, Any]:
    """Send a request and return its result, skipping the changes before it."""
    await window.send_str(request if isinstance(request, str) else json.dumps(request))
    while True:
        message: dict[str, Any] = await window.receive_json(timeout=5)
        if message["type"] == "result":
            return message


@pytest.mark.parametrize("path", ["", "page/main.js", "page/style.css", "page/icon.svg", "page/emoji.json"])
async def test_its_files_are_served_and_let_nothing_foreign_in(
    workspace: Workspace, session: ClientSession, path: str
) -> None:
    async with session.get(workspace.page_url + path) as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["page/nothing.js", "page/page.py", "page/..%2fpage.py", "page/%2e%2e/requests.py"])
async def test_other_files_are_not(workspace: Workspace, session: ClientSession, path: str) -> None:
    async with session.get(workspace.page_url + path) as response:
        assert response.status == 404


@pytest.mark.parametrize("path", ["", "page/live", "page/main.js"])
@pytest.mark.parametrize(
    "header",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
async def test_a_page_from_elsewhere_reaches_nothing(
    workspace: Workspace, session: ClientSession, path: str, header: dict[str, str]
) -> None:
    async with session.get(workspace.page_url + path, headers=header) as response:
        assert response.status == 403


async def test_a_picture_or_a_link_elsewhere_calls_no_method(workspace: Workspace, session: ClientSession) -> None:
    arguments = {"token": workspace.bot_token, "channel": "C0ASK", "text": "planted"}
    for mode in ("no-cors", "navigate"):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
        async with session.get(workspace.api_url + "chat.postMessage", params=arguments, headers=headers) as response:
            assert response.status == 403
    assert workspace.messages("ask") == []


async def test_a_form_that_does_not_say_where_it_comes_from_is_refused(
    workspace: Workspace, session: ClientSession
) -> None:
    for path in ("", "page/live", "page/main.js"):
        async with session.post(workspace.page_url + path, data={"text": "planted"}) as response:
            assert response.status == 403
        own = {"Origin": workspace.page_url.rstrip("/")}
        async with session.post(workspace.page_url + path, data={"text": "mine"}, headers=own) as response:
            assert response.status == 405


async def test_a_link_elsewhere_leads_to_the_page(workspace: Workspace, session: ClientSession) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with session.get(workspace.page_url, headers=headers) as response:
        assert response.status == 200


async def test_a_socket_from_another_site_is_refused(workspace: Workspace, session: ClientSession) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(live(workspace), origin="http://evil.example:80")
    assert refused.value.status == 403


async def test_the_snapshot_has_everything_and_no_token(session: ClientSession) -> None:
    content = PageContent(samples=("who pays?",), next_steps=("install it",))
    async with Workspace(full_manifest(), page_content=content) as workspace:
        await workspace.post("maya", "general", "hello")
        async with session.ws_connect(live(workspace)) as connection:
            text = await connection.receive_str(timeout=5)
        assert workspace.bot_token not in text
        assert workspace.app_token not in text
    snapshot = json.loads(text)
    assert [message["text"] for message in snapshot["messages"]] == ["hello"]
    assert snapshot["content"] == {"samples": ["who pays?"], "next_steps": ["install it"]}
    assert snapshot["app"]["commands"] == [{"name": "/lunch", "description": "Ask", "usage_hint": ""}]
    assert [shortcut["name"] for shortcut in snapshot["app"]["shortcuts"]] == ["Explain", "Ask"]


async def test_each_change_is_told_once(workspace: Workspace, window: ClientWebSocketResponse) -> None:
    await workspace.post("maya", "random", "one")
    change = await window.receive_json(timeout=5)
    assert (change["kind"], change["subject"]["text"]) == ("message_posted", "one")
    with pytest.raises(asyncio.TimeoutError):
        await window.receive(timeout=0.1)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ("not json", "cannot be read"),
        ("[]", "cannot be read"),
        ({"id": 1, "as": "U0MAYA", "do": "dance"}, "cannot be read"),
        ({"id": 1, "as": "U0MAYA", "do": "post", "channel": "general"}, "text: Field required"),
        ({"id": 1, "as": "U0MAYA", "do": "post", "channel": "nowhere", "text": "x"}, "no channel 'nowhere'"),
        ({"id": 1, "as": "U0MAYA", "do": "post", "channel": "general", "text": " "}, "empty message"),
        ({"id": 1, "as": "U0MAYA", "do": "post", "channel": "general", "text": "x" * 40_001}, "at most 40000"),
        ({"id": 1, "as": "nobody", "do": "post", "channel": "general", "text": "x"}, "Nobody here"),
        ({"id": 1, "as": "U0BOT", "do": "post", "channel": "general", "text": "x"}, "is an app"),
        ({"id": 1, "as": "U0MAYA", "do": "delete", "channel": "general", "ts": "1.2"}, "Only its author"),
        ({"id": 1, "as": "U0MAYA", "do": "submit", "view": "V1"}, "not open any more"),
        ({"id": 1, "as": "U0MAYA", "do": "shortcut", "callback_id": "none"}, "no global shortcut"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    workspace: Workspace, window: ClientWebSocketResponse, request_: Any, told: str
) -> None:
    result = await ask(window, request_)
    assert told in result["error"]
    assert workspace.messages("general") == []


async def test_nobody_changes_the_words_of_others(workspace: Workspace, window: ClientWebSocketResponse) -> None:
    message = await workspace.post("andre", "general", "mine")
    about = {"id": 1, "as": "U0MAYA", "channel": "general", "ts": message.ts}
    for request in ({**about, "do": "edit", "text": "yours"}, {**about, "do": "delete"}):
        assert "Only its author" in (await ask(window, request))["error"]
    assert workspace.message("general", message.ts) == message


async def test_a_request_that_is_too_large_ends_the_connection(
    workspace: Workspace, window: ClientWebSocketResponse
) -> None:
    await window.send_str("x" * (LARGEST_REQUEST_BYTES + 1))
    assert (await window.receive(timeout=5)).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    assert window.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_there_is_an_end_to_windows(workspace: Workspace, session: ClientSession) -> None:
    opened = [await session.ws_connect(live(workspace)) for _ in range(WINDOWS_AT_ONCE)]
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(live(workspace))
    assert refused.value.status == 503
    for connection in opened:
        await connection.close()
    async with session.ws_connect(live(workspace)) as again:
        assert (await again.receive_json(timeout=5))["type"] == "snapshot"
