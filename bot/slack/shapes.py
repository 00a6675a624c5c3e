"""What Slack's payloads must look like, so that no listener stumbles over one that does not.

Only what the listeners and Bolt read is checked; whatever else Slack adds is let through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Payload = Mapping[str, Any]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Id(_Shape):
    id: str


class _Message(_Shape):
    """https://docs.slack.dev/reference/events/message, and app_mention, which is one."""

    channel: str
    ts: str
    user: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    channel_type: str | None = None
    bot_id: str | None = None
    edited: dict[str, Any] | None = None


class _HomeOpened(_Shape):
    """https://docs.slack.dev/reference/events/app_home_opened"""

    user: str
    channel: str | None = None
    tab: str | None = None


class _Typed(_Shape):
    type: str


class _Callback(_Shape):
    """https://docs.slack.dev/apis/events-api#callback-field"""

    event: _Typed
    event_id: str
    team_id: str | None = None
    enterprise_id: str | None = None
    authorizations: list[dict[str, Any]] | None = None


class _Action(_Shape):
    type: str | None = None
    action_id: str
    block_id: str | None = None
    value: str | None = None


class _Container(_Shape):
    channel_id: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool | None = None


class _Interaction(_Shape):
    """https://docs.slack.dev/reference/interaction-payloads"""

    user: _Id
    team: _Id | None = None
    enterprise: _Id | None = None
    channel: _Id | None = None
    trigger_id: str | None = None
    response_url: str | None = None


class _BlockActions(_Interaction):
    container: _Container
    actions: list[_Action] = Field(min_length=1)


_EVENTS: Mapping[str, type[_Shape]] = {
    "app_mention": _Message,
    "message": _Message,
    "app_home_opened": _HomeOpened,
}


def misshapen(payload: Payload) -> str | None:
    """Where a payload is not as Slack makes it, such as ``event.channel``; None where it is. Never its words."""
    try:
        kind = payload.get("type")
        if kind == "event_callback":
            event = _Callback.model_validate(payload).event
            _EVENTS.get(event.type, _Shape).model_validate(payload["event"])
        elif kind == "block_actions":
            _BlockActions.model_validate(payload)
        elif kind is not None and ("user" in payload or "trigger_id" in payload):
            _Interaction.model_validate(payload)
    except ValidationError as error:
        return ".".join(str(part) for part in error.errors()[0]["loc"])
    return None
