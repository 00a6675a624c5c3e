"""What happens in the workspace reaches the app as Slack's events."""

from typing import Any

import aiohttp
import pytest

from localslack import Workspace
from support import Call, Manifest, Socket, connect_to

ASK = "#ask"


async def events_so_far(workspace: Workspace, socket: Socket) -> list[dict[str, Any]]:
    """The events sent so far, up to a marker that is sent last."""
    await workspace.deliver({"type": "marker"})
    events = []
    while (event := (await socket.receive_acked())["payload"]["event"])["type"] != "marker":
        events.append(event)
    return events


async def test_an_event_comes_in_slacks_envelope(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.post("maya", ASK, "Hello")
    envelope = await socket.receive_acked()
    assert envelope["type"] == "events_api"
    assert envelope["retry_attempt"] == 0
    assert envelope["accepts_response_payload"] is False
    payload = envelope["payload"]
    assert payload["type"] == "event_callback"
    assert payload["team_id"] == workspace.team_id
    assert payload["event_id"].startswith("Ev")
    assert payload["event_time"] == int(float(message.ts))
    assert payload["api_app_id"] == socket.hello["connection_info"]["app_id"]
    [authorization] = payload["authorizations"]
    assert authorization["user_id"] == workspace.bot_user_id
    assert authorization["is_bot"] is True


async def test_a_channel_message_is_told_once(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.post("maya", ASK, "Hello")
    [event] = await events_so_far(workspace, socket)
    assert event == {
        "type": "message",
        "user": "U0MAYA",
        "text": "Hello",
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": "C0ASK",
        "channel_type": "channel",
        "team": workspace.team_id,
        "client_msg_id": message.client_msg_id,
    }


async def test_a_mention_is_told_twice_with_one_ts_and_two_event_ids(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.mention("maya", ASK, "who pays?")
    payloads = [(await socket.receive_acked())["payload"] for _ in range(2)]
    plain, mention = (payload["event"] for payload in payloads)
    assert (plain["type"], mention["type"]) == ("message", "app_mention")
    assert plain["ts"] == mention["ts"] == message.ts
    assert mention["text"] == f"<@{workspace.bot_user_id}> who pays?"
    assert "channel_type" not in mention
    assert payloads[0]["event_id"] != payloads[1]["event_id"]


async def test_a_direct_message_is_no_mention(workspace: Workspace, socket: Socket) -> None:
    await workspace.direct_message("maya", f"<@{workspace.bot_user_id}> hi")
    [event] = await events_so_far(workspace, socket)
    assert (event["type"], event["channel"], event["channel_type"]) == ("message", "D0MAYA", "im")


@pytest.mark.parametrize(("kind", "channel_type"), [("channel", "channel"), ("group", "group"), ("mpim", "mpim")])
async def test_the_channel_type_is_told(workspace: Workspace, socket: Socket, kind: Any, channel_type: str) -> None:
    channel = workspace.create_channel("other", ["maya", workspace.bot], kind)
    await workspace.post("maya", channel, "Hello")
    [event] = await events_so_far(workspace, socket)
    assert event["channel_type"] == channel_type


async def test_nothing_is_told_of_a_channel_without_the_bot(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.mention("maya", "#random", "are you there?")
    await workspace.edit(message, "hello?")
    await workspace.delete(message)
    assert await events_so_far(workspace, socket) == []


@pytest.mark.parametrize(
    ("where", "missing"),
    [
        pytest.param(("settings", "event_subscriptions", "bot_events"), "message.channels", id="event"),
        pytest.param(("oauth_config", "scopes", "bot"), "channels:history", id="scope"),
    ],
)
async def test_an_event_needs_its_subscription_and_its_scope(
    manifest: Manifest, session: aiohttp.ClientSession, where: tuple[str, ...], missing: str
) -> None:
    listed: Any = manifest
    for key in where:
        listed = listed[key]
    listed.remove(missing)
    async with Workspace(manifest) as workspace:
        socket = await connect_to(workspace, session)
        await workspace.mention("maya", ASK, "hello")
        types = [event["type"] for event in await events_so_far(workspace, socket)]
        await socket.connection.close()
    assert types == ["app_mention"]


async def test_a_reply_names_its_thread_and_whose_it_is(workspace: Workspace, socket: Socket) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    await workspace.mention("andre", ASK, "do you know?", thread_ts=parent.ts)
    _, reply, mention = await events_so_far(workspace, socket)
    for event in (reply, mention):
        assert (event["thread_ts"], event["parent_user_id"]) == (parent.ts, "U0MAYA")


async def test_a_broadcast_reply_carries_its_root(workspace: Workspace, socket: Socket) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    await workspace.post("maya", ASK, "To all", thread_ts=parent.ts, subtype="thread_broadcast")
    _, event = await events_so_far(workspace, socket)
    assert event["subtype"] == "thread_broadcast"
    assert event["root"]["ts"] == parent.ts


async def test_a_file_comes_with_its_subtype(workspace: Workspace, socket: Socket) -> None:
    await workspace.post("maya", ASK, "See this", files=[{"id": "F1", "name": "plan.pdf"}])
    [event] = await events_so_far(workspace, socket)
    assert event["subtype"] == "file_share"
    assert event["files"] == [{"id": "F1", "name": "plan.pdf"}]


async def test_another_bot_has_a_bot_id_and_perhaps_no_user(workspace: Workspace, socket: Socket) -> None:
    await workspace.post(None, ASK, "Build is red", bot_id="B0OTHER", subtype="bot_message")
    [event] = await events_so_far(workspace, socket)
    assert (event["bot_id"], event["subtype"]) == ("B0OTHER", "bot_message")
    assert "user" not in event


async def test_an_edit_is_told_with_before_and_after(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.post("maya", ASK, "Helo")
    await workspace.edit(message, "Hello")
    _, event = await events_so_far(workspace, socket)
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["message"]["text"] == "Hello"
    assert event["message"]["edited"]["user"] == "U0MAYA"
    assert event["previous_message"]["text"] == "Helo"
    assert event["ts"] != message.ts


async def test_a_deletion_is_told_with_what_was_there(workspace: Workspace, socket: Socket) -> None:
    message = await workspace.post("maya", ASK, "Oops")
    await workspace.delete(message)
    _, event = await events_so_far(workspace, socket)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", message.ts)
    assert event["previous_message"]["text"] == "Oops"


async def test_a_deleted_parent_leaves_a_tombstone(workspace: Workspace, socket: Socket) -> None:
    parent = await workspace.post("maya", ASK, "A question")
    await workspace.post("andre", ASK, "A reply", thread_ts=parent.ts)
    await workspace.delete(parent)
    *_, event = await events_so_far(workspace, socket)
    assert event["subtype"] == "message_changed"
    assert event["message"]["subtype"] == "tombstone"
    assert [message.subtype for message in workspace.messages(ASK)] == ["tombstone"]


async def test_a_join_is_told_as_event_and_as_message(workspace: Workspace, socket: Socket) -> None:
    await workspace.join(workspace.bot, "#random")
    joined, message = await events_so_far(workspace, socket)
    assert joined["type"] == "member_joined_channel"
    assert (joined["user"], joined["channel_type"]) == (workspace.bot_user_id, "C")
    # Its text names the bot, and yet nobody mentioned it.
    assert message["subtype"] == "channel_join"
    assert workspace.bot_user_id in message["text"]


async def test_what_the_bot_posts_comes_back_to_it(workspace: Workspace, socket: Socket, call: Call) -> None:
    posted = await call("chat.postMessage", channel="C0ASK", text=f"I am <@{workspace.bot_user_id}>")
    await call("chat.update", channel="C0ASK", ts=posted["ts"], text="Never mind")
    await call("chat.delete", channel="C0ASK", ts=posted["ts"])
    own, changed, deleted = await events_so_far(workspace, socket)
    assert (own["type"], own["user"]) == ("message", workspace.bot_user_id)
    assert own["bot_id"] == posted["message"]["bot_id"]
    assert "subtype" not in own
    assert changed["message"]["text"] == "Never mind"
    assert deleted["deleted_ts"] == posted["ts"]


async def test_what_only_one_person_sees_is_not_told(workspace: Workspace, socket: Socket, call: Call) -> None:
    await call("chat.postEphemeral", channel="C0ASK", user="U0MAYA", text="psst")
    assert await events_so_far(workspace, socket) == []


async def test_opening_home_is_told_with_the_view_that_is_there(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    await workspace.open_home("maya")
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await call("views.publish", user_id="U0MAYA", view=home)
    await workspace.open_home("maya")
    first, second = await events_so_far(workspace, socket)
    assert first["tab"] == "home"
    assert (first["user"], first["channel"]) == ("U0MAYA", "D0MAYA")
    assert "view" not in first
    assert second["view"]["type"] == "home"


async def test_a_raw_event_goes_out_as_it_stands(workspace: Workspace, socket: Socket) -> None:
    await workspace.deliver({"type": "tokens_revoked", "tokens": {}}, event_id="Ev1", retry_attempt=2)
    envelope = await socket.receive_acked()
    assert envelope["retry_attempt"] == 2
    assert envelope["payload"]["event_id"] == "Ev1"
    assert envelope["payload"]["event"] == {"type": "tokens_revoked", "tokens": {}}


async def test_an_event_can_be_sent_again_with_its_event_id(workspace: Workspace, socket: Socket) -> None:
    delivery = await workspace.deliver({"type": "app_uninstalled"})
    first = await socket.receive_acked()
    await workspace.redeliver(delivery)
    second = await socket.receive_acked()
    assert second["payload"]["event_id"] == first["payload"]["event_id"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert second["envelope_id"] != first["envelope_id"]
