"""What Slack lets the bot do: ``manifest.json``, for Socket Mode as it stands, and what HTTP mode makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingsError

# A link to the file at the root, where people look for it; an installed wheel has the file itself here.
_MANIFEST = Path(__file__).parent / "manifest.json"

# Events, commands and interactions all come here.
EVENTS_PATH = "/slack/events"
# Where a workspace sets out to install the bot, and where Slack sends it back to.
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def shipped_manifest() -> dict[str, Any]:
    """The manifest that people paste, anew with each call."""
    manifest: dict[str, Any] = json.loads(_MANIFEST.read_text(encoding="utf-8"))
    return manifest


def bot_scopes() -> list[str]:
    """What a workspace grants the bot when it installs it."""
    scopes: list[str] = shipped_manifest()["oauth_config"]["scopes"]["bot"]
    return scopes


def redirect_url(address: str) -> str:
    """Where Slack sends a browser back to after an installation; argument and errors as of `http_manifest`."""
    return f"{_checked(address)}{REDIRECT_PATH}"


def http_manifest(address: str, *, many_workspaces: bool = False) -> dict[str, Any]:
    """The same app for HTTP mode.

    Args:
        address: Where Slack reaches the bot, such as ``https://bot.example.com``; a path in it comes before the
            bot's own, for a proxy that takes it away.
        many_workspaces: Other workspaces, and organizations as a whole, may install it.

    Raises:
        SettingsError: The address is none that Slack would send to.
    """
    url = f"{_checked(address)}{EVENTS_PATH}"
    manifest = shipped_manifest()
    settings = manifest["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"] = {"request_url": url, **settings["event_subscriptions"]}
    settings["interactivity"]["request_url"] = url
    for command in manifest["features"]["slash_commands"]:
        command["url"] = url
    if many_workspaces:
        manifest["oauth_config"] = {"redirect_urls": [redirect_url(address)], **manifest["oauth_config"]}
        settings["event_subscriptions"]["bot_events"].append("team_access_revoked")
        settings["org_deploy_enabled"] = True
    return manifest


def _checked(address: str) -> str:
    if not _is_reached(address):
        raise SettingsError(f"{address!r} is no address that Slack sends to. Give one like https://bot.example.com.")
    return address.rstrip("/")


def _is_reached(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    # Slack sends to https only; the local workspace is on this machine.
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return is_safe and bool(parts.hostname) and not parts.query and not parts.fragment
