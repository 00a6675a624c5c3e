"""Following what happens in the workspace, and how much of it is kept."""

import pytest

from localslack import Workspace
from localslack.state import changes as state_changes
from localslack.state import ephemerals, messages
from support import Call, Manifest

ASK = "#ask"


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
