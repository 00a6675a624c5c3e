"""What a person enters or chooses is reported in Slack's form for that element."""

from typing import Any

import pytest

from localslack import WorkspaceError
from localslack.values import Choice, chosen_value, has_state, initial_values, is_empty


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


def element(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "it", **fields}


OPTIONS = [option("a"), option("b")]
GROUPS = [{"label": {"type": "plain_text", "text": "Group"}, "options": OPTIONS}]


@pytest.mark.parametrize(
    ("chosen_in", "choice", "reported"),
    [
        pytest.param(element("plain_text_input"), "hi", {"value": "hi"}, id="text"),
        pytest.param(element("number_input"), 3.5, {"value": "3.5"}, id="number, reported as text"),
        pytest.param(element("datepicker"), "2026-11-23", {"selected_date": "2026-11-23"}, id="date"),
        pytest.param(element("datepicker"), None, {"selected_date": None}, id="date taken back"),
        pytest.param(element("datetimepicker"), 1_700_000_000, {"selected_date_time": 1_700_000_000}, id="time"),
        pytest.param(element("users_select"), "U0MAYA", {"selected_user": "U0MAYA"}, id="user"),
        pytest.param(element("multi_users_select"), ["U0MAYA"], {"selected_users": ["U0MAYA"]}, id="several users"),
        pytest.param(element("static_select", options=OPTIONS), "b", {"selected_option": OPTIONS[1]}, id="one option"),
        pytest.param(
            element("static_select", option_groups=GROUPS),
            "a",
            {"selected_option": OPTIONS[0]},
            id="in a group",
        ),
        pytest.param(
            element("checkboxes", options=OPTIONS),
            ["b", "a"],
            {"selected_options": OPTIONS[::-1]},
            id="several",
        ),
        pytest.param(
            element("checkboxes", options=OPTIONS),
            "a",
            {"selected_options": OPTIONS[:1]},
            id="one",
        ),
        pytest.param(element("checkboxes", options=OPTIONS), [], {"selected_options": []}, id="none"),
    ],
)
def test_a_choice_is_reported_in_the_form_of_its_element(
    chosen_in: dict[str, Any], choice: Choice, reported: dict[str, Any]
) -> None:
    assert chosen_value(chosen_in, choice) == {"type": chosen_in["type"], **reported}


@pytest.mark.parametrize(
    ("chosen_in", "choice", "complaint"),
    [
        pytest.param(element("radio_buttons", options=OPTIONS), "c", r"offers \['a', 'b'\]", id="no option"),
        pytest.param(element("multi_users_select"), "U0MAYA", "takes a list", id="one where several go"),
        pytest.param(element("file_input"), "a.pdf", "cannot fill in a file_input", id="a file"),
    ],
)
def test_what_an_element_does_not_offer_cannot_be_chosen(
    chosen_in: dict[str, Any], choice: Choice, complaint: str
) -> None:
    with pytest.raises(WorkspaceError, match=complaint):
        chosen_value(chosen_in, choice)


@pytest.mark.parametrize(
    ("shown", "reported"),
    [
        pytest.param(element("plain_text_input"), {"value": None}, id="empty text"),
        pytest.param(element("plain_text_input", initial_value="x"), {"value": "x"}, id="text to begin with"),
        pytest.param(element("multi_users_select"), {"selected_users": []}, id="nobody"),
        pytest.param(
            element("static_select", options=OPTIONS, initial_option=OPTIONS[0]),
            {"selected_option": OPTIONS[0]},
            id="option to begin with",
        ),
        pytest.param(element("checkboxes", options=OPTIONS), {"selected_options": []}, id="none ticked"),
        pytest.param(element("file_input"), {"files": []}, id="no file"),
    ],
)
def test_an_element_starts_with_what_it_shows(shown: dict[str, Any], reported: dict[str, Any]) -> None:
    block = {"type": "input", "block_id": "b", "element": shown}
    assert initial_values([block]) == {"b": {"it": {"type": shown["type"], **reported}}}


@pytest.mark.parametrize("kind", ["button", "overflow", "feedback_buttons"])
def test_what_is_pressed_keeps_nothing(kind: str) -> None:
    assert not has_state(element(kind))


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        ({"type": "plain_text_input", "value": None}, True),
        ({"type": "plain_text_input", "value": ""}, True),
        ({"type": "plain_text_input", "value": "0"}, False),
        ({"type": "checkboxes", "selected_options": []}, True),
        ({"type": "checkboxes", "selected_options": [{}]}, False),
    ],
)
def test_a_field_is_empty_when_nothing_is_in_it(value: dict[str, Any], empty: bool) -> None:
    assert is_empty(value) is empty
