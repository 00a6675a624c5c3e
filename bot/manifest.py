"""What Slack lets the bot do: ``manifest.json``, for Socket Mode as it stands, and what HTTP mode makes of it."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
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
# Top-level names that the internet does not have: https://www.rfc-editor.org/rfc/rfc6762#appendix-G
_PRIVATE_DOMAINS = frozenset({"corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"})


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
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused(address, "is no address that Slack sends to") from None
    # Slack sends to https only; the local workspace is on this machine.
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not is_safe or not host or parts.query or parts.fragment:
        raise _refused(address, "is no address that Slack sends to")
    if "@" in parts.netloc:
        # The message must not repeat the password.
        raise SettingsError(
            "The address has a user or password in it, which Slack does not send. Leave out what stands before the @."
        )
    return address.rstrip("/")


def is_loopback(address: str) -> bool:
    """Whether an address is on this machine."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_public(address: str) -> None:
    """Check that Slack, which is on the internet, can reach an address.

    Raises:
        SettingsError: It cannot, and why.
    """
    host = (urlsplit(_checked(address)).hostname or "").rstrip(".")
    if is_loopback(address):
        raise _refused(address, "is this machine's own, which Slack cannot reach")
    try:
        ip = ip_address(host)
    except ValueError:
        name, _, last = host.rpartition(".")
        if not name or last in _PRIVATE_DOMAINS or not re.search("[a-z]", last) or last.startswith("0x"):
            raise _refused(address, "is a name of a private network, which Slack cannot reach") from None
    else:
        if not (getattr(ip, "ipv4_mapped", None) or ip).is_global:
            raise _refused(address, "is an address of a private network, which Slack cannot reach")


def _refused(address: str, reason: str) -> SettingsError:
    return SettingsError(f"{address!r} {reason}. Give one like https://bot.example.com.")
