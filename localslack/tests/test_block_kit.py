"""Blocks and views are accepted and refused as Slack does."""

from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.models import blocks as sdk

from localslack.block_kit import message_faults, view_faults, with_ids

Json = dict[str, Any]


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Text") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **fields}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "go", **fields}


def actions(*elements: Json, **fields: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **fields}


def option(value: str = "a", text: str = "A") -> Json:
    return {"text": plain(text), "value": value}


def select(**fields: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **fields}


def cell(text: str = "Cell") -> Json:
    return {"type": "raw_text", "text": text}


def table(*rows: list[Json], **fields: Any) -> Json:
    return {"type": "table", "rows": list(rows), **fields}


def rich_text(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def text_input(**fields: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "words"}
    return {"type": "input", "label": plain("Label"), "element": element, **fields}


def modal(*blocks: Json, **fields: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **fields}


IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}
CARD = {"type": "card", "title": mrkdwn(), "actions": [button()]}
TASK = {"type": "task_card", "task_id": "1", "title": "Task", "status": "complete"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(section(), id="section"),
        pytest.param(section(fields=[plain(), mrkdwn()], accessory=button()), id="section with all"),
        pytest.param({"type": "section", "fields": [mrkdwn()]}, id="section of fields"),
        pytest.param(section(text=mrkdwn("x" * 3_000)), id="section text at the limit"),
        pytest.param({"type": "header", "text": plain("x" * 150), "level": 2}, id="header"),
        pytest.param({"type": "divider"}, id="divider"),
        pytest.param({**IMAGE, "title": plain()}, id="image"),
        pytest.param({"type": "context", "elements": [mrkdwn(), plain(), IMAGE]}, id="context with an image"),
        pytest.param(
            actions(
                button(style="primary", value="v", url="https://example.com"),
                select(initial_option=option(), placeholder=plain()),
                {"type": "overflow", "action_id": "more", "options": [option()]},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
                {"type": "checkboxes", "action_id": "many", "options": [option()]},
            ),
            id="actions of every kind",
        ),
        pytest.param(
            {
                "type": "context_actions",
                "elements": [
                    {
                        "type": "feedback_buttons",
                        "action_id": "rate",
                        "positive_button": {"text": plain(), "value": "+"},
                        "negative_button": {"text": plain(), "value": "-"},
                    },
                    {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "bin"},
                ],
            },
            id="context_actions",
        ),
        pytest.param(text_input(hint=plain(), optional=True), id="input"),
        pytest.param({"type": "markdown", "text": "# Title\n\n**bold**"}, id="markdown"),
        pytest.param(
            rich_text(
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "user", "user_id": "U1"},
                {"type": "link", "url": "https://example.com"},
                {"type": "emoji", "name": "wave"},
            ),
            id="rich_text",
        ),
        pytest.param(
            table(
                [cell(), rich_text({"type": "text", "text": "x"})],
                [{"type": "raw_number", "value": 1.5, "text": "1.5"}, cell()],
                column_settings=[None, {"align": "right", "is_wrapped": True}],
            ),
            id="table",
        ),
        pytest.param(
            {"type": "data_table", "caption": "C", "rows": [[cell()], [cell()]], "page_size": 10},
            id="data_table",
        ),
        pytest.param(CARD, id="card"),
        pytest.param({"type": "carousel", "elements": [CARD]}, id="carousel"),
        pytest.param(TASK, id="task_card"),
        pytest.param({"type": "plan", "title": "Plan", "tasks": [TASK | {"status": "pending"}]}, id="plan"),
        pytest.param(
            {"type": "container", "title": plain(), "child_blocks": [section()], "is_collapsible": True},
            id="container",
        ),
        pytest.param(
            {
                "type": "video",
                "alt_text": "A",
                "title": plain(),
                "thumbnail_url": "https://example.com/a.png",
                "video_url": "https://example.com/a",
            },
            id="video",
        ),
        pytest.param({"type": "file", "external_id": "1", "source": "remote"}, id="file"),
        pytest.param({"type": "call", "call_id": "R1"}, id="call"),
        pytest.param(
            {"type": "auth_provider", "value": "x", "name": plain(), "is_connected": False},
            id="auth_provider",
        ),
    ],
)
def test_what_slack_takes_in_a_message_is_taken(block: Json) -> None:
    assert message_faults([block]) == []


@pytest.mark.parametrize(
    "block",
    [
        sdk.SectionBlock(text="Text", fields=["a", "b"], accessory=sdk.ButtonElement(text="Go", action_id="go")),
        sdk.HeaderBlock(text="Header"),
        sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="small")]),
        sdk.ActionsBlock(
            elements=[sdk.StaticSelectElement(action_id="pick", options=[sdk.Option(value="a", label="A")])]
        ),
        sdk.MarkdownBlock(text="**bold**"),
        sdk.TableBlock(rows=[[{"type": "raw_text", "text": "a"}]]),
        sdk.ContextActionsBlock(
            elements=[
                sdk.FeedbackButtonsElement(
                    action_id="rate",
                    positive_button=sdk.FeedbackButtonObject(text="Good", value="+"),
                    negative_button=sdk.FeedbackButtonObject(text="Bad", value="-"),
                )
            ]
        ),
    ],
    ids=lambda block: block.type,
)
def test_what_the_sdk_builds_is_taken(block: sdk.Block) -> None:
    assert message_faults([block.to_dict()]) == []


@pytest.mark.parametrize(
    ("block", "what", "pointer"),
    [
        pytest.param("text", "must provide an object", "", id="not an object"),
        pytest.param({}, "missing required field: type", "", id="no type"),
        pytest.param({"type": "hint"}, "unsupported type: hint", "/type", id="unknown block"),
        pytest.param({"type": "alert", "text": plain()}, "unsupported type: alert", "/type", id="modals only"),
        pytest.param({"type": "section"}, "missing required field: text", "", id="section without text"),
        pytest.param(section(text="words"), "must provide an object", "/text", id="string for a text object"),
        pytest.param(section(text=mrkdwn("")), "must be more than 0 characters", "/text/text", id="empty text"),
        pytest.param(
            section(text=mrkdwn("x" * 3_001)),
            "must be less than 3001 characters",
            "/text/text",
            id="section too long",
        ),
        pytest.param(
            section(text={**mrkdwn(), "emoji": True}),
            "invalid additional property: emoji",
            "/text",
            id="emoji flag on mrkdwn",
        ),
        pytest.param(section(fields=[mrkdwn()] * 11), "no more than 10 items allowed", "/fields", id="11 fields"),
        pytest.param(
            section(fields=[mrkdwn("x" * 2_001)]),
            "must be less than 2001 characters",
            "/fields/0/text",
            id="field too long",
        ),
        pytest.param(section(fields=[]), "no fewer than 1 items allowed", "/fields", id="no fields"),
        pytest.param(section(colour="red"), "invalid additional property: colour", "", id="unknown field"),
        pytest.param(
            section(accessory={"type": "plain_text_input"}),
            "unsupported type: plain_text_input",
            "/accessory/type",
            id="an element that does not go there",
        ),
        pytest.param(
            {"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn", "/text/type", id="mrkdwn header"
        ),
        pytest.param(
            {"type": "header", "text": plain("x" * 151)},
            "must be less than 151 characters",
            "/text/text",
            id="header too long",
        ),
        pytest.param(
            {"type": "divider", "block_id": "x" * 256},
            "must be less than 256 characters",
            "/block_id",
            id="block_id too long",
        ),
        pytest.param(
            {"type": "context", "elements": [mrkdwn()] * 11},
            "no more than 10 items allowed",
            "/elements",
            id="11 in a context",
        ),
        pytest.param(
            {"type": "context", "elements": [button()]},
            "unsupported type: button",
            "/elements/0/type",
            id="button in a context",
        ),
        pytest.param(
            actions(*(button(action_id=f"{n}") for n in range(26))),
            "no more than 25 items allowed",
            "/elements",
            id="26 buttons",
        ),
        pytest.param(actions(button(style="blue")), "must be a valid enum value", "/elements/0/style", id="bad style"),
        pytest.param(
            actions(button(text=plain("x" * 76))),
            "must be less than 76 characters",
            "/elements/0/text/text",
            id="button text too long",
        ),
        pytest.param(
            actions(button(value="x" * 2_001)),
            "must be less than 2001 characters",
            "/elements/0/value",
            id="button value too long",
        ),
        pytest.param(
            actions(button(url="javascript:alert(1)")),
            "must be a valid URL",
            "/elements/0/url",
            id="not a web address",
        ),
        pytest.param(
            actions(button(action_id="x" * 256)),
            "must be less than 256 characters",
            "/elements/0/action_id",
            id="action_id too long",
        ),
        pytest.param(
            actions(button(), button()),
            '`action_id` "go" already exists',
            "/elements/1/action_id",
            id="action_id twice in a block",
        ),
        pytest.param(
            actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
            "missing required field: deny",
            "/elements/0/confirm",
            id="confirm without deny",
        ),
        pytest.param(
            actions({"type": "static_select", "action_id": "pick"}),
            "missing required field: options",
            "/elements/0",
            id="select without options",
        ),
        pytest.param(
            actions(select(options=[option()] * 101)),
            "no more than 100 items allowed",
            "/elements/0/options",
            id="101 options",
        ),
        pytest.param(
            actions(select(options=[option("x" * 151)])),
            "must be less than 151 characters",
            "/elements/0/options/0/value",
            id="option value too long",
        ),
        pytest.param(
            actions(select(initial_option=option("b"))),
            "initial_option must match one of the options",
            "/elements/0/initial_option",
            id="initial option that is not offered",
        ),
        pytest.param(
            actions({"type": "overflow", "action_id": "more", "options": [option()] * 6}),
            "no more than 5 items allowed",
            "/elements/0/options",
            id="6 in an overflow menu",
        ),
        pytest.param(
            actions({"type": "datepicker", "action_id": "day", "initial_date": "tomorrow"}),
            "must be a date of the form YYYY-MM-DD",
            "/elements/0/initial_date",
            id="not a date",
        ),
        pytest.param(
            {"type": "image", "alt_text": "A"}, "missing required field: image_url", "", id="image of nothing"
        ),
        pytest.param(
            {"type": "image", "image_url": "https://example.com"},
            "missing required field: alt_text",
            "",
            id="image without alt text",
        ),
        pytest.param(
            {"type": "context_actions", "elements": [button()]},
            "unsupported type: button",
            "/elements/0/type",
            id="button in context_actions",
        ),
        pytest.param(
            {
                "type": "context_actions",
                "elements": [{"type": "feedback_buttons", "positive_button": {"text": plain(), "value": "+"}}],
            },
            "missing required field: negative_button",
            "/elements/0",
            id="feedback with one button",
        ),
        pytest.param({"type": "input", "label": plain()}, "missing required field: element", "", id="input of nothing"),
        pytest.param(
            {"type": "markdown", "text": "x" * 12_001},
            "must be less than 12001 characters",
            "/text",
            id="markdown too long",
        ),
        pytest.param(
            rich_text({"type": "text", "text": ""}),
            "must be more than 0 characters",
            "/elements/0/elements/0/text",
            id="empty rich text",
        ),
        pytest.param(
            rich_text({"type": "broadcast", "range": "all"}),
            "must be a valid enum value",
            "/elements/0/elements/0/range",
            id="unknown broadcast",
        ),
        pytest.param(table([cell("")]), "must be more than 0 characters", "/rows/0/0/text", id="empty table cell"),
        pytest.param(
            table([cell(), cell()], [cell()]),
            "must have 2 cells, as the first row has",
            "/rows/1",
            id="ragged table",
        ),
        pytest.param(table(*([cell()] for _ in range(101))), "no more than 100 items allowed", "/rows", id="101 rows"),
        pytest.param(table([cell()] * 21), "no more than 20 items allowed", "/rows/0", id="21 columns"),
        pytest.param(
            table([cell()], column_settings=[{"align": "middle"}]),
            "must be a valid enum value",
            "/column_settings/0/align",
            id="unknown alignment",
        ),
        pytest.param(table([mrkdwn()]), "unsupported type: mrkdwn", "/rows/0/0/type", id="mrkdwn cell"),
        pytest.param(
            {"type": "data_table", "caption": "C", "rows": [[cell()]]},
            "no fewer than 2 items allowed",
            "/rows",
            id="data_table without data",
        ),
        pytest.param({"type": "card", "subtitle": plain()}, "missing required field: title", "", id="empty card"),
        pytest.param(
            TASK | {"status": "pending"},
            "must be a valid enum value",
            "/status",
            id="task pending outside a plan",
        ),
        pytest.param(
            {"type": "container", "title": plain(), "child_blocks": []},
            "no fewer than 1 items allowed",
            "/child_blocks",
            id="empty container",
        ),
    ],
)
def test_what_slack_refuses_in_a_message_is_refused(block: Any, what: str, pointer: str) -> None:
    assert (what, f"/blocks/0{pointer}") in message_faults([block])


@pytest.mark.parametrize(
    ("blocks", "what", "pointer"),
    [
        pytest.param(section(), "must provide an array", "/blocks", id="one block, not a list"),
        pytest.param([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks", id="51 blocks"),
        pytest.param(
            [{"type": "divider", "block_id": "x"}] * 2,
            '`block_id` "x" already exists',
            "/blocks/1/block_id",
            id="block_id twice",
        ),
        pytest.param([table([cell()]), table([cell()])], "only_one_table_allowed", "/blocks", id="two tables"),
        pytest.param(
            [table([cell("x" * 10_001)])],
            "the cells of a table must be less than 10001 characters",
            "/blocks",
            id="too much in a table",
        ),
        pytest.param(
            [table([rich_text({"type": "text", "text": "x" * 10_001})])],
            "the cells of a table must be less than 10001 characters",
            "/blocks",
            id="too much rich text in a table",
        ),
        pytest.param(
            [{"type": "markdown", "text": "x" * 6_001}] * 2,
            "markdown blocks together must be less than 12001 characters",
            "/blocks",
            id="markdown too long together",
        ),
    ],
)
def test_limits_of_a_whole_message_hold(blocks: Any, what: str, pointer: str) -> None:
    assert (what, pointer) in message_faults(blocks)


def test_every_fault_of_a_message_is_named() -> None:
    blocks = [section(text=mrkdwn("")), {"type": "hint"}, actions(button(style="blue"))]
    assert [fault.pointer for fault in message_faults(blocks)] == [
        "/blocks/0/text/text",
        "/blocks/1/type",
        "/blocks/2/elements/0/style",
    ]


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert message_faults([actions(button()), actions(button())]) == []


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(modal(section()), id="modal"),
        pytest.param(modal(text_input(), submit=plain("Send"), close=plain("No")), id="form"),
        pytest.param(modal({"type": "alert", "text": plain(), "level": "info"}), id="alert"),
        pytest.param({"type": "home", "blocks": [section(), actions(button())]}, id="Home"),
    ],
)
def test_what_slack_takes_as_a_view_is_taken(view: Json) -> None:
    assert view_faults(view) == []


@pytest.mark.parametrize(
    ("view", "what", "pointer"),
    [
        pytest.param([], "must provide an object", "/view", id="not an object"),
        pytest.param({"blocks": []}, "unsupported type: None", "/view/type", id="no type"),
        pytest.param({"type": "modal", "blocks": [section()]}, "missing required field: title", "/view", id="no title"),
        pytest.param(modal(), "no fewer than 1 items allowed", "/view/blocks", id="no blocks"),
        pytest.param(
            modal(*[{"type": "divider"}] * 101),
            "no more than 100 items allowed",
            "/view/blocks",
            id="101 blocks",
        ),
        pytest.param(
            modal(section(), title=plain("x" * 25)),
            "must be less than 25 characters",
            "/view/title/text",
            id="title too long",
        ),
        pytest.param(
            modal(section(), private_metadata="x" * 3_001),
            "must be less than 3001 characters",
            "/view/private_metadata",
            id="private_metadata too long",
        ),
        pytest.param(
            modal(section(), callback_id="x" * 256),
            "must be less than 256 characters",
            "/view/callback_id",
            id="callback_id too long",
        ),
        pytest.param(modal(text_input()), "missing required field: submit", "/view", id="inputs without submit"),
        pytest.param(
            modal({"type": "markdown", "text": "x"}),
            "unsupported type: markdown",
            "/view/blocks/0/type",
            id="messages only",
        ),
        pytest.param(
            {"type": "home", "blocks": [section()], "submit": plain()},
            "invalid additional property: submit",
            "/view",
            id="Home with submit",
        ),
        pytest.param(
            modal({"type": "divider", "block_id": "x"}, {"type": "divider", "block_id": "x"}),
            '`block_id` "x" already exists',
            "/view/blocks/1/block_id",
            id="block_id twice",
        ),
    ],
)
def test_what_slack_refuses_as_a_view_is_refused(view: Any, what: str, pointer: str) -> None:
    assert (what, pointer) in view_faults(view)


@pytest.mark.parametrize("value", [None, 0, True, "x", [], {}, [None], {"type": []}, {"type": {}}, {"options": 1}])
def test_no_value_in_any_place_is_more_than_a_fault(value: Any) -> None:
    """Any value in any field gives a fault and never an exception."""
    whole = [section(fields=[mrkdwn()], accessory=select()), actions(button(confirm={})), table([cell()])]
    for place in _places(whole):
        message_faults(_with(whole, place, value))


def _places(value: Any) -> list[tuple[Any, ...]]:
    children: Mapping[Any, Any] = {}
    if isinstance(value, dict):
        children = value
    elif isinstance(value, list):
        children = dict(enumerate(value))
    return [(), *((key, *rest) for key, child in children.items() for rest in _places(child))]


def _with(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = _with(value[place[0]], place[1:], new)
    return copy


def test_missing_ids_are_filled_in_and_the_blocks_given_stay_as_they_were() -> None:
    given = [actions({"type": "button", "text": plain()}), {"type": "divider", "block_id": "mine"}]
    ids = iter(["first", "second"])
    filled = with_ids(given, ids)
    assert filled[0]["block_id"] == "first"
    assert filled[0]["elements"][0]["action_id"] == "second"
    assert filled[1]["block_id"] == "mine"
    assert "block_id" not in given[0]
