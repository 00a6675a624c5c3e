"""People of other organizations, in channels that Slack Connect shares with them. Pure.

https://docs.slack.dev/apis/slack-connect
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def home_of(body: Mapping[str, Any]) -> str | None:
    """The workspace (T...) or organization (E...) of a person who may be external; None for everybody else.

    In the channels of one organization, people of its other workspaces are not external.
    """
    if body.get("type") == "event_callback":
        home = _author_home(body["event"]) if body.get("is_ext_shared_channel") is True else None
    else:
        user = body.get("user")
        home = user.get("team_id") if isinstance(user, dict) else None
    return home if isinstance(home, str) and home else None


def _author_home(event: Mapping[str, Any]) -> object:
    inner = event.get("message")
    message = inner if isinstance(inner, dict) else event
    return message.get("user_team") or message.get("source_team") or message.get("team")
