"""Slash commands: what the app gets, and what the person sees of its ack."""

import pytest

from interacting import CHOICES, COMMAND, act
from localslack import Workspace
from support import IMPATIENT, Socket


async def test_a_command_carries_who_where_and_what(workspace: Workspace, socket: Socket) -> None:
    outcome, payload = await act(socket, workspace.slash("maya", "#random", COMMAND, " who pays? "))
    assert outcome.failure is None
    assert outcome.message is None
    expected = {
        "command": COMMAND,
        "text": "who pays?",
        "user_id": "U0MAYA",
        "user_name": "maya",
        "channel_id": "C0RANDOM",
        "channel_name": "random",
        "team_id": workspace.team_id,
        "is_enterprise_install": "false",
    }
    assert payload.items() >= expected.items()
    assert payload["trigger_id"]
    assert "thread_ts" not in payload


async def test_a_command_in_direct_messages_names_them_so(workspace: Workspace, socket: Socket) -> None:
    _, payload = await act(socket, workspace.slash("maya", "D0MAYA", COMMAND))
    assert payload["channel_name"] == "directmessage"


async def test_the_ack_of_a_command_shows_to_the_one_who_typed_it(workspace: Workspace, socket: Socket) -> None:
    ack = {"text": "Both.", "blocks": [CHOICES]}
    outcome, _ = await act(socket, workspace.slash("maya", "#random", COMMAND, "?"), ack)
    assert outcome.message is not None
    assert outcome.ack_seconds is not None
    assert workspace.ephemerals("maya", "#random") == [outcome.message]
    assert workspace.messages("#random") == []


async def test_the_ack_of_a_command_can_show_to_all(workspace: Workspace, socket: Socket) -> None:
    ack = {"text": "Both.", "response_type": "in_channel"}
    await act(socket, workspace.slash("maya", "#general", COMMAND, "?"), ack)
    assert [message.text for message in workspace.messages("#general")] == ["Both."]


async def test_an_ack_with_invalid_blocks_fails_where_the_person_sees_it(workspace: Workspace, socket: Socket) -> None:
    ack = {"text": "Both.", "blocks": [{"type": "hint"}]}
    outcome, _ = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"), ack)
    assert outcome.failure == "dispatch_failed"
    assert "unsupported type: hint [json-pointer:/blocks/0/type]" in outcome.detail
    assert workspace.ephemerals("maya", "#general") == []


async def test_a_command_fails_when_the_app_is_not_connected(workspace: Workspace) -> None:
    assert (await workspace.slash("maya", "#general", COMMAND)).failure == "dispatch_failed"


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
async def test_a_command_fails_when_the_app_is_too_slow(workspace: Workspace, socket: Socket) -> None:
    assert (await workspace.slash("maya", "#general", COMMAND)).failure == "operation_timeout"


async def test_a_command_that_the_manifest_does_not_have_is_unknown(workspace: Workspace, socket: Socket) -> None:
    outcome = await workspace.slash("maya", "#general", "/other")
    assert outcome.failure == "unknown_command"
    assert workspace.traffic.envelopes == []
