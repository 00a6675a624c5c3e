"""People of other organizations, in channels that are shared with them by Slack Connect. Pure.

https://docs.slack.dev/apis/slack-connect
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def home_of(body: Mapping[str, Any]) -> str | None:
    """The workspace (T...) or organization (E...) that a person belongs to who may be external; None for all others.

    In the channels of one organization, people of its other workspaces are not external.
    """
    user = body.get("user")
    if body.get("type") != "event_callback":
        home = user.get("team_id") if isinstance(user, dict) else None
    elif body.get("is_ext_shared_channel") is True:
        home = _author_home(body["event"])
    else:
        home = None
    return home if isinstance(home, str) and home else None


def _author_home(event: Mapping[str, Any]) -> object:
    inner = event.get("message")
    message = inner if isinstance(inner, dict) else event
    return message.get("user_team") or message.get("source_team") or message.get("team")


def declined_text() -> str:
    """What an external person reads where the bot answers the people of its own organization only."""
    return "I answer the people of the organization that installed me only. Please ask somebody there."
