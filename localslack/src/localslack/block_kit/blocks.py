"""The rules for blocks, and which of them a message, a modal or a Home tab may hold.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator
from typing import Any

from localslack.block_kit import elements, limits
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
    nullable,
    number,
    one_of,
    only_one_field,
    shape,
    string,
    url,
)
from localslack.block_kit.elements import LONGEST_STRING, any_text, plain_text


def _block(required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None) -> Check:
    return shape(required, {"block_id": string(most=limits.BLOCK_ID_CHARACTERS), **(optional or {})})


_selects = elements.SINGLE_SELECTS | elements.MULTI_SELECTS
_buttons = elements.BUTTON | elements.WORKFLOW_BUTTON
_clickable = _buttons | _selects | elements.OVERFLOW | elements.PICKERS | elements.CHOICES

_section = in_turn(
    _block(
        {},
        {
            "text": any_text(most=limits.SECTION_TEXT_CHARACTERS),
            "fields": items(any_text(most=limits.SECTION_FIELD_CHARACTERS), most=limits.SECTION_FIELDS),
            "accessory": by_type(_clickable | elements.IMAGE),
            "expand": boolean,
        },
    ),
    any_field("text", "fields"),
)

_image = in_turn(
    _block(
        {"alt_text": string(most=limits.IMAGE_ALT_CHARACTERS)},
        {**elements.image_source, "title": plain_text(most=limits.IMAGE_TITLE_CHARACTERS)},
    ),
    any_field("image_url", "slack_file"),
    only_one_field("image_url", "slack_file"),
)

_context_texts: dict[str, Check] = dict.fromkeys(
    ("plain_text", "mrkdwn"), any_text(most=limits.CONTEXT_TEXT_CHARACTERS)
)

_rich_text = _block({"elements": items(by_type(elements.RICH_TEXT), most=LONGEST_STRING)})
_rich_text_only = by_type({"rich_text": _rich_text})


def _input(allowed: dict[str, Check]) -> Check:
    return _block(
        {"label": plain_text(most=limits.INPUT_LABEL_CHARACTERS), "element": by_type(allowed)},
        {
            "hint": plain_text(most=limits.INPUT_HINT_CHARACTERS),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    )


_fields_of_forms = elements.TEXT_INPUTS | _selects | elements.CHOICES | elements.PICKERS | elements.DATETIME_PICKER

_EVERYWHERE: dict[str, Check] = {
    "section": _section,
    "header": _block({"text": plain_text(most=limits.HEADER_CHARACTERS)}, {"level": one_of(*limits.HEADER_LEVELS)}),
    "divider": _block(),
    "image": _image,
    "context": _block({"elements": items(by_type(_context_texts | elements.IMAGE), most=limits.CONTEXT_ELEMENTS)}),
    "actions": _block(
        {"elements": items(by_type(_clickable | elements.DATETIME_PICKER), most=limits.ACTIONS_ELEMENTS)}
    ),
    "rich_text": _rich_text,
    "video": _block(
        {
            "alt_text": string(most=LONGEST_STRING),
            "title": plain_text(most=limits.VIDEO_TITLE_CHARACTERS),
            "thumbnail_url": url(most=limits.URL_CHARACTERS),
            "video_url": url(most=limits.URL_CHARACTERS),
        },
        {
            "title_url": url(most=limits.URL_CHARACTERS),
            "description": plain_text(most=LONGEST_STRING),
            "provider_icon_url": url(most=limits.URL_CHARACTERS),
            "provider_name": string(most=LONGEST_STRING),
            "author_name": string(most=limits.VIDEO_AUTHOR_CHARACTERS),
        },
    ),
}


def _rows_are_equally_long(value: Any, pointer: str) -> Iterator[Fault]:
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            yield Fault(f"must have {width} cells, as the first row has", f"{pointer}/rows/{index}")


_raw_cells: dict[str, Check] = {
    "raw_text": shape({"text": string(most=LONGEST_STRING)}),
    "raw_number": shape({"value": number, "text": string(most=LONGEST_STRING)}),
}
_cell = by_type(_raw_cells | {"rich_text": _rich_text})

_table = in_turn(
    _block(
        {"rows": items(items(_cell, most=limits.TABLE_COLUMNS), most=limits.TABLE_ROWS)},
        {
            "column_settings": items(
                nullable(shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})),
                most=limits.TABLE_COLUMNS,
            )
        },
    ),
    _rows_are_equally_long,
)


def _header_cells_are_raw(value: Any, pointer: str) -> Iterator[Fault]:
    for index, cell in enumerate(value["rows"][0]):
        yield from by_type(_raw_cells)(cell, f"{pointer}/rows/0/{index}")


_data_table = in_turn(
    _block(
        {
            "caption": string(most=LONGEST_STRING),
            "rows": items(items(_cell, most=limits.DATA_TABLE_COLUMNS), most=limits.DATA_TABLE_ROWS, least=2),
        },
        {
            "page_size": integer(least=1, most=limits.DATA_TABLE_PAGE_ROWS),
            "row_header_column_index": integer(least=0, most=limits.DATA_TABLE_COLUMNS - 1),
        },
    ),
    _rows_are_equally_long,
    _header_cells_are_raw,
)

_card = in_turn(
    _block(
        {},
        {
            "hero_image": by_type(elements.IMAGE),
            "icon": by_type(elements.IMAGE),
            "title": any_text(most=limits.CARD_TITLE_CHARACTERS),
            "subtitle": any_text(most=limits.CARD_TITLE_CHARACTERS),
            "body": any_text(most=limits.CARD_BODY_CHARACTERS),
            "actions": items(by_type(elements.BUTTON), most=limits.CARD_ACTIONS),
        },
    ),
    any_field("title", "hero_image", "actions", "body"),
)


def _task_card(*statuses: str) -> Check:
    return _block(
        {
            "task_id": string(most=LONGEST_STRING),
            "title": string(most=LONGEST_STRING),
            "status": one_of(*statuses),
        },
        {
            "details": _rich_text_only,
            "output": _rich_text_only,
            "sources": items(by_type(elements.URL_SOURCE), most=LONGEST_STRING),
        },
    )


_plan = _block(
    {"title": string(most=LONGEST_STRING)},
    {
        "tasks": items(
            by_type({"task_card": _task_card("pending", "in_progress", "complete", "error")}),
            most=LONGEST_STRING,
        )
    },
)

_IN_MESSAGES: dict[str, Check] = {
    "input": _input(_fields_of_forms),
    "markdown": _block({"text": string(most=limits.MARKDOWN_CHARACTERS_PER_MESSAGE)}),
    "context_actions": _block(
        {"elements": items(by_type(elements.CONTEXT_ACTIONS), most=limits.CONTEXT_ACTIONS_ELEMENTS)}
    ),
    "table": _table,
    "data_table": _data_table,
    # A card on its own has begun; "pending" is for the tasks of a plan.
    "task_card": _task_card("in_progress", "complete", "error"),
    "plan": _plan,
    "card": _card,
    "carousel": _block({"elements": items(by_type({"card": _card}), most=limits.CAROUSEL_CARDS)}),
    "file": _block({"external_id": string(most=LONGEST_STRING), "source": one_of("remote")}),
    "call": _block(
        {"call_id": string(most=LONGEST_STRING)},
        {"api_decoration_available": boolean, "call": anything},
    ),
}

_auth_name = plain_text(most=limits.AUTH_PROVIDER_NAME_CHARACTERS)
_auth_url = url(most=limits.AUTH_PROVIDER_URL_CHARACTERS)

_auth_provider = _block(
    {
        "value": string(most=limits.AUTH_PROVIDER_VALUE_CHARACTERS),
        "name": _auth_name,
        "is_connected": boolean,
    },
    {
        "description": plain_text(most=limits.AUTH_PROVIDER_DESCRIPTION_CHARACTERS),
        "icon_url": _auth_url,
        "auth_url": _auth_url,
        "disconnect_url": _auth_url,
        "connected_identity": _auth_name,
        "connected_context": _auth_name,
        "accessory": by_type(elements.OVERFLOW),
        "fallback": anything,
    },
)

_alert = _block(
    {"text": any_text(most=limits.ALERT_CHARACTERS)},
    {"level": one_of("default", "info", "warning", "error", "success")},
)


def _container(children: dict[str, Check]) -> Check:
    return in_turn(
        _block(
            {"child_blocks": items(by_type(children), most=limits.CONTAINER_BLOCKS)},
            {
                "title": plain_text(most=limits.CONTAINER_TITLE_CHARACTERS),
                "rich_text_title": _rich_text_only,
                "subtitle": any_text(most=limits.CONTAINER_TITLE_CHARACTERS),
                "width": one_of("narrow", "standard", "wide", "full"),
                "icon": by_type(elements.IMAGE),
                "is_collapsible": boolean,
                "default_collapsed": boolean,
                "has_header_divider": boolean,
            },
        ),
        any_field("title", "rich_text_title"),
    )


_message_children = _EVERYWHERE | _IN_MESSAGES | {"auth_provider": _auth_provider}
_home_children = _EVERYWHERE | {
    "input": _input(_fields_of_forms),
    "auth_provider": _auth_provider,
}

message_block = by_type(_message_children | {"container": _container(_message_children)})
home_block = by_type(_home_children | {"container": _container(_home_children)})
modal_block = by_type(
    _EVERYWHERE
    | {
        "input": _input(_fields_of_forms | elements.FILE_INPUT),
        "alert": _alert,
        "auth_provider": _auth_provider,
    }
)
