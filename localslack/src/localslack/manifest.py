"""What the app's manifest allows it in the workspace.

The app gets exactly the scopes, events, commands and shortcuts that its manifest names, so a bot that works here has a
complete manifest.

Keys: https://docs.slack.dev/reference/app-manifest
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as Slack's client offers it.

    Attributes:
        name: With the slash.
        usage_hint: What may follow it; may be empty.
    """

    name: str
    description: str
    usage_hint: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut as Slack's client offers it: in the menu of a message, or everywhere."""

    callback_id: str
    name: str
    kind: Literal["message", "global"]


@dataclass(frozen=True, slots=True)
class AppManifest:
    """The parts of a manifest that decide what the workspace lets the app do.

    Attributes:
        bot_name: The bot user's display name.
        bot_scopes: In the order of the manifest.
        bot_events: Such as ``app_mention`` and ``message.channels``.
        commands: By name.
        shortcuts: By callback_id.
        home_tab: Whether the app has a Home tab.
        direct_messages: Whether people can write to the app: the messages tab is on and not read-only.
        interactivity: Whether clicks, shortcuts and views reach the app.
        socket_mode: Whether anything reaches the app's Socket Mode connections.
        events_url: Where Slack sends events in HTTP mode; empty in Socket Mode.
        command_urls: Where it sends each command in HTTP mode.
        interactivity_url: Where it sends clicks, shortcuts and views in HTTP mode.
    """

    bot_name: str
    bot_scopes: tuple[str, ...]
    bot_events: frozenset[str]
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    home_tab: bool
    messages_tab: bool
    direct_messages: bool
    interactivity: bool
    socket_mode: bool
    events_url: str
    command_urls: Mapping[str, str]
    interactivity_url: str

    @property
    def is_http(self) -> bool:
        """Whether the app uses HTTP mode."""
        return not self.socket_mode and bool(self.events_url)

    @classmethod
    def from_mapping(cls, manifest: Mapping[str, Any]) -> "AppManifest":
        """Read the content of a ``manifest.json``.

        Raises:
            ValueError: The app has no bot user.
        """
        features = _at(manifest, "features")
        home = _at(features, "app_home")
        events = _at(manifest, "settings", "event_subscriptions")
        interactivity = _at(manifest, "settings", "interactivity")
        return cls(
            bot_name=_bot_name(manifest),
            bot_scopes=tuple(_at(manifest, "oauth_config", "scopes").get("bot", ())),
            bot_events=frozenset(events.get("bot_events", ())),
            commands={
                command["command"]: Command(
                    command["command"],
                    command.get("description", ""),
                    command.get("usage_hint", ""),
                )
                for command in _listed(features, "slash_commands")
            },
            shortcuts={
                shortcut["callback_id"]: Shortcut(shortcut["callback_id"], shortcut["name"], shortcut["type"])
                for shortcut in _listed(features, "shortcuts")
            },
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            direct_messages=bool(
                home.get("messages_tab_enabled", False) and not home.get("messages_tab_read_only_enabled", False)
            ),
            interactivity=bool(interactivity.get("is_enabled", False)),
            socket_mode=bool(_at(manifest, "settings").get("socket_mode_enabled", False)),
            events_url=events.get("request_url", ""),
            command_urls={
                command["command"]: command["url"]
                for command in _listed(features, "slash_commands")
                if "url" in command
            },
            interactivity_url=interactivity.get("request_url", ""),
        )


def _bot_name(manifest: Mapping[str, Any]) -> str:
    bot_user = _at(manifest, "features", "bot_user")
    if not bot_user.get("display_name"):
        raise ValueError(
            "The manifest has no features.bot_user.display_name. An app needs a bot user to post; add one."
        )
    return str(bot_user["display_name"])


def _at(mapping: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        mapping = mapping.get(key, {})
    return mapping


def _listed(mapping: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = mapping.get(key, ())
    return found
