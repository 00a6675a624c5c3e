"""Buttons, menus and inputs in messages."""

from typing import Any

import pytest

from interacting import ASK, CHOICES, act, option, plain
from localslack import Message, Workspace, WorkspaceError
from support import Call, Socket


async def test_a_click_carries_the_message_the_element_and_the_place(
    workspace: Workspace, socket: Socket, message: Message
) -> None:
    outcome, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    assert outcome.failure is None
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U0ANDRE"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": ASK,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": ASK, "name": "ask"}
    assert payload["message"]["ts"] == message.ts
    [action] = payload["actions"]
    expected = {"type": "button", "action_id": "topic_1", "block_id": "choices", "value": "suta-rate"}
    assert action.items() >= expected.items()


@pytest.mark.parametrize(
    ("action_id", "value", "field", "reported"),
    [
        pytest.param("state", "tx", "selected_option", option("tx"), id="menu"),
        pytest.param("more", "help", "selected_option", option("help"), id="overflow"),
        pytest.param("rate", "down", "value", "down", id="feedback"),
    ],
)
async def test_a_choice_is_reported_in_the_form_of_its_element(
    workspace: Workspace,
    socket: Socket,
    message: Message,
    action_id: str,
    value: str,
    field: str,
    reported: Any,
) -> None:
    action = workspace.click("maya", message, action_id=action_id, value=value)
    _, payload = await act(socket, action)
    assert payload["actions"][0][field] == reported


async def test_what_was_chosen_before_comes_with_the_next_click(
    workspace: Workspace, socket: Socket, message: Message
) -> None:
    await act(socket, workspace.click("maya", message, action_id="state", value="ny"))
    _, hers = await act(socket, workspace.click("maya", message, action_id="topic_1"))
    _, his = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    assert hers["state"]["values"]["choices"]["state"]["selected_option"] == option("ny")
    assert his["state"]["values"]["choices"]["state"]["selected_option"] is None
    assert "topic_1" not in hers["state"]["values"]["choices"]


async def test_a_vote_is_kept_for_the_voter_and_is_no_state(
    workspace: Workspace, socket: Socket, message: Message
) -> None:
    await act(socket, workspace.click("maya", message, action_id="rate", value="up"))
    await act(socket, workspace.click("maya", message, action_id="rate", value="down"))
    _, payload = await act(socket, workspace.click("maya", message, action_id="topic_1"))
    assert "feedback" not in payload["state"]["values"]
    [choices] = workspace.choices
    assert (choices.user_id, choices.values["feedback"]["rate"]["value"]) == ("U0MAYA", "down")


@pytest.mark.parametrize(
    ("action_id", "value", "complaint"),
    [
        pytest.param("nope", None, "there is no element with the action_id 'nope'", id="no such element"),
        pytest.param("topic_1", "other", "has the value 'suta-rate', not 'other'", id="another value"),
        pytest.param("state", "ca", r"offers \['ny', 'tx'\], not 'ca'", id="no such option"),
        pytest.param("rate", None, r"offer \['up', 'down'\]", id="feedback without a side"),
        pytest.param("for_priya", None, "there is no element", id="not shown to this person"),
    ],
)
async def test_what_is_not_on_the_screen_cannot_be_used(
    workspace: Workspace, message: Message, action_id: str, value: str | None, complaint: str
) -> None:
    with pytest.raises(WorkspaceError, match=complaint):
        await workspace.click("maya", message, action_id=action_id, value=value)


async def test_of_buttons_with_one_action_id_the_value_or_the_block_tells_which(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    def row(topic: str) -> dict[str, Any]:
        button = {"type": "button", "action_id": "topic", "text": plain(topic), "value": topic}
        return {"type": "actions", "block_id": f"row_{topic}", "elements": [button]}

    await call("chat.postMessage", channel=ASK, text="Which?", blocks=[row("suta"), row("futa")])
    await socket.receive_acked()
    [shown] = workspace.messages(ASK)
    _, by_value = await act(socket, workspace.click("maya", shown, action_id="topic", value="futa"))
    _, by_block = await act(socket, workspace.click("maya", shown, action_id="topic", block_id="row_suta"))
    assert [one["actions"][0]["value"] for one in (by_value, by_block)] == ["futa", "suta"]
    with pytest.raises(WorkspaceError, match="several elements have the action_id 'topic'"):
        await workspace.click("maya", shown, action_id="topic")


async def test_a_button_that_is_gone_cannot_be_clicked(workspace: Workspace, call: Call, message: Message) -> None:
    await call("chat.update", channel=ASK, ts=message.ts, text="Answered.")
    with pytest.raises(WorkspaceError, match="no element"):
        await workspace.click("maya", message, action_id="topic_1")
    await call("chat.delete", channel=ASK, ts=message.ts)
    with pytest.raises(WorkspaceError, match="not there any more"):
        await workspace.click("maya", message, action_id="topic_1")


async def test_a_click_on_an_ephemeral_message_carries_no_message(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    await call("chat.postEphemeral", channel=ASK, user="U0MAYA", text="Which?", blocks=[CHOICES])
    [shown] = workspace.ephemerals("maya", ASK)
    _, payload = await act(socket, workspace.click("maya", shown, action_id="topic_1"))
    assert "message" not in payload
    assert payload["container"]["is_ephemeral"] is True
