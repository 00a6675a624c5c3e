"""What a workspace has granted the bot, and what is missing without it."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.manifest import bot_scopes

_COSTS = {
    "app_mentions:read": "mentions get no answer",
    "channels:history": "public channels are answered only where the bot is mentioned",
    "channels:read": "no public channel can be the help channel",
    "chat:write": "only commands are answered",
    "commands": "the slash command and the shortcut get no answer",
    "groups:history": "private channels are answered only where the bot is mentioned",
    "groups:read": "no private channel can be the help channel",
    "im:history": "direct messages get no answer",
    "mpim:history": "group direct messages get no answer",
}


class Granted:
    """The scopes of the one workspace, by the last answer that told them.

    Attributes:
        lacking: Scopes of the manifest that are not granted; empty as long as Slack has not said.
    """

    def __init__(self) -> None:
        self.lacking: tuple[str, ...] = ()
        self._granted: frozenset[str] | None = None

    def take(self, answer: AsyncSlackResponse) -> None:
        """Note what the header of an answer to the bot token says."""
        granted = granted_scopes(answer.headers)
        if granted is not None:
            self._granted = granted
            self.lacking = tuple(scope for scope in bot_scopes() if scope not in granted)

    @property
    def can_answer(self) -> bool:
        """Whether there is any way to ask and be answered."""
        granted = self._granted
        if granted is None or "commands" in granted:
            return True
        return "chat:write" in granted and not granted.isdisjoint({"app_mentions:read", "im:history", "mpim:history"})

    def note(self) -> str | None:
        """The missing scopes and what each one costs; None if all are granted."""
        if not self.lacking:
            return None
        costs = (f"{scope} ({_COSTS.get(scope, 'a part of the bot does not work')})" for scope in self.lacking)
        return f"the app lacks {', '.join(costs)}"


def granted_scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """The scopes that the headers of an answer tell; None where they tell none."""
    told = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    return None if told is None else frozenset(scope.strip() for scope in told.split(","))
