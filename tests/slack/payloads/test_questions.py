"""What Slack sends is read as a question that any database takes, or as none; whatever it is, nothing stumbles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.payloads.place import Place
from bot.slack.payloads.questions import parse_question
from bot.slack.payloads.shapes import Misshapen, check_shape

EVENT = {
    "type": "app_mention",
    "channel": "C0ASK",
    "channel_type": "im",
    "ts": "1700000000.000100",
    "thread_ts": "1700000000.000050",
    "user": "U0MAYA",
    "text": "who handles unemployment claims?",
    "blocks": [],
    "attachments": [],
}
CHANGE = {
    "type": "message",
    "channel": "C0ASK",
    "channel_type": "channel",
    "ts": "1700000000.000200",
    "message": EVENT,
    "previous_message": {**EVENT, "text": "who knows?"},
}
JOINING = {"type": "member_joined_channel", "user": "U0BOT", "channel": "C0ASK", "event_ts": "1700000000.000100"}
CLICK = {
    "type": "block_actions",
    "user": {"id": "U0MAYA"},
    "container": {"channel_id": "C0ASK", "message_ts": "1700000000.000100", "is_ephemeral": True},
    "actions": [{"action_id": "show_topic:0", "value": "peo"}],
    "response_url": "https://hooks.slack.com/actions/T0/1/x",
}

anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def parsed(body: dict[str, Any]) -> Any:
    """The question in a payload with the shape that Slack documents."""
    if "event" in body:
        body = {"type": "event_callback", "event_id": "Ev1", **body}
    check_shape(body)
    return parse_question(body, Place("T0ONE", None, "U0BOT"), lambda team_id, user_id: "0" * 64)


def check_storable(value: Any) -> None:
    """Every text goes into a column of PostgreSQL as it is."""
    if isinstance(value, str):
        value.encode()
        assert "\0" not in value
    if isinstance(value, dict):
        for inner in value.values():
            check_storable(inner)


def check(body: dict[str, Any]) -> None:
    try:
        question = parsed(body)
    except Misshapen:
        return
    if question is None:
        return
    for name, value in vars(question.question).items():
        check_storable(value)
        if name in ("channel_id", "message_ts", "thread_ts") and value is not None:
            assert len(value) <= 32
    assert {len(key) for key in question.keys} == {32}


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), anything))
def test_an_event_with_anything_in_any_field_is_storable_or_no_question(changes: dict[str, Any]) -> None:
    for event_type in ("app_mention", "message"):
        check({"event_id": "Ev1", "event": {**EVENT, "type": event_type, **changes}})


@given(st.dictionaries(st.sampled_from(sorted(CHANGE)), anything))
def test_a_change_with_anything_in_any_field_is_storable_or_no_question(changes: dict[str, Any]) -> None:
    for subtype in ("message_changed", "message_deleted", changes):
        check({"event_id": "Ev1", "event": {**CHANGE, "subtype": subtype, **changes}})
        check({"event_id": "Ev1", "event": {**CHANGE, "subtype": subtype, "message": {**EVENT, **changes}}})


@given(st.dictionaries(st.sampled_from(sorted(JOINING)), anything))
def test_a_joining_with_anything_in_any_field_is_storable_or_no_question(changes: dict[str, Any]) -> None:
    check({"event_id": "Ev1", "event": {**JOINING, **changes}})


@given(st.dictionaries(st.sampled_from(sorted(CLICK)), anything), anything, anything)
def test_a_click_with_anything_in_any_field_is_storable_or_no_question(
    changes: dict[str, Any], action: Any, container: Any
) -> None:
    check({**CLICK, **changes})
    check({**CLICK, "actions": [action]})
    check({**CLICK, "container": container})


@pytest.mark.parametrize(
    ("body", "surface", "thread_ts"),
    [
        pytest.param({"event": EVENT}, "channel", "1700000000.000050", id="a mention in a thread"),
        pytest.param({"event": {**EVENT, "thread_ts": None}}, "channel", "1700000000.000100", id="a mention"),
        pytest.param({"event": {**EVENT, "type": "message", "thread_ts": None}}, "dm", None, id="a direct message"),
        pytest.param(
            {"event": {**EVENT, "type": "message", "channel_type": "channel"}},
            "plain",
            "1700000000.000050",
            id="a plain message",
        ),
        pytest.param({"event": {**CHANGE, "subtype": "message_changed"}}, "plain", "1700000000.000050", id="an edit"),
        pytest.param(
            {"event": {**CHANGE, "subtype": "message_deleted"}}, "deletion", "1700000000.000050", id="a deletion"
        ),
        pytest.param({"event": JOINING}, "joining", None, id="the bot joins"),
        pytest.param(CLICK, "button", "1700000000.000100", id="a click"),
        pytest.param(
            {**CLICK, "message": {"ts": "1700000000.000100", "thread_ts": "1700000000.000050"}},
            "button",
            "1700000000.000050",
            id="a click in a thread that only the message names",
        ),
        pytest.param(
            {**CLICK, "container": {}, "channel": {"id": "C0ASK"}, "message": {"ts": "1700000000.000100"}},
            "button",
            "1700000000.000100",
            id="a click in an empty container",
        ),
    ],
)
def test_a_question_says_where_its_reply_belongs(body: dict[str, Any], surface: str, thread_ts: str | None) -> None:
    question = parsed(body).question
    assert (question.surface, question.channel_id, question.thread_ts) == (surface, "C0ASK", thread_ts)
    assert question.message_ts == "1700000000.000100"


@pytest.mark.parametrize(
    ("changes", "nothing"),
    [
        pytest.param({"bot_id": "B0BOT"}, True, id="an app's message"),
        pytest.param({"text": "<@U0BOT> who pays?"}, True, id="a message that also comes as a mention"),
        pytest.param({"subtype": "channel_topic"}, True, id="Slack's own"),
        pytest.param({"user": "USLACKBOT"}, True, id="Slackbot's"),
        pytest.param({"channel_type": "mpim", "text": "<@U0BOT> who pays?"}, False, id="a mention in a group DM"),
        pytest.param({"channel_type": "mpim", "bot_id": "B0BOT"}, True, id="an app's message in a group DM"),
        pytest.param({}, False, id="a plain message"),
        pytest.param({**CHANGE, "subtype": "message_changed"}, False, id="an edit"),
        pytest.param({"type": "app_home_opened"}, True, id="another event"),
    ],
)
def test_what_asks_the_bot_nothing_is_no_question(changes: dict[str, Any], nothing: bool) -> None:
    event = {**EVENT, "type": "message", "channel_type": "channel", **changes}
    assert (parsed({"event": event}) is None) is nothing


RICH_TEXT = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "user", "user_id": "U0BOT"}, {"type": "text", "text": " is HR <= 5 on "}],
        },
        {
            "type": "rich_text_list",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "the PEO?"}]}],
        },
    ],
}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param(
            {"text": "<@U0BOT> is HR &lt;= 5 on\n• the PEO?", "blocks": [RICH_TEXT]},
            "<@U0BOT> is HR &lt;= 5 on\n• the PEO?",
            id="a text that repeats its blocks, as Slack's client writes it",
        ),
        pytest.param({"text": "the PEO?", "blocks": [RICH_TEXT]}, "the PEO?\n<@U0BOT> is HR &lt;= 5 on", id="a part"),
        pytest.param({"text": "", "blocks": [RICH_TEXT]}, "<@U0BOT> is HR &lt;= 5 on\nthe PEO?", id="rich text alone"),
        pytest.param(
            {"text": None, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*who* pays?"}}]},
            "*who* pays?",
            id="a section alone",
        ),
        pytest.param({"text": "", "attachments": [{"text": "who pays?"}, 5]}, "who pays?", id="what was forwarded"),
        pytest.param({"text": "", "files": [{"id": "F0"}], "subtype": "file_share"}, "<#file>", id="a file alone"),
        pytest.param({"text": "see", "attachments": [{"from_url": "https://a.b", "text": "x"}]}, "see", id="a preview"),
    ],
)
def test_a_message_asks_what_it_says_wherever_that_stands(message: dict[str, Any], text: str) -> None:
    assert parsed({"event": {**EVENT, "type": "message", **message}}).question.text == text
    shortcut = {"type": "message_action", "callback_id": "answer_message", "channel": {"id": "C0ASK"}}
    asked = {**shortcut, "user": {"id": "U0MAYA"}, "message": {**EVENT, **message}}
    assert parsed(asked).question.text == text


def test_a_mention_of_somebody_in_rich_text_alone_is_addressed_to_them() -> None:
    assert (
        parsed({"event": {**EVENT, "type": "message", "channel_type": "channel", "text": "", "blocks": [RICH_TEXT]}})
        is None
    )


def test_tellings_of_one_question_share_a_key_and_those_of_two_do_not() -> None:
    first = parsed({"event_id": "Ev1", "event": EVENT})
    other_event = parsed({"event_id": "Ev2", "event": EVENT})
    other_message = parsed({"event_id": "Ev3", "event": {**EVENT, "ts": "1700000000.000101"}})
    assert set(first.keys) & set(other_event.keys)
    assert not set(first.keys) & set(other_message.keys)
