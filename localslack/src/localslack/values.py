"""What a person chooses or types in an element, in the form in which Slack reports it.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from localslack.block_kit import interactive_elements
from localslack.block_kit.elements import options_of
from localslack.errors import WorkspaceError
from localslack.model import Payload, ViewValues

Choice: TypeAlias = str | int | float | Sequence[str] | None
"""What a person enters in an element: text, the value of an option, a date, an id."""

# Element type -> the field of its value, and the field of the element that it starts from.
_PLAIN_VALUES = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_ONE_OPTION = ("static_select", "external_select", "radio_buttons")
_MANY_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")
_BUTTONS = ("button", "icon_button", "workflow_button")


def initial_values(blocks: Iterable[Payload]) -> dict[str, dict[str, Payload]]:
    """The values that the elements of these blocks start with, as in ``state.values``.

    Buttons and overflow menus have no state.
    """
    values: dict[str, dict[str, Payload]] = {}
    for placed in interactive_elements(blocks):
        value = _initial_value(placed.element)
        if value is not None:
            values.setdefault(placed.block_id, {})[placed.action_id] = value
    return values


def has_state(element: Payload) -> bool:
    """Whether the element keeps what is chosen; buttons and overflow menus do not."""
    return _initial_value(element) is not None


def with_value(values: ViewValues, block_id: str, action_id: str, value: Payload) -> ViewValues:
    """The values with one of them replaced."""
    actions = {**values.get(block_id, {}), action_id: value}
    return {**values, block_id: actions}


def is_vote(value: Payload) -> bool:
    """Whether this is a press of a feedback button, which the voter sees as pressed although Slack reports no state."""
    return bool(value["type"] == "feedback_buttons")


def without_votes(values: ViewValues) -> ViewValues:
    """The values that Slack reports, without those that only the voter sees."""
    kept = {
        block_id: {action_id: value for action_id, value in actions.items() if not is_vote(value)}
        for block_id, actions in values.items()
    }
    return {block_id: actions for block_id, actions in kept.items() if actions}


def _initial_value(element: Payload) -> Payload | None:
    kind = element["type"]
    if kind in _PLAIN_VALUES:
        field, initial = _PLAIN_VALUES[kind]
        empty: list[str] | None = [] if kind.startswith("multi_") else None
        return {"type": kind, field: element.get(initial, empty)}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options", ()))}
    if kind == "file_input":
        return {"type": kind, "files": []}
    return None


def chosen_value(element: Payload, choice: Choice) -> Payload:
    """The value of an element after a person has made a choice.

    Args:
        element: A valid interactive element.
        choice: For a button None or its own value; for feedback buttons the value of one of the two.

    Raises:
        WorkspaceError: The element does not offer that choice.
    """
    kind = element["type"]
    if kind in _BUTTONS:
        return _pressed(element, choice)
    if kind == "feedback_buttons":
        return {"type": kind, "value": _feedback(element, choice)}
    if kind in (*_ONE_OPTION, "overflow"):
        return {"type": kind, "selected_option": _option(element, choice)}
    if kind in _MANY_OPTIONS:
        wanted = [choice] if isinstance(choice, str) else list(_sequence(element, choice))
        return {"type": kind, "selected_options": [_option(element, one) for one in wanted]}
    if kind.startswith("multi_"):
        return {"type": kind, _PLAIN_VALUES[kind][0]: list(_sequence(element, choice))}
    if kind in _PLAIN_VALUES:
        as_given = kind == "datetimepicker" or choice is None
        return {"type": kind, _PLAIN_VALUES[kind][0]: choice if as_given else str(choice)}
    raise WorkspaceError(f"The local workspace cannot fill in a {kind}.")


def is_empty(value: Payload) -> bool:
    """Whether nothing has been filled in or chosen."""
    return all(content in (None, "", []) for field, content in value.items() if field != "type")


def _pressed(element: Payload, choice: Choice) -> Payload:
    if choice is not None and choice != element.get("value"):
        raise WorkspaceError(f"Button {element['action_id']!r} has the value {element.get('value')!r}, not {choice!r}.")
    value: dict[str, Any] = {"type": element["type"], "text": element["text"]}
    value |= {name: element[name] for name in ("value", "style") if name in element}
    return value


def _feedback(element: Payload, choice: Choice) -> str:
    offered = [element[name]["value"] for name in ("positive_button", "negative_button")]
    if choice not in offered:
        raise WorkspaceError(f"Feedback buttons {element['action_id']!r} offer {offered}, not {choice!r}.")
    return str(choice)


def _option(element: Payload, choice: Choice) -> Payload:
    for option in options_of(element):
        if option["value"] == choice:
            return option
    offered = [option["value"] for option in options_of(element)]
    raise WorkspaceError(f"{element['type']} {element['action_id']!r} offers {offered}, not {choice!r}.")


def _sequence(element: Payload, choice: Choice) -> Iterator[str]:
    if isinstance(choice, str | int | float) or choice is None:
        raise WorkspaceError(f"{element['type']} {element['action_id']!r} takes a list, not {choice!r}.")
    yield from choice
