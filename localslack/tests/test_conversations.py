"""The methods that look up channels, messages and people."""

from typing import Any

import pytest

from localslack import Workspace
from support import Call

ASK, RANDOM = "C0ASK", "C0RANDOM"


async def names(call: Call, **arguments: Any) -> list[str]:
    return [channel["name"] for channel in (await call("users.conversations", **arguments))["channels"]]


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


async def test_the_bot_sees_the_channels_that_it_is_in(workspace: Workspace, call: Call) -> None:
    workspace.create_channel("leads", ["maya", workspace.bot_user_id], "group")
    workspace.create_channel("secret", ["maya"], "group")
    workspace.archive("#general")
    both = "public_channel,private_channel"
    assert await names(call, types=both) == ["general", "ask", "leads"]
    assert await names(call, types=both, exclude_archived=True) == ["ask", "leads"]
    assert await names(call) == ["general", "ask"]
    assert (await call("users.conversations", types="public_channel,rooms"))["error"] == "invalid_types"
