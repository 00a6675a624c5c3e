"""Commands, buttons, shortcuts, modals and response_urls, as a person and as the app see them."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest

from localslack import RESPONSE_URL, Message, Outcome, View, Workspace, WorkspaceError
from support import IMPATIENT, Call, Clock, Manifest, Socket

ASK = "C0ASK"
COMMAND = "/lunch"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.upper()), "value": value}


CHOICES = {
    "type": "actions",
    "block_id": "choices",
    "elements": [
        {"type": "button", "action_id": "topic_1", "text": plain("SUTA"), "value": "suta-rate"},
        {"type": "static_select", "action_id": "state", "options": [option("ny"), option("tx")]},
        {"type": "overflow", "action_id": "more", "options": [option("help")]},
        {
            "type": "button",
            "action_id": "for_priya",
            "text": plain("Priya"),
            "visible_to_user_ids": ["U0PRIYA"],
        },
    ],
}
FEEDBACK = {
    "type": "context_actions",
    "block_id": "feedback",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rate",
            "positive_button": {"text": plain("Good"), "value": "up"},
            "negative_button": {"text": plain("Bad"), "value": "down"},
        }
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "ask",
    "title": plain("Ask a person"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "private_metadata": "C0ASK",
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": plain("Question"),
            "element": {"type": "plain_text_input", "action_id": "words"},
        },
        {
            "type": "input",
            "block_id": "dish",
            "label": plain("Dish"),
            "optional": True,
            "element": {
                "type": "static_select",
                "action_id": "dish",
                "options": [option("soup"), option("salad")],
            },
        },
    ],
}


async def act(
    socket: Socket, action: Awaitable[Outcome], ack: dict[str, Any] | None = None
) -> tuple[Outcome, dict[str, Any]]:
    """Let a person do something, acknowledge it, and give what they see and what the app was sent."""
    doing = asyncio.ensure_future(action)
    envelope = await socket.receive_acked(ack)
    return await doing, envelope["payload"]


async def answer(session: aiohttp.ClientSession, payload: dict[str, Any], **body: Any) -> tuple[int, dict[str, Any]]:
    """Send something to the response_url of a payload."""
    async with session.post(payload["response_url"], json=body) as response:
        return response.status, await response.json()


@pytest.fixture
async def message(workspace: Workspace, socket: Socket, call: Call) -> Message:
    """A message of the bot with buttons, in a thread."""
    question = await workspace.post("maya", ASK, "A question")
    await socket.receive_acked()
    blocks = [CHOICES, FEEDBACK]
    await call("chat.postMessage", channel=ASK, text="Which?", blocks=blocks, thread_ts=question.ts)
    await socket.receive_acked()
    return workspace.messages(ASK, question.ts)[-1]


# Slash commands


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


# Clicks


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


# response_url


async def test_an_answer_shows_to_the_one_who_acted(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    assert await answer(session, payload, text="Just you") == (200, {"ok": True})
    assert [shown.text for shown in workspace.ephemerals("andre", ASK)] == ["Just you"]
    assert workspace.ephemerals("maya", ASK) == []


async def test_an_answer_can_go_to_all_even_where_the_bot_is_not(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#random", COMMAND, "?"))
    await answer(session, payload, text="For all", response_type="in_channel")
    assert [shown.text for shown in workspace.messages("#random")] == ["For all"]


async def test_an_answer_can_go_to_a_thread(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    body = {"text": "There", "response_type": "in_channel", "thread_ts": message.thread_ts}
    await answer(session, payload, **body)
    assert workspace.messages(ASK, message.thread_ts)[-1].text == "There"


async def test_an_answer_can_replace_and_delete_the_message_acted_on(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    await answer(session, payload, text="Replaced", replace_original=True)
    changed = workspace.message(ASK, message.ts)
    assert changed is not None
    assert (changed.text, changed.blocks) == ("Replaced", ())
    await answer(session, payload, delete_original=True)
    assert workspace.message(ASK, message.ts) is None
    gone = await answer(session, payload, text="Again", replace_original=True)
    assert gone == (400, {"ok": False, "error": "message_not_found"})


async def test_an_answer_can_replace_and_delete_what_a_command_showed(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    command = workspace.slash("maya", "#general", COMMAND, "?")
    _, payload = await act(socket, command, {"text": "Working on it"})
    await answer(session, payload, text="Done", replace_original=True)
    assert [shown.text for shown in workspace.ephemerals("maya", "#general")] == ["Done"]
    await answer(session, payload, delete_original=True)
    assert workspace.ephemerals("maya", "#general") == []


async def test_a_response_url_takes_five_answers(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    statuses = [(await answer(session, payload, text=str(number)))[0] for number in range(5)]
    assert statuses == [200] * 5
    assert await answer(session, payload, text="6") == (404, {"ok": False, "error": "used_url"})
    assert len(workspace.ephemerals("maya", "#general")) == 5


async def test_a_response_url_lasts_half_an_hour(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, clock: Clock
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    clock.now += 30 * 60
    assert (await answer(session, payload, text="In time"))[0] == 200
    clock.now += 1
    assert await answer(session, payload, text="Late") == (404, {"ok": False, "error": "expired_url"})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param({"text": "x", "blocks": [{"type": "hint"}]}, "invalid_blocks", id="unknown block"),
        pytest.param({"text": ""}, "no_text", id="no text"),
        pytest.param({"text": "x" * 40_001}, "msg_too_long", id="text too long"),
    ],
)
async def test_an_answer_is_checked_like_any_message_and_does_not_count_when_refused(
    workspace: Workspace,
    socket: Socket,
    session: aiohttp.ClientSession,
    body: dict[str, Any],
    error: str,
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    for _ in range(6):
        status, refusal = await answer(session, payload, **body)
        assert (status, refusal["error"]) == (400, error)
    assert (await answer(session, payload, text="Better"))[0] == 200
    assert [call.error for call in workspace.traffic.response_url_calls] == [error] * 6 + [None]


async def test_an_answer_has_to_be_json(workspace: Workspace, socket: Socket, session: aiohttp.ClientSession) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    async with session.post(payload["response_url"], data="{") as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")


async def test_a_failing_response_url_can_be_asked_for(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    workspace.fail_next(RESPONSE_URL, status=500)
    assert (await answer(session, payload, text="x"))[0] == 500
    assert (await answer(session, payload, text="x"))[0] == 200


# Shortcuts


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


# Views


async def open_form(workspace: Workspace, socket: Socket, call: Call) -> View:
    _, payload = await act(socket, workspace.global_shortcut("maya", "ask"))
    assert (await call("views.open", trigger_id=payload["trigger_id"], view=FORM))["ok"] is True
    [view] = workspace.views("maya")
    return view


async def test_a_trigger_opens_one_view(workspace: Workspace, socket: Socket, call: Call) -> None:
    _, payload = await act(socket, workspace.global_shortcut("maya", "ask"))
    assert (await call("views.open", trigger_id=payload["trigger_id"], view=FORM))["ok"] is True
    again = await call("views.open", trigger_id=payload["trigger_id"], view=FORM)
    assert again["error"] == "exchanged_trigger_id"
    assert len(workspace.views("maya")) == 1


async def test_a_trigger_lasts_three_seconds(workspace: Workspace, socket: Socket, call: Call, clock: Clock) -> None:
    _, payload = await act(socket, workspace.global_shortcut("maya", "ask"))
    clock.now += 3.1
    late = await call("views.open", trigger_id=payload["trigger_id"], view=FORM)
    assert late["error"] == "expired_trigger_id"


async def test_three_modals_fit_on_a_screen(workspace: Workspace, socket: Socket, call: Call) -> None:
    answers = []
    for _ in range(4):
        _, payload = await act(socket, workspace.global_shortcut("maya", "ask"))
        answers.append(await call("views.open", trigger_id=payload["trigger_id"], view=FORM))
    assert [one.get("error") for one in answers] == [None, None, None, "push_limit_reached"]
    first, second, _ = workspace.views("maya")
    assert (second.previous_view_id, second.root_view_id) == (first.id, first.id)


async def test_a_submission_carries_what_was_filled_in_and_closes_the_view(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    view = await open_form(workspace, socket, call)
    submission = workspace.submit_view(view, {"words": "Who pays?", "dish": "salad"})
    outcome, payload = await act(socket, submission)
    assert outcome.failure is None
    assert payload["type"] == "view_submission"
    assert "channel" not in payload
    assert payload["view"]["callback_id"] == "ask"
    assert payload["view"]["private_metadata"] == "C0ASK"
    assert payload["view"]["state"]["values"] == {
        "question": {"words": {"type": "plain_text_input", "value": "Who pays?"}},
        "dish": {"dish": {"type": "static_select", "selected_option": option("salad")}},
    }
    assert workspace.views("maya") == []


async def test_a_field_that_must_be_filled_in_holds_the_submission_back(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    view = await open_form(workspace, socket, call)
    with pytest.raises(WorkspaceError, match=r"'Question' \(words\) must be filled in"):
        await workspace.submit_view(view)


async def test_errors_show_at_their_fields_and_the_view_stays(workspace: Workspace, socket: Socket, call: Call) -> None:
    view = await open_form(workspace, socket, call)
    ack = {"response_action": "errors", "errors": {"question": "Too short"}}
    outcome, _ = await act(socket, workspace.submit_view(view, {"words": "?"}), ack)
    assert outcome.errors == {"question": "Too short"}
    [still_open] = workspace.views("maya")
    assert still_open.values["question"]["words"]["value"] == "?"


@pytest.mark.parametrize(
    "ack",
    [
        pytest.param({"response_action": "errors", "errors": {"other": "x"}}, id="unknown block_id"),
        pytest.param({"response_action": "update", "view": {"type": "modal"}}, id="invalid view"),
        pytest.param({"response_action": "dance"}, id="unknown action"),
    ],
)
async def test_an_invalid_answer_to_a_submission_shows_as_a_failure(
    workspace: Workspace, socket: Socket, call: Call, ack: dict[str, Any]
) -> None:
    view = await open_form(workspace, socket, call)
    outcome, _ = await act(socket, workspace.submit_view(view, {"words": "?"}), ack)
    assert outcome.failure == "dispatch_failed"
    assert outcome.detail
    assert len(workspace.views("maya")) == 1


@pytest.mark.parametrize(
    ("ack", "titles"),
    [
        pytest.param({"response_action": "update", "view": FORM | {"title": plain("B")}}, ["B"], id="update"),
        pytest.param(
            {"response_action": "push", "view": FORM | {"title": plain("B")}},
            ["Ask a person", "B"],
            id="push",
        ),
        pytest.param({"response_action": "clear"}, [], id="clear"),
    ],
)
async def test_the_answer_to_a_submission_decides_what_shows_next(
    workspace: Workspace, socket: Socket, call: Call, ack: dict[str, Any], titles: list[str]
) -> None:
    view = await open_form(workspace, socket, call)
    await act(socket, workspace.submit_view(view, {"words": "?"}), ack)
    assert [shown.body["title"]["text"] for shown in workspace.views("maya")] == titles


async def test_closing_a_view_is_told_when_it_asked_for_that(workspace: Workspace, socket: Socket, call: Call) -> None:
    view = await open_form(workspace, socket, call)
    _, payload = await act(socket, workspace.close_view(view))
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    assert workspace.views("maya") == []
    with pytest.raises(WorkspaceError, match="not open any more"):
        await workspace.submit_view(view, {"words": "?"})


async def test_an_update_keeps_what_was_filled_in(workspace: Workspace, socket: Socket, call: Call) -> None:
    view = await open_form(workspace, socket, call)
    await workspace.click_in_view(view, action_id="words", value="Who pays?")
    answer = await call("views.update", view_id=view.id, view=FORM | {"title": plain("B")})
    values = answer["view"]["state"]["values"]
    assert values["question"]["words"]["value"] == "Who pays?"
    late = await call("views.update", view_id=view.id, hash=view.hash, view=FORM)
    assert late["error"] == "hash_conflict"


async def test_a_click_on_home_carries_the_view_and_no_response_url(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    await call("views.publish", user_id="U0MAYA", view={"type": "home", "blocks": [CHOICES]})
    home = workspace.home("maya")
    assert home is not None
    _, payload = await act(socket, workspace.click_in_view(home, action_id="topic_1"))
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert payload["view"]["type"] == "home"
    assert not {"response_url", "channel", "message"} & payload.keys()
