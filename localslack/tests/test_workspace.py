"""The workspace itself: who can reach it, how it is followed, how much it keeps."""

import asyncio

import aiohttp
import pytest

from localslack import Message, Timing, User, Workspace, WorkspaceError
from localslack.settling import USUAL_PAUSE_SECONDS
from localslack.state import changes as state_changes
from localslack.state import ephemerals, messages
from support import Call, Manifest, Socket

ASK = "#ask"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "localhost"])
async def test_it_listens_on_loopback_only(manifest: Manifest, host: str) -> None:
    with pytest.raises(ValueError, match=r"cannot listen on .*127\.0\.0\.1"):
        await Workspace(manifest).start(host)


async def test_a_port_that_is_taken_is_said_so(workspace: Workspace, manifest: Manifest) -> None:
    port = int(workspace.api_url.split(":")[2].split("/")[0])
    second = Workspace(manifest)
    with pytest.raises(OSError, match="address already in use"):
        await second.start(port=port)
    with pytest.raises(RuntimeError, match="not running"):
        _ = second.api_url


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="a name that resolves here"),
        pytest.param({"Host": "127.0.0.1:1"}, id="another port"),
        pytest.param({"Origin": "https://evil.example"}, id="a page elsewhere"),
        pytest.param({"Origin": "null"}, id="a page from nowhere"),
    ],
)
async def test_it_answers_only_to_its_own_address(
    workspace: Workspace, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with session.post(workspace.api_url + "auth.test", headers=headers) as response:
        assert response.status == 403


async def test_it_answers_a_page_of_its_own(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    origin = workspace.api_url.removesuffix("/api/")
    async with session.post(workspace.api_url + "auth.test", headers={"Origin": origin}) as response:
        assert response.status == 200


async def test_it_has_no_address_before_it_starts(manifest: Manifest) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = Workspace(manifest).api_url


def test_a_manifest_without_a_bot_user_is_refused(manifest: Manifest) -> None:
    del manifest["features"]["bot_user"]
    with pytest.raises(ValueError, match="bot user"):
        Workspace(manifest)


def test_it_starts_with_three_people_and_three_channels(manifest: Manifest) -> None:
    workspace = Workspace(manifest)
    assert [person.name for person in workspace.people] == ["maya", "andre", "priya"]
    names = {channel.name: workspace.bot_user_id in channel.members for channel in workspace.channels}
    assert names == {"general": True, "ask": True, "random": False, "": True}
    for person in workspace.people:
        assert workspace.direct_channel(person).kind == "im"


@pytest.mark.parametrize("user", ["maya", "@maya", "U0MAYA", User("U0MAYA", "maya", "Maya Lindqvist")])
def test_people_are_found_by_any_name(manifest: Manifest, user: str | User) -> None:
    assert Workspace(manifest).user(user).id == "U0MAYA"


def test_who_or_what_is_not_there_is_said_with_what_is(manifest: Manifest) -> None:
    workspace = Workspace(manifest)
    with pytest.raises(WorkspaceError, match=r"Nobody here is 'bob'.*maya"):
        workspace.user("bob")
    with pytest.raises(WorkspaceError, match=r"no channel 'sales'.*general"):
        workspace.channel("#sales")


# What the client does for a person who types


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        pytest.param("hello", "hello", id="plain"),
        pytest.param("a < b & c > d", "a &lt; b &amp; c &gt; d", id="the three escapes"),
        pytest.param("@lunch-bot hi", "<@U0BOT> hi", id="the bot"),
        pytest.param("@Maya Lindqvist, @maya", "<@U0MAYA>, <@U0MAYA>", id="a person by either name"),
        pytest.param("@LUNCH-BOT hi", "<@U0BOT> hi", id="in capitals"),
        pytest.param("@mayas @bob", "@mayas @bob", id="nobody"),
        pytest.param("me@maya.example", "me@maya.example", id="an address is no mention"),
        pytest.param("see #general", "see <#C0GENERAL|general>", id="a channel"),
        pytest.param("@here look", "<!here> look", id="everybody here"),
        pytest.param("<!channel>", "&lt;!channel&gt;", id="markup as typed pings nobody"),
        pytest.param("(https://a.example/?a=1&b=2).", "(<https://a.example/?a=1&amp;b=2>).", id="a link"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_typing_gives_slacks_markup(manifest: Manifest, text: str, sent: str) -> None:
    assert Workspace(manifest).typed(text) == sent


async def test_nobody_writes_where_they_cannot(workspace: Workspace) -> None:
    secret = workspace.create_channel("secret", ["maya"], "group")
    with pytest.raises(WorkspaceError, match="andre is not in #secret"):
        await workspace.post("andre", secret, "hi")
    workspace.archive("#random")
    with pytest.raises(WorkspaceError, match="#random is archived"):
        await workspace.post("andre", "#random", "hi")
    with pytest.raises(WorkspaceError, match="at most 40000"):
        await workspace.post("andre", "#general", "x" * 40_001)
    with pytest.raises(WorkspaceError, match=r"no message 1\.0 "):
        await workspace.post("andre", "#general", "hi", thread_ts="1.0")


@pytest.mark.parametrize(
    ("setting", "value"), [("messages_tab_enabled", False), ("messages_tab_read_only_enabled", True)]
)
async def test_nobody_writes_to_an_app_that_takes_no_messages(manifest: Manifest, setting: str, value: bool) -> None:
    manifest["features"]["app_home"][setting] = value
    with pytest.raises(WorkspaceError, match="has been turned off"):
        await Workspace(manifest).direct_message("maya", "hi")


async def test_home_cannot_be_opened_where_there_is_none(manifest: Manifest) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    with pytest.raises(WorkspaceError, match="home_tab_enabled"):
        await Workspace(manifest).open_home("maya")


async def test_a_reply_to_a_reply_goes_to_the_thread(workspace: Workspace) -> None:
    parent = await workspace.post("maya", ASK, "A")
    reply = await workspace.post("andre", ASK, "B", thread_ts=parent.ts)
    second = await workspace.post("maya", ASK, "C", thread_ts=reply.ts)
    assert second.thread_ts == parent.ts


# Following along


async def test_followers_see_every_change_as_it_happens(workspace: Workspace, call: Call) -> None:
    changes = workspace.subscribe()
    message = await workspace.post("maya", "#random", "Hello")
    edited = await workspace.edit(message, "Hello!")
    await workspace.delete(edited)
    await call("chat.postEphemeral", channel="C0ASK", user="U0MAYA", text="psst")
    changes.close()
    seen = [change async for change in changes]
    assert [(change.kind, change.subject) for change in seen[:3]] == [
        ("message_posted", message),
        ("message_changed", edited),
        ("message_deleted", edited),
    ]
    assert [change.kind for change in seen[3:]] == ["ephemeral_shown", "traffic_recorded"]


async def test_followers_are_let_go_when_the_workspace_stops(manifest: Manifest) -> None:
    async with Workspace(manifest) as workspace:
        changes = workspace.subscribe()
    assert [change async for change in changes] == []


async def test_a_follower_who_does_not_read_is_let_go(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_changes, "CHANGES_KEPT_PER_SUBSCRIBER", 3)
    changes = workspace.subscribe()
    for number in range(5):
        await workspace.post("maya", "#random", str(number))
    assert len([change async for change in changes]) == 3


async def test_only_the_newest_messages_are_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MESSAGES_PER_CHANNEL", 3)
    parent = await workspace.post("maya", "#random", "0")
    for number in range(1, 5):
        await workspace.post("maya", "#random", str(number), thread_ts=parent.ts if number < 2 else None)
    assert [message.text for message in workspace.messages("#random")] == ["2", "3", "4"]
    assert workspace.messages("#random", parent.ts) == []


async def test_only_the_newest_of_what_one_person_sees_are_kept(
    workspace: Workspace, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ephemerals, "EPHEMERALS_PER_CHANNEL_AND_USER", 3)
    for number in range(5):
        await call("chat.postEphemeral", channel="C0ASK", user="U0MAYA", text=str(number))
    assert [message.text for message in workspace.ephemerals("maya", ASK)] == ["2", "3", "4"]


# Waiting


async def test_settling_waits_for_acks_and_for_calls(workspace: Workspace, socket: Socket, call: Call) -> None:
    async def answer_late() -> None:
        envelope = await socket.receive_acked()
        await asyncio.sleep(0.02)
        await call("chat.postMessage", channel=envelope["payload"]["event"]["channel"], text="Yes")
        await socket.receive_acked()

    await workspace.post("maya", ASK, "A question")
    answering = asyncio.create_task(answer_late())
    await workspace.settle()
    assert [message.text for message in workspace.messages(ASK)] == ["A question", "Yes"]
    await answering


async def test_settling_asks_an_app_that_can_be_asked_and_needs_no_pause_then(workspace: Workspace, call: Call) -> None:
    is_done = asyncio.Event()

    async def answer_after_a_long_pause() -> None:
        await asyncio.sleep(2 * USUAL_PAUSE_SECONDS)
        await call("chat.postMessage", channel="C0ASK", text="Yes")
        is_done.set()

    answering = asyncio.create_task(answer_after_a_long_pause())
    with workspace.waiting_for(is_done.is_set):
        await workspace.settle()
    assert [message.text for message in workspace.messages(ASK)] == ["Yes"]
    await answering


async def test_settling_says_that_an_app_does_not_get_done(workspace: Workspace) -> None:
    with workspace.waiting_for(lambda: False), pytest.raises(TimeoutError, match="not done: work between its calls"):
        await workspace.settle(timeout_seconds=0.05)


async def test_settling_gives_up_on_an_app_that_does_not_settle(manifest: Manifest) -> None:
    timing = Timing(retry_delays_seconds=(5.0,))
    async with Workspace(manifest, timing=timing) as workspace:
        await workspace.post("maya", ASK, "A question")
        with pytest.raises(TimeoutError, match="not done: an ack of message Ev"):
            await workspace.settle(timeout_seconds=0.05)


async def test_the_next_message_is_the_next_after_what_a_person_did(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    async def reply(text: str, thread_ts: str | None = None) -> None:
        await call("chat.postMessage", channel="C0ASK", text=text, thread_ts=thread_ts)

    await reply("Before")
    question = await workspace.post("maya", ASK, "A question")
    await reply("One", question.ts)
    await reply("Two")
    waiting = [await workspace.next_message(ASK), await workspace.next_message(ASK)]
    assert [message.text for message in waiting] == ["One", "Two"]
    later: asyncio.Task[Message] = asyncio.create_task(workspace.next_message(ASK, question.ts))
    await reply("Elsewhere")
    await reply("Three", question.ts)
    assert (await later).text == "Three"


async def test_waiting_for_a_message_that_does_not_come_ends(workspace: Workspace) -> None:
    await workspace.post("maya", "#random", "Anybody?")
    with pytest.raises(TimeoutError, match="posted nothing in C0RANDOM"):
        await workspace.next_message("#random", timeout_seconds=0.01)
