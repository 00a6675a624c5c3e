"""The Web API refuses what Slack refuses, with Slack's error codes."""

import asyncio
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from localslack import NotJson, Workspace
from support import Call, Clock, Manifest

ASK, RANDOM = "C0ASK", "C0RANDOM"
HELLO = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "blocks": [{"type": "divider"}],
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def post_raw(session: aiohttp.ClientSession, url: str, **request: Any) -> dict[str, Any]:
    async with session.post(url, **request) as response:
        body: dict[str, Any] = await response.json()
        return body


# Tokens and methods


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


# Scopes


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


# Messages


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"text": "x"}, "invalid_arguments", id="no channel"),
        pytest.param({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found", id="unknown channel"),
        pytest.param({"channel": "#ask", "text": "x"}, "channel_not_found", id="a name, not an id"),
        pytest.param({"channel": RANDOM, "text": "x"}, "not_in_channel", id="the bot is not in it"),
        pytest.param({"channel": ASK}, "no_text", id="neither text nor blocks"),
        pytest.param({"channel": ASK, "text": " \n"}, "no_text", id="blank text"),
        pytest.param({"channel": ASK, "text": "", "blocks": []}, "no_text", id="no blocks in a list"),
        pytest.param({"channel": ASK, "text": "x" * 40_001}, "msg_too_long", id="text too long"),
        pytest.param({"channel": ASK, "blocks": "[{"}, "invalid_blocks_format", id="broken blocks"),
        pytest.param({"channel": ASK, "blocks": [{"type": "hint"}]}, "invalid_blocks", id="unknown block"),
        pytest.param({"channel": ASK, "text": "x", "thread_ts": "1.000001"}, "thread_not_found", id="unknown thread"),
        pytest.param(
            {"channel": ASK, "text": "x", "metadata": {"event_type": "t"}},
            "invalid_metadata_schema",
            id="metadata without payload",
        ),
        pytest.param(
            {"channel": ASK, "text": "x", "metadata": "nope"}, "invalid_metadata_format", id="broken metadata"
        ),
    ],
)
async def test_a_message_that_slack_would_refuse_is_refused(
    workspace: Workspace, call: Call, arguments: dict[str, Any], error: str
) -> None:
    answer = await call("chat.postMessage", **arguments)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert workspace.messages(ASK) == []


async def test_a_fault_in_blocks_is_named_with_its_place(call: Call) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    answer = await call("chat.postMessage", channel=ASK, text="x", blocks=[block])
    line = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [line]
    assert answer["response_metadata"] == {"messages": [f"[ERROR] {line}"]}


async def test_a_text_of_exactly_the_limit_is_posted(workspace: Workspace, call: Call) -> None:
    assert (await call("chat.postMessage", channel=ASK, text="x" * 40_000))["ok"] is True
    assert len(workspace.messages(ASK)) == 1


async def test_an_archived_channel_takes_no_messages(workspace: Workspace, call: Call) -> None:
    workspace.archive("#ask")
    assert (await call("chat.postMessage", channel=ASK, text="x"))["error"] == "is_archived"


async def test_a_private_channel_without_the_bot_looks_like_no_channel(workspace: Workspace, call: Call) -> None:
    secret = workspace.create_channel("secret", ["maya"], "group")
    assert (await call("chat.postMessage", channel=secret.id, text="x"))["error"] == "channel_not_found"


async def test_posting_without_joining_needs_its_own_scope(manifest: Manifest, session: aiohttp.ClientSession) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("chat:write.public")
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        arguments = {"channel": RANDOM, "text": "x"}
        answer = await post_raw(session, workspace.api_url + "chat.postMessage", json=arguments, headers=headers)
    assert answer["ok"] is True


async def test_blocks_without_text_are_posted_with_a_warning(workspace: Workspace, call: Call) -> None:
    answer = await call("chat.postMessage", channel=ASK, blocks=HELLO)
    assert answer["ok"] is True
    assert answer["warning"] == "missing_text_in_message"
    assert answer["response_metadata"] == {"warnings": ["missing_text_in_message"]}
    assert [record.warning for record in workspace.traffic.api_calls] == ["missing_text_in_message"]


async def test_a_posted_message_comes_back_as_slack_gives_it(workspace: Workspace, call: Call) -> None:
    metadata = {"event_type": "answered", "event_payload": {"topic": "suta-rate"}}
    answer = await call("chat.postMessage", channel=ASK, text="Hi", blocks=HELLO, metadata=metadata)
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (ASK, message["ts"])
    assert message["user"] == workspace.bot_user_id
    assert message["bot_profile"]["name"] == "lunch-bot"
    assert message["metadata"] == metadata
    assert message["blocks"][0]["block_id"]
    assert "subtype" not in message


async def test_a_user_id_in_the_place_of_a_channel_means_direct_messages(workspace: Workspace, call: Call) -> None:
    answer = await call("chat.postMessage", channel="U0MAYA", text="Hi")
    assert answer["channel"] == "D0MAYA"


async def test_direct_messages_need_the_messages_tab(manifest: Manifest, session: aiohttp.ClientSession) -> None:
    manifest["features"]["app_home"]["messages_tab_enabled"] = False
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        arguments = {"channel": "D0MAYA", "text": "x"}
        answer = await post_raw(session, workspace.api_url + "chat.postMessage", json=arguments, headers=headers)
    assert answer["error"] == "messages_tab_disabled"


async def test_a_reply_belongs_to_its_thread_and_not_to_the_channel(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    reply = await call("chat.postMessage", channel=ASK, text="An answer", thread_ts=parent.ts)
    assert reply["message"]["parent_user_id"] == "U0MAYA"
    assert workspace.messages(ASK) == [parent]
    assert [message.text for message in workspace.messages(ASK, parent.ts)] == ["A question", "An answer"]


async def test_a_reply_to_a_reply_is_refused(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    reply = await call("chat.postMessage", channel=ASK, text="An answer", thread_ts=parent.ts)
    second = await call("chat.postMessage", channel=ASK, text="More", thread_ts=reply["ts"])
    assert second["error"] == "cannot_reply_to_message"


async def test_a_broadcast_reply_shows_in_the_channel_too(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    reply = await call("chat.postMessage", channel=ASK, text="To all", thread_ts=parent.ts, reply_broadcast=True)
    assert reply["message"]["subtype"] == "thread_broadcast"
    assert [message.text for message in workspace.messages(ASK)] == ["A question", "To all"]


# Updates, deletions, links


@pytest.mark.parametrize("method", ["chat.update", "chat.delete"])
async def test_only_a_message_that_is_there_can_be_changed(call: Call, method: str) -> None:
    answer = await call(method, channel=ASK, ts="1.000001", text="x")
    assert answer["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("method", "error"),
    [("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")],
)
async def test_only_own_messages_can_be_changed(workspace: Workspace, call: Call, method: str, error: str) -> None:
    message = await workspace.post("maya", ASK, "Mine")
    answer = await call(method, channel=ASK, ts=message.ts, text="x")
    assert answer["error"] == error
    assert workspace.messages(ASK) == [message]


async def test_an_update_with_only_a_text_drops_the_blocks_and_shows_as_edited(
    workspace: Workspace, call: Call
) -> None:
    ts = (await call("chat.postMessage", channel=ASK, text="a", blocks=HELLO))["ts"]
    answer = await call("chat.update", channel=ASK, ts=ts, text="b")
    [message] = workspace.messages(ASK)
    assert (message.text, message.blocks, message.edited_by) == ("b", (), workspace.bot_user_id)
    assert answer["message"]["edited"]["user"] == workspace.bot_user_id


async def test_an_update_with_blocks_does_not_show_as_edited(workspace: Workspace, call: Call) -> None:
    ts = (await call("chat.postMessage", channel=ASK, text="a"))["ts"]
    await call("chat.update", channel=ASK, ts=ts, text="b", blocks=HELLO)
    [message] = workspace.messages(ASK)
    assert message.edited_by is None
    assert len(message.blocks) == 1


async def test_a_deleted_message_is_gone(workspace: Workspace, call: Call) -> None:
    ts = (await call("chat.postMessage", channel=ASK, text="a"))["ts"]
    assert (await call("chat.delete", channel=ASK, ts=ts))["ok"] is True
    assert workspace.messages(ASK) == []


async def test_an_ephemeral_message_cannot_be_updated(workspace: Workspace, call: Call) -> None:
    shown = await call("chat.postEphemeral", channel=ASK, user="U0MAYA", text="psst")
    answer = await call("chat.update", channel=ASK, ts=shown["message_ts"], text="x")
    assert answer["error"] == "message_not_found"


async def test_an_ephemeral_message_shows_to_one_person(workspace: Workspace, call: Call) -> None:
    await call("chat.postEphemeral", channel=ASK, user="U0MAYA", text="psst")
    assert [message.text for message in workspace.ephemerals("maya", ASK)] == ["psst"]
    assert workspace.ephemerals("andre", ASK) == []
    assert workspace.messages(ASK) == []


async def test_an_ephemeral_message_in_a_thread_shows_only_where_somebody_has_replied(
    workspace: Workspace, call: Call
) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    for text in ("lost", "seen"):
        answer = await call("chat.postEphemeral", channel=ASK, user="U0MAYA", thread_ts=parent.ts, text=text)
        assert answer["ok"] is True
        await workspace.post("andre", ASK, "A reply", thread_ts=parent.ts)
    assert [message.text for message in workspace.ephemerals("maya", ASK)] == ["seen"]


async def test_an_ephemeral_message_needs_somebody_to_see_it(workspace: Workspace, call: Call) -> None:
    pair = workspace.create_channel("pair", ["maya", workspace.bot])
    answer = await call("chat.postEphemeral", channel=pair.id, user="U0ANDRE", text="psst")
    assert answer["error"] == "user_not_in_channel"


async def test_a_permalink_leads_to_a_message_in_its_thread(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    reply = await workspace.post("andre", ASK, "A reply", thread_ts=parent.ts)
    answer = await call("chat.getPermalink", channel=ASK, message_ts=reply.ts)
    assert f"/archives/{ASK}/p{reply.ts.replace('.', '')}" in answer["permalink"]
    assert f"thread_ts={parent.ts}" in answer["permalink"]
    missing = await call("chat.getPermalink", channel=ASK, message_ts="1.000001")
    assert missing["error"] == "message_not_found"


# Conversations and users


async def test_replies_give_the_parent_first_and_metadata_on_request(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    metadata = {"event_type": "answered", "event_payload": {}}
    await call("chat.postMessage", channel=ASK, text="Yes", thread_ts=parent.ts, metadata=metadata)
    plain = await call("conversations.replies", channel=ASK, ts=parent.ts)
    assert [message["text"] for message in plain["messages"]] == ["A question", "Yes"]
    assert plain["messages"][0]["reply_count"] == 1
    assert "metadata" not in plain["messages"][1]
    full = await call("conversations.replies", channel=ASK, ts=parent.ts, include_all_metadata=True)
    assert full["messages"][1]["metadata"] == metadata


async def test_history_gives_what_the_channel_itself_shows_youngest_first(workspace: Workspace, call: Call) -> None:
    metadata = {"event_type": "answered", "event_payload": {}}
    old = await workspace.post("maya", ASK, "Old")
    parent = await workspace.post("maya", ASK, "A question")
    await call("chat.postMessage", channel=ASK, text="In the thread", thread_ts=parent.ts)
    await call("chat.postMessage", channel=ASK, text="For all", thread_ts=parent.ts, reply_broadcast=True)
    await call("chat.postMessage", channel=ASK, text="An answer", metadata=metadata)
    since = await call("conversations.history", channel=ASK, oldest=old.ts)
    assert [message["text"] for message in since["messages"]] == ["An answer", "For all", "A question"]
    assert "metadata" not in since["messages"][0]
    full = await call("conversations.history", channel=ASK, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][-1]["text"] == "Old"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_messages_come_in_pages(workspace: Workspace, call: Call, method: str) -> None:
    parent = await workspace.post("maya", ASK, "0")
    for number in range(1, 5):
        thread_ts = parent.ts if method == "conversations.replies" else None
        await workspace.post("andre", ASK, str(number), thread_ts=thread_ts)
    arguments: dict[str, Any] = {"channel": ASK, "limit": 2}
    arguments |= {"ts": parent.ts} if method == "conversations.replies" else {}
    texts: list[str] = []
    cursor = ""
    for size in (2, 2, 1):
        page = await call(method, **arguments, cursor=cursor)
        assert len(page["messages"]) == size
        texts += [message["text"] for message in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
    assert cursor == ""
    assert sorted(texts) == ["0", "1", "2", "3", "4"]


async def test_replies_younger_than_a_message_come_with_their_parent(workspace: Workspace, call: Call) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    first = await workspace.post("andre", ASK, "First", thread_ts=parent.ts)
    await workspace.post("andre", ASK, "Second", thread_ts=parent.ts)
    answer = await call("conversations.replies", channel=ASK, ts=parent.ts, oldest=first.ts)
    assert [message["text"] for message in answer["messages"]] == ["A question", "Second"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        pytest.param("conversations.history", {"channel": RANDOM}, "not_in_channel", id="history of another channel"),
        pytest.param("conversations.history", {"channel": ASK, "limit": "0"}, "invalid_limit", id="no messages wanted"),
        pytest.param("conversations.history", {"channel": ASK, "cursor": "x"}, "invalid_cursor", id="no cursor"),
        pytest.param("conversations.replies", {"channel": ASK, "ts": "1.000001"}, "thread_not_found", id="no thread"),
        pytest.param(
            "conversations.replies",
            {"channel": RANDOM, "ts": "1.000001"},
            "not_in_channel",
            id="not a member",
        ),
        pytest.param("conversations.info", {"channel": "C0NO"}, "channel_not_found", id="no channel"),
        pytest.param("users.info", {"user": "U0NO"}, "user_not_found", id="no user"),
    ],
)
async def test_what_is_not_there_cannot_be_read(call: Call, method: str, arguments: dict[str, str], error: str) -> None:
    assert (await call(method, **arguments))["error"] == error


async def test_people_and_channels_can_be_looked_up(workspace: Workspace, call: Call) -> None:
    assert (await call("users.info", user="U0MAYA"))["user"]["real_name"] == "Maya Lindqvist"
    assert (await call("conversations.info", channel=RANDOM))["channel"]["is_member"] is False
    direct = (await call("conversations.info", channel="D0MAYA"))["channel"]
    assert (direct["is_im"], direct["user"]) == (True, "U0MAYA")


# Views


async def test_a_home_view_replaces_the_former_one(workspace: Workspace, call: Call) -> None:
    first = await call("views.publish", user_id="U0MAYA", view=HOME)
    second = await call("views.publish", user_id="U0MAYA", view=json.dumps(HOME))
    assert first["view"]["id"] == second["view"]["id"]
    assert first["view"]["hash"] != second["view"]["hash"]
    home = workspace.home("maya")
    assert home is not None
    assert home.hash == second["view"]["hash"]
    assert workspace.home("andre") is None


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        pytest.param("views.publish", {"user_id": "U0NO", "view": HOME}, "user_not_found", id="no user"),
        pytest.param("views.publish", {"user_id": "U0MAYA"}, "invalid_arguments", id="no view"),
        pytest.param("views.publish", {"user_id": "U0MAYA", "view": MODAL}, "invalid_arguments", id="a modal as Home"),
        pytest.param(
            "views.publish",
            {"user_id": "U0MAYA", "view": {"type": "home"}},
            "invalid_arguments",
            id="no blocks",
        ),
        pytest.param("views.open", {"view": MODAL}, "invalid_arguments", id="no trigger_id"),
        pytest.param(
            "views.open", {"trigger_id": "1.2.abc", "view": MODAL}, "invalid_trigger_id", id="unknown trigger"
        ),
        pytest.param("views.update", {"view_id": "V0NO", "view": MODAL}, "not_found", id="no such view"),
    ],
)
async def test_a_view_that_slack_would_refuse_is_refused(
    call: Call, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await call(method, **arguments))["error"] == error


async def test_a_fault_in_a_view_is_named_with_its_place(call: Call) -> None:
    view = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
    answer = await call("views.open", trigger_id="1.2.abc", view=view)
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


async def test_a_home_view_needs_the_home_tab(manifest: Manifest, session: aiohttp.ClientSession) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with Workspace(manifest) as workspace:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        arguments = {"user_id": "U0MAYA", "view": HOME}
        answer = await post_raw(session, workspace.api_url + "views.publish", json=arguments, headers=headers)
    assert answer["error"] == "not_enabled"


async def test_an_outdated_hash_does_not_overwrite_a_newer_home_view(call: Call) -> None:
    first = await call("views.publish", user_id="U0MAYA", view=HOME)
    await call("views.publish", user_id="U0MAYA", view=HOME)
    late = await call("views.publish", user_id="U0MAYA", view=HOME, hash=first["view"]["hash"])
    assert late["error"] == "hash_conflict"


# Conversations


async def test_the_bot_sees_the_channels_that_it_is_in(workspace: Workspace, call: Call) -> None:
    workspace.create_channel("leads", ["maya", workspace.bot_user_id], "group")
    workspace.create_channel("secret", ["maya"], "group")
    workspace.archive("#general")
    both = "public_channel,private_channel"
    assert await names(call, types=both) == ["general", "ask", "leads"]
    assert await names(call, types=both, exclude_archived=True) == ["ask", "leads"]
    assert await names(call) == ["general", "ask"]
    assert (await call("users.conversations", types="public_channel,rooms"))["error"] == "invalid_types"


async def names(call: Call, **arguments: Any) -> list[str]:
    return [channel["name"] for channel in (await call("users.conversations", **arguments))["channels"]]


# Failures on demand


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
