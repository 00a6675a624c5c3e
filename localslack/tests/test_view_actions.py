"""Modals and the Home tab: opened, filled in, submitted, closed."""

from typing import Any

import pytest

from interacting import CHOICES, act, option, plain
from localslack import View, Workspace, WorkspaceError
from support import Call, Clock, Manifest, Socket

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


async def test_home_cannot_be_opened_where_there_is_none(manifest: Manifest) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    with pytest.raises(WorkspaceError, match="home_tab_enabled"):
        await Workspace(manifest).open_home("maya")
