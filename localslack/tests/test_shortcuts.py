"""Shortcuts of messages and of the whole workspace."""

import aiohttp
import pytest

from interacting import act, answer
from localslack import Workspace, WorkspaceError
from support import Manifest, Socket


async def test_a_message_shortcut_carries_the_message(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    message = await workspace.post("maya", "#random", "who pays SUTA?")
    outcome, payload = await act(socket, workspace.shortcut("andre", message, "explain"))
    assert outcome.failure is None
    assert (payload["type"], payload["callback_id"]) == ("message_action", "explain")
    assert payload["message"]["text"] == "who pays SUTA?"
    assert (payload["message_ts"], payload["channel"]["id"]) == (message.ts, "C0RANDOM")
    assert (await answer(session, payload, text="The client."))[0] == 200


async def test_a_global_shortcut_carries_no_channel(workspace: Workspace, socket: Socket) -> None:
    _, payload = await act(socket, workspace.global_shortcut("andre", "ask"))
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "ask")
    assert not {"channel", "response_url", "message"} & payload.keys()


async def test_a_shortcut_that_the_manifest_does_not_have_is_not_offered(workspace: Workspace) -> None:
    message = await workspace.post("maya", "#random", "hi")
    with pytest.raises(WorkspaceError, match="no message shortcut 'ask'"):
        await workspace.shortcut("andre", message, "ask")


async def test_nothing_can_be_clicked_while_interactivity_is_off(manifest: Manifest) -> None:
    manifest["settings"]["interactivity"]["is_enabled"] = False
    async with Workspace(manifest) as workspace:
        with pytest.raises(WorkspaceError, match=r"settings\.interactivity"):
            await workspace.global_shortcut("maya", "ask")
