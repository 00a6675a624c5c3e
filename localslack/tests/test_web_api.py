"""The Web API: which token may call what, and in which form arguments come."""

import json
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from localslack import Workspace
from support import Clock, Manifest

ASK, RANDOM = "C0ASK", "C0RANDOM"
HELLO = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]


async def post_raw(session: aiohttp.ClientSession, url: str, **request: Any) -> dict[str, Any]:
    async with session.post(url, **request) as response:
        body: dict[str, Any] = await response.json()
        return body


@pytest.mark.parametrize(
    ("method", "authorization", "error"),
    [
        pytest.param("chat.shout", "bot", "unknown_method", id="unknown method"),
        pytest.param("auth.test", "", "not_authed", id="no token"),
        pytest.param("auth.test", "Bearer xoxb-other", "invalid_auth", id="another token"),
        pytest.param("auth.test", "Basic abc", "not_authed", id="not a bearer token"),
        pytest.param("auth.test", "app", "not_allowed_token_type", id="app token on a bot method"),
        pytest.param("apps.connections.open", "bot", "not_allowed_token_type", id="bot token on an app method"),
    ],
)
async def test_a_call_needs_a_known_method_and_the_right_token(
    workspace: Workspace, session: aiohttp.ClientSession, method: str, authorization: str, error: str
) -> None:
    tokens = {"bot": f"Bearer {workspace.bot_token}", "app": f"Bearer {workspace.app_token}"}
    headers = {"Authorization": tokens.get(authorization, authorization)}
    answer = await post_raw(session, workspace.api_url + method, headers=headers)
    assert answer == {"ok": False, "error": error}


async def test_auth_test_says_who_the_bot_is_and_what_it_may_do(
    workspace: Workspace, session: aiohttp.ClientSession, manifest: Manifest
) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with session.post(workspace.api_url + "auth.test", headers=headers) as response:
        answer = await response.json()
        scopes = response.headers["x-oauth-scopes"].split(",")
    assert answer["user_id"] == workspace.bot_user_id
    assert answer["team_id"] == workspace.team_id
    assert {"url", "team", "user", "bot_id"} <= answer.keys()
    assert scopes == manifest["oauth_config"]["scopes"]["bot"]


async def test_every_answer_tells_the_time_of_the_workspace(
    workspace: Workspace, session: aiohttp.ClientSession, clock: Clock
) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    for method in ("auth.test", "chat.shout"):
        async with session.post(workspace.api_url + method, headers=headers) as response:
            assert parsedate_to_datetime(response.headers["Date"]).timestamp() == clock.now


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b"{", "invalid_json", id="broken JSON"),
        pytest.param(b"[]", "json_not_object", id="a JSON array"),
    ],
)
async def test_a_json_body_has_to_be_an_object(
    workspace: Workspace, session: aiohttp.ClientSession, body: bytes, error: str
) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "application/json"}
    answer = await post_raw(session, workspace.api_url + "auth.test", data=body, headers=headers)
    assert answer["error"] == error


async def test_a_form_carries_blocks_as_json_and_may_carry_the_token(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    form = {"token": workspace.bot_token, "channel": ASK, "text": "Hi", "blocks": json.dumps(HELLO)}
    answer = await post_raw(session, workspace.api_url + "chat.postMessage", data=form)
    assert answer["ok"] is True
    [message] = workspace.messages(ASK)
    assert message.blocks[0]["text"]["text"] == "Hello"


async def test_the_traffic_shows_calls_without_their_token(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    form = {"token": workspace.bot_token, "channel": ASK, "text": "Hi"}
    await post_raw(session, workspace.api_url + "chat.postMessage", data=form)
    [record] = workspace.traffic.calls("chat.postMessage")
    assert record.arguments == {"channel": ASK, "text": "Hi"}
    assert record.response["ok"] is True


@pytest.mark.parametrize(
    ("method", "arguments", "scope"),
    [
        pytest.param("chat.postMessage", {"channel": ASK, "text": "x"}, "chat:write", id="post"),
        pytest.param(
            "chat.postEphemeral",
            {"channel": ASK, "user": "U0MAYA", "text": "x"},
            "chat:write",
            id="ephemeral",
        ),
        pytest.param("chat.update", {"channel": ASK, "ts": "1.0", "text": "x"}, "chat:write", id="update"),
        pytest.param("chat.delete", {"channel": ASK, "ts": "1.0"}, "chat:write", id="delete"),
        pytest.param("users.info", {"user": "U0MAYA"}, "users:read", id="user"),
        pytest.param("conversations.info", {"channel": ASK}, "channels:read", id="public channel"),
        pytest.param("conversations.info", {"channel": "D0MAYA"}, "im:read", id="direct messages"),
        pytest.param("conversations.replies", {"channel": ASK, "ts": "1.0"}, "channels:history", id="thread"),
        pytest.param("conversations.history", {"channel": "D0MAYA"}, "im:history", id="messages"),
        pytest.param("users.conversations", {}, "channels:read", id="public channels"),
        pytest.param("users.conversations", {"types": "private_channel"}, "groups:read", id="private channels"),
    ],
)
async def test_a_method_needs_its_scope_in_the_manifest(
    manifest: Manifest, session: aiohttp.ClientSession, method: str, arguments: dict[str, str], scope: str
) -> None:
    granted = [one for one in manifest["oauth_config"]["scopes"]["bot"] if one != scope]
    manifest["oauth_config"]["scopes"]["bot"] = granted
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        answer = await post_raw(session, workspace.api_url + method, json=arguments, headers=headers)
    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": scope,
        "provided": ",".join(granted),
    }
