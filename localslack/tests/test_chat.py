"""The methods of `chat.*`."""

from typing import Any

import aiohttp
import pytest

from localslack import Workspace
from support import Call, Manifest

ASK, RANDOM = "C0ASK", "C0RANDOM"
HELLO = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]


async def post_raw(session: aiohttp.ClientSession, url: str, **request: Any) -> dict[str, Any]:
    async with session.post(url, **request) as response:
        body: dict[str, Any] = await response.json()
        return body


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
