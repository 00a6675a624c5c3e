"""The one check of payloads, from either transport, before Bolt and its listeners read them.

Only what they read is checked; whatever else Slack adds is let through. The texts in blocks and attachments, which may
be nested in any way, are read by `bot.slack.payloads.text` as they come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from slack_bolt.error import BoltError
from slack_bolt.request.async_request import AsyncBoltRequest

Payload: TypeAlias = Mapping[str, Any]

# An id, a ts, a type: visible ASCII, which every database takes. Some are empty.
Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~]*$", max_length=256)]
# One that is stored.
Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=32)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Named(_Shape):
    id: Id


class _Stored(_Shape):
    id: Key


class _Payload(_Shape):
    """What Bolt looks for in all of them, to find out whose they are."""

    type: Id | None = None
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None
    channel_id: Id | None = None
    trigger_id: Id | None = None
    team: _Named | Id | None = None
    enterprise: _Named | Id | None = None
    user: _Named | Id | None = None
    channel: _Named | Id | None = None
    # Bolt looks into it, in interactions too, wherever it is there.
    event: dict[str, Any] = Field(default_factory=dict)
    view: dict[str, Any] | None = None
    is_enterprise_install: bool | str | None = None
    # Slash commands have these.
    command: Id | None = None
    text: str | None = None
    response_url: str | None = None


class _Said(_Shape):
    """What somebody says; in an edit, what they said before and say now."""

    ts: Key | None = None
    user: Key | None = None
    text: str | None = None
    thread_ts: Key | None = None
    subtype: Id | None = None
    bot_id: Id | None = None
    app_id: Id | None = None
    bot_profile: dict[str, Any] | None = None
    edited: dict[str, Any] | None = None


class _Message(_Said):
    """https://docs.slack.dev/reference/events/message, and app_mention, which is one."""

    channel: Key
    ts: Key
    channel_type: Id | None = None
    message: _Said | None = None
    previous_message: _Said | None = None


class _Joined(_Shape):
    """https://docs.slack.dev/reference/events/member_joined_channel"""

    user: Key
    channel: Key
    event_ts: Key | None = None
    inviter: Id | None = None


class _HomeOpened(_Shape):
    """https://docs.slack.dev/reference/events/app_home_opened"""

    user: Id
    channel: Id | None = None
    tab: Id | None = None


class _TokensRevoked(_Shape):
    """https://docs.slack.dev/reference/events/tokens_revoked"""

    tokens: dict[str, list[str]]


class _AccessRevoked(_Shape):
    """https://docs.slack.dev/reference/events/team_access_revoked"""

    team_ids: list[Id]


class _Event(_Shape):
    type: Id


class _Authorization(_Shape):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None


class _Callback(_Shape):
    """https://docs.slack.dev/apis/events-api#callback-field"""

    event: _Event
    event_id: Id
    event_time: float | None = None
    authorizations: list[_Authorization] | None = None


class _Option(_Shape):
    value: str


class _Action(_Shape):
    action_id: Id
    block_id: Id | None = None
    value: str | None = None
    selected_option: _Option | None = None


class _Container(_Shape):
    channel_id: Key | None = None
    message_ts: Key | None = None
    thread_ts: Key | None = None
    is_ephemeral: bool | None = None


class _Person(_Stored):
    name: str | None = None
    username: str | None = None


class _Interaction(_Shape):
    """https://docs.slack.dev/reference/interaction-payloads"""

    user: _Person
    trigger_id: Id | None = None
    response_url: str | None = None


class _Screen(_Shape):
    id: Id
    type: Id


class _Pressed(_Shape):
    ts: Key | None = None
    thread_ts: Key | None = None


class _BlockActions(_Interaction):
    container: _Container
    channel: _Stored | None = None
    message: _Pressed | None = None
    actions: list[_Action] = Field(min_length=1)
    view: _Screen | None = None


class _ShortcutMessage(_Said):
    ts: Key


class _MessageAction(_Interaction):
    callback_id: Id
    channel: _Stored
    message: _ShortcutMessage


class _Entered(_Shape):
    value: str | None = None
    selected_option: _Option | None = None


class _State(_Shape):
    values: dict[str, dict[str, _Entered]]


class _Form(_Shape):
    callback_id: Id
    private_metadata: str
    state: _State


class _ViewSubmission(_Interaction):
    view: _Form


_INTERACTIONS: Mapping[str, type[_Shape]] = {
    "block_actions": _BlockActions,
    "message_action": _MessageAction,
    "view_submission": _ViewSubmission,
}
_EVENTS: Mapping[str, type[_Shape]] = {
    "app_mention": _Message,
    "message": _Message,
    "app_home_opened": _HomeOpened,
    "member_joined_channel": _Joined,
    "tokens_revoked": _TokensRevoked,
    "team_access_revoked": _AccessRevoked,
}


class Misshapen(Exception):
    """A payload that is not as Slack makes it; says where, and never repeats its words.

    Attributes:
        reason: Its kind, for the log.
    """

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


def checked(make_request: Callable[[], AsyncBoltRequest]) -> AsyncBoltRequest:
    """A request for Bolt whose payload has the shape that Slack documents.

    Raises:
        Misshapen: It has another one.
    """
    try:
        request = make_request()
    except (ValueError, RecursionError, TypeError, AttributeError, LookupError, BoltError):
        # Bolt reads some of a payload as soon as it has it.
        raise Misshapen("unreadable", "The body is neither JSON nor a form as Slack writes them.") from None
    check_shape(request.body)
    return request


def check_shape(payload: Payload) -> None:
    """Check the parts of a payload that anything here reads.

    Raises:
        Misshapen: One of them is not as Slack documents it.
    """
    try:
        kind = _Payload.model_validate(payload).type
        if kind == "event_callback":
            event = _Callback.model_validate(payload).event
            _EVENTS.get(event.type, _Event).model_validate(payload["event"])
        elif kind is not None and kind in _INTERACTIONS:
            _INTERACTIONS[kind].model_validate(payload)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
    except RecursionError:
        place = ""
    else:
        return
    # Keys of our own shapes and numbers; a key of the payload itself is not among them.
    place = re.sub(r"[^a-z_.0-9]", "", place)
    raise Misshapen("misshapen", f"The payload is not as Slack makes it, at {place}.")
