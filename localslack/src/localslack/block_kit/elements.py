"""The rules for texts, composition objects and block elements.

https://docs.slack.dev/reference/block-kit/composition-objects
https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterator
from typing import Any

from localslack.block_kit import limits
from localslack.block_kit.checks import (
    Check,
    Fault,
    any_field,
    anything,
    boolean,
    by_type,
    in_turn,
    integer,
    items,
    matching,
    number,
    one_of,
    only_one_field,
    shape,
    string,
    url,
)

LONGEST_STRING = 1_000_000  # for fields on which Slack states no limit


def plain_text(*, most: int, least: int = 1) -> Check:
    """A plain_text object."""
    text = string(most=most, least=least)
    return by_type({"plain_text": shape({"text": text}, {"emoji": boolean})})


def any_text(*, most: int, least: int = 1) -> Check:
    """A plain_text or mrkdwn object."""
    text = string(most=most, least=least)
    return by_type(
        {
            "plain_text": shape({"text": text}, {"emoji": boolean}),
            "mrkdwn": shape({"text": text}, {"verbatim": boolean}),
        }
    )


_action_id = string(most=limits.ACTION_ID_CHARACTERS)
_some_string = string(most=LONGEST_STRING, least=0)
_date = matching(r"\d{4}-\d{2}-\d{2}", "a date of the form YYYY-MM-DD")
_time = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of the form HH:mm")

confirm = shape(
    {
        "title": plain_text(most=limits.CONFIRM_TITLE_CHARACTERS),
        "text": any_text(most=limits.CONFIRM_TEXT_CHARACTERS),
        "confirm": plain_text(most=limits.CONFIRM_BUTTON_CHARACTERS),
        "deny": plain_text(most=limits.CONFIRM_BUTTON_CHARACTERS),
    },
    {"style": one_of("primary", "danger")},
)


def _option(text: Check, *, with_url: bool = False) -> Check:
    optional = {"description": any_text(most=limits.OPTION_DESCRIPTION_CHARACTERS)}
    if with_url:
        optional["url"] = url(most=limits.URL_CHARACTERS)
    return shape({"text": text, "value": string(most=limits.OPTION_VALUE_CHARACTERS)}, optional)


_select_option = _option(plain_text(most=limits.OPTION_TEXT_CHARACTERS))
_choice_option = _option(any_text(most=limits.OPTION_TEXT_CHARACTERS))
_overflow_option = _option(plain_text(most=limits.OPTION_TEXT_CHARACTERS), with_url=True)
_options = items(_select_option, most=limits.SELECT_OPTIONS)
_option_groups = items(
    shape({"label": plain_text(most=limits.OPTION_TEXT_CHARACTERS), "options": _options}),
    most=limits.SELECT_GROUPS,
)


def _initial_options_are_offered(value: Any, pointer: str) -> Iterator[Fault]:
    """What is chosen from the start must be one of the options, or Slack refuses the element."""
    offered = list(options_of(value))
    if value.get("initial_option", None) not in [None, *offered]:
        yield Fault("initial_option must match one of the options", f"{pointer}/initial_option")
    for index, option in enumerate(value.get("initial_options") or ()):
        if option not in offered:
            yield Fault("initial_options must be among the options", f"{pointer}/initial_options/{index}")


def options_of(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The options that an element offers, those in groups included."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group.get("options") or ()


def _interactive(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    return shape(required, {"action_id": _action_id, "confirm": confirm, **optional})


def _menu(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    common = {
        "placeholder": plain_text(most=limits.PLACEHOLDER_CHARACTERS),
        "focus_on_load": boolean,
    }
    return _interactive(required, {**common, **optional})


def _static_menu(initial: dict[str, Check]) -> Check:
    return in_turn(
        _menu({}, {"options": _options, "option_groups": _option_groups, **initial}),
        any_field("options", "option_groups"),
        only_one_field("options", "option_groups"),
        _initial_options_are_offered,
    )


_ids = items(_some_string, most=limits.SELECT_OPTIONS)
_initial_options = items(_select_option, most=limits.SELECT_OPTIONS)
_many = {"max_selected_items": integer(least=1, most=limits.SELECT_OPTIONS)}
_conversation_choice: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": shape(
        {},
        {
            "include": items(one_of("im", "mpim", "private", "public"), most=4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
}
_min_query = {"min_query_length": integer(least=0, most=LONGEST_STRING)}

SINGLE_SELECTS: dict[str, Check] = {
    "static_select": _static_menu({"initial_option": _select_option}),
    "external_select": _menu({}, {"initial_option": _select_option, **_min_query}),
    "users_select": _menu({}, {"initial_user": _some_string}),
    "conversations_select": _menu(
        {},
        {"initial_conversation": _some_string, "response_url_enabled": boolean, **_conversation_choice},
    ),
    "channels_select": _menu({}, {"initial_channel": _some_string, "response_url_enabled": boolean}),
}

MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": _static_menu({"initial_options": _initial_options, **_many}),
    "multi_external_select": _menu({}, {"initial_options": _initial_options, **_min_query, **_many}),
    "multi_users_select": _menu({}, {"initial_users": _ids, **_many}),
    "multi_conversations_select": _menu({}, {"initial_conversations": _ids, **_conversation_choice, **_many}),
    "multi_channels_select": _menu({}, {"initial_channels": _ids, **_many}),
}

_choices = items(_choice_option, most=limits.CHOICE_OPTIONS)

CHOICES: dict[str, Check] = {
    "checkboxes": in_turn(
        _interactive({"options": _choices}, {"initial_options": _choices, "focus_on_load": boolean}),
        _initial_options_are_offered,
    ),
    "radio_buttons": in_turn(
        _interactive({"options": _choices}, {"initial_option": _choice_option, "focus_on_load": boolean}),
        _initial_options_are_offered,
    ),
}

PICKERS: dict[str, Check] = {
    "datepicker": _menu({}, {"initial_date": _date}),
    "timepicker": _menu({}, {"initial_time": _time, "timezone": _some_string}),
}

DATETIME_PICKER: dict[str, Check] = {
    "datetimepicker": _interactive(
        {}, {"initial_date_time": integer(least=1, most=9_999_999_999), "focus_on_load": boolean}
    )
}

BUTTON: dict[str, Check] = {
    "button": _interactive(
        {"text": plain_text(most=limits.BUTTON_TEXT_CHARACTERS)},
        {
            "value": string(most=limits.BUTTON_VALUE_CHARACTERS, least=0),
            "url": url(most=limits.URL_CHARACTERS),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(most=limits.ACCESSIBILITY_LABEL_CHARACTERS),
            "agent_prompt": string(most=limits.BUTTON_PROMPT_CHARACTERS),
            "agent_prompt_display": _some_string,
            "visible_to_user_ids": items(_some_string, most=limits.VISIBLE_TO_USERS),
        },
    )
}

WORKFLOW_BUTTON: dict[str, Check] = {
    "workflow_button": _interactive(
        {
            "text": plain_text(most=limits.BUTTON_TEXT_CHARACTERS),
            "workflow": shape({"trigger": shape({"url": _some_string}, {"customizable_input_parameters": anything})}),
        },
        {
            "style": one_of("primary", "danger"),
            "accessibility_label": string(most=limits.ACCESSIBILITY_LABEL_CHARACTERS),
        },
    )
}

OVERFLOW: dict[str, Check] = {
    "overflow": _interactive({"options": items(_overflow_option, most=limits.OVERFLOW_OPTIONS)}, {})
}

image_source: dict[str, Check] = {
    "image_url": url(most=limits.IMAGE_URL_CHARACTERS),
    "slack_file": in_turn(shape({}, {"id": _some_string, "url": _some_string}), any_field("id", "url")),
}

IMAGE: dict[str, Check] = {
    "image": in_turn(
        shape({"alt_text": string(most=limits.IMAGE_ALT_CHARACTERS)}, image_source),
        any_field("image_url", "slack_file"),
        only_one_field("image_url", "slack_file"),
    )
}

_feedback_button = shape(
    {
        "text": plain_text(most=limits.BUTTON_TEXT_CHARACTERS),
        "value": string(most=limits.BUTTON_VALUE_CHARACTERS),
    },
    {"accessibility_label": string(most=limits.ACCESSIBILITY_LABEL_CHARACTERS)},
)

CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": shape(
        {"positive_button": _feedback_button, "negative_button": _feedback_button},
        {"action_id": _action_id},
    ),
    "icon_button": _interactive(
        {"icon": one_of("trash"), "text": plain_text(most=limits.BUTTON_TEXT_CHARACTERS)},
        {
            "value": string(most=limits.BUTTON_VALUE_CHARACTERS, least=0),
            "accessibility_label": string(most=limits.ACCESSIBILITY_LABEL_CHARACTERS),
            "visible_to_user_ids": items(_some_string, most=limits.VISIBLE_TO_USERS),
        },
    ),
}

_typing: dict[str, Check] = {
    "placeholder": plain_text(most=limits.PLACEHOLDER_CHARACTERS),
    "focus_on_load": boolean,
    "action_id": _action_id,
    "dispatch_action_config": shape(
        {},
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)},
    ),
}

TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_typing,
            "initial_value": string(most=limits.TEXT_INPUT_CHARACTERS, least=0),
            "multiline": boolean,
            "min_length": integer(least=0, most=limits.TEXT_INPUT_CHARACTERS),
            "max_length": integer(least=1, most=limits.TEXT_INPUT_CHARACTERS),
        },
    ),
    "email_text_input": shape({}, {**_typing, "initial_value": _some_string}),
    "url_text_input": shape({}, {**_typing, "initial_value": _some_string}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_typing, "initial_value": _some_string, "min_value": _some_string, "max_value": _some_string},
    ),
    "rich_text_input": shape({}, {**_typing, "initial_value": anything}),
}

FILE_INPUT: dict[str, Check] = {
    "file_input": shape(
        {},
        {
            "action_id": _action_id,
            "filetypes": items(_some_string, most=LONGEST_STRING),
            "max_files": integer(least=1, most=limits.FILE_INPUT_FILES),
        },
    )
}

URL_SOURCE: dict[str, Check] = {
    "url": shape({"url": url(most=limits.URL_CHARACTERS), "text": string(most=LONGEST_STRING)})
}

_styled = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))


def _part(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape(required, {"style": _styled, **(optional or {})})


_rich_text_parts = by_type(
    {
        "text": _part({"text": string(most=LONGEST_STRING)}),
        "channel": _part({"channel_id": _some_string}),
        "user": _part({"user_id": _some_string}),
        "emoji": _part(
            {"name": _some_string},
            {"unicode": _some_string, "skin_tone": integer(least=1, most=6)},
        ),
        "link": _part({"url": string(most=limits.URL_CHARACTERS)}, {"text": _some_string, "unsafe": boolean}),
        "team": _part({"team_id": _some_string}),
        "usergroup": _part({"usergroup_id": _some_string}),
        "date": _part(
            {"timestamp": number, "format": _some_string},
            {"url": _some_string, "fallback": _some_string},
        ),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
        "color": _part({"value": _some_string}),
    }
)
_parts = items(_rich_text_parts, most=LONGEST_STRING, least=0)
_section = shape({"elements": _parts})
_border = integer(least=0, most=1)

RICH_TEXT: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_preformatted": shape({"elements": _parts}, {"border": _border, "language": _some_string}),
    "rich_text_quote": shape({"elements": _parts}, {"border": _border}),
    "rich_text_list": shape(
        {
            "elements": items(by_type({"rich_text_section": _section}), most=LONGEST_STRING),
            "style": one_of("bullet", "ordered"),
        },
        {
            "indent": integer(least=0, most=8),
            "offset": integer(least=0, most=LONGEST_STRING),
            "border": _border,
        },
    ),
}
