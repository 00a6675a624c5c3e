"""What can be found out of an app with its own tokens, and without anybody noticing.

Slack shows an app its scopes (a header of every answer), the time, whether Socket Mode is on, and channels. Which
events it is subscribed to, its command, its interactivity and its messages tab are shown only to a configuration
token, which no bot should have.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bot.doctor.findings import Finding, fault, ok, unseen
from bot.errors import SettingsError, TokenError
from bot.manifest import INSTALL_PATH
from bot.settings import Settings
from bot.slack.install.help_channels import help_channel_fault
from bot.slack.install.scopes import granted_scopes
from bot.slack.install.tokens import (
    auth_test,
    check_app_token,
    help_channels_of_many,
    is_for_many,
    own_token,
    token_faults,
    unreachable,
)
from bot.slack.messages.notices import TRIAL
from bot.slack.proxy import proxy_for
from bot.slack.web_api import (
    UNANSWERED,
    AsyncSlackResponse,
    AsyncWebClient,
    SlackApiError,
    api_session,
    reason_of,
    remedy_of,
    web_client,
)

if TYPE_CHECKING:
    from bot.store.installations import Installation

_APPS = "https://api.slack.com/apps"

# Seconds. The header has whole seconds and the answer was under way; a clock that is kept in time is off by less
# than one. Requests older than five minutes are refused: https://docs.slack.dev/authentication/verifying-requests
LARGEST_SKEW_SECONDS = 30

_SIGNING_SECRET = re.compile(r"[0-9a-z]{32}")
_SURFACES = {
    "channel": "a mention",
    "plain": "a message without a mention",
    "dm": "a direct message",
    "command": "a command",
    "button": "a click",
}
_SURFACE_OF_EVENT = {"app_mention": "channel", "message.im": "dm"}
# Slack's most for one page is 1,000, and asks for 200 at most.
_CHANNELS_PER_PAGE = 200


def token_findings(settings: Settings) -> list[Finding]:
    """What is wrong with the form of the tokens, without asking Slack."""
    return [fault(line) for line in token_faults(settings)]


def proxy_finding(settings: Settings) -> Finding:
    """How Slack is reached."""
    proxy = proxy_for(settings.slack_api_url)
    return ok(f"Slack is reached {f'through the proxy {proxy}' if proxy else 'without a proxy'}.")


async def slack_findings(
    settings: Settings, manifest: Mapping[str, Any], listening: Mapping[str, Sequence[str]], write_to: str | None
) -> list[Finding]:
    """What Slack says of the tokens of one workspace, as far as they have the right form.

    Args:
        settings: The tokens, and what is configured with them.
        manifest: What the app should have been made from.
        listening: The channels that are to be answered without a mention, by workspace.
        write_to: A member's id. They are written to, and the message is deleted: the only way to see a closed
            messages tab. None writes to nobody.
    """
    faults = token_faults(settings)
    found = []
    async with api_session() as session:
        if settings.slack_bot_token and not any(line.startswith("SLACK_BOT_TOKEN") for line in faults):
            client = web_client(own_token(settings.slack_bot_token), settings.slack_api_url, session)
            found += await _bot_findings(client, settings, manifest, listening, write_to)
        if settings.slack_app_token and not any(line.startswith("SLACK_APP_TOKEN") for line in faults):
            client = web_client("", settings.slack_api_url, session)
            found += await _socket_mode_findings(client, own_token(settings.slack_app_token))
    return found


async def _bot_findings(
    client: AsyncWebClient,
    settings: Settings,
    manifest: Mapping[str, Any],
    listening: Mapping[str, Sequence[str]],
    write_to: str | None,
) -> list[Finding]:
    asked_at = time.time()
    try:
        answer = await auth_test(client)
    except TokenError as error:
        return [fault(str(error))]
    answered_at = time.time()
    found = [ok(f"The bot token is that of @{answer.get('user')} in {answer.get('team')} ({answer.get('team_id')}).")]
    found.append(_scope_finding(answer, manifest))
    found.append(_clock_finding(answer, asked_at, answered_at))
    found += await _channel_findings(client, listening.get(answer.get("team_id") or "", ()))
    if settings.help_channel:
        line = await help_channel_fault(client, settings.help_channel)
        found.append(fault(line) if line else ok(f"HELP_CHANNEL {settings.help_channel} is there, and the bot in it."))
    if write_to:
        found.append(await _messages_tab_finding(client, write_to))
    return found


async def many_findings(
    settings: Settings,
    manifest: Mapping[str, Any],
    installed: Sequence[Installation],
    listening: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """What Slack says of the tokens of many workspaces.

    Args:
        settings: Where they install the bot.
        manifest: What they should have granted.
        installed: The installations to ask about.
        listening: As of `slack_findings`.
    """
    again = f"{(settings.public_url or 'https://HOST').rstrip('/')}{INSTALL_PATH}"
    if not installed:
        return [ok(f"No workspace has installed the bot yet. That begins at {again}.")]
    found: list[Finding] = []
    good, clocks = 0, []
    try:
        help_channels = help_channels_of_many(settings.help_channel)
    except SettingsError:
        # It stands among the faults of the settings.
        help_channels = {}
    async with api_session() as session:
        for bot in installed:
            client = web_client(bot.bot_token, settings.slack_api_url, session)
            name = f"{'Organization' if bot.is_enterprise_install else 'Workspace'} {bot.team_id or bot.enterprise_id}"
            asked_at = time.time()
            try:
                answer = await client.auth_test()
            except SlackApiError as error:
                reason = reason_of(error)
                found.append(fault(f"{name} does not accept its token ({reason}). Install it again at {again}."))
                continue
            except UNANSWERED as error:
                return [*found, fault(unreachable(client, error))]
            missing = _missing_scopes(answer, manifest)
            if missing:
                found.append(fault(f"{name} has not granted {', '.join(missing)}. Install it again at {again}."))
            good += not missing
            if listening.get(bot.team_id or ""):
                channels = await _channel_findings(client, listening[bot.team_id or ""])
                found += [fault(f"{name}: {one.text}") for one in channels if one.verdict == "fault"]
            help_channel = help_channels.pop(bot.team_id or "", None)
            line = await help_channel_fault(client, help_channel) if help_channel else None
            found += [fault(f"{name}: {line}")] if line else []
            clocks.append(_clock_finding(answer, asked_at, time.time()))
    found += [unseen(f"HELP_CHANNEL: {team} is not among the installations that came last.") for team in help_channels]
    found += clocks[-1:]
    found.append(ok(f"{good} of the {len(installed)} installations that came last are good."))
    return found


def _scope_finding(answer: AsyncSlackResponse, manifest: Mapping[str, Any]) -> Finding:
    missing = _missing_scopes(answer, manifest)
    if not missing:
        return ok("The app has every scope of the manifest.")
    named = f"scope {missing[0]}" if len(missing) == 1 else f"scopes {', '.join(missing)}"
    return fault(
        f"The app lacks the {named}. Add what is missing under OAuth & Permissions at {_APPS}, then choose "
        "Reinstall to Workspace there."
    )


def _missing_scopes(answer: AsyncSlackResponse, manifest: Mapping[str, Any]) -> list[str]:
    granted = granted_scopes(answer.headers) or frozenset()
    return [scope for scope in manifest["oauth_config"]["scopes"]["bot"] if scope not in granted]


def _clock_finding(answer: AsyncSlackResponse, asked_at: float, answered_at: float) -> Finding:
    """Compare Slack's clock with ours, which may have moved on while the answer was under way."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return unseen("Slack's answer has no time. Compare this machine's clock with another one.")
    if asked_at - LARGEST_SKEW_SECONDS <= theirs <= answered_at + LARGEST_SKEW_SECONDS:
        return ok("The clock agrees with Slack's.")
    where = f"{asked_at - theirs:.0f} s ahead of" if theirs < asked_at else f"{theirs - answered_at:.0f} s behind"
    return fault(
        f"This machine's clock is {where} Slack's. Turn on time synchronization (NTP): in HTTP mode, requests that "
        "seem five minutes old are refused."
    )


async def _channel_findings(client: AsyncWebClient, listening: Sequence[str]) -> list[Finding]:
    """In which channels the bot is, and in which it should be."""
    try:
        channels = await _own_channels(client)
    except (SlackApiError, *UNANSWERED) as error:
        return [fault(f"The bot's channels cannot be listed ({reason_of(error)}). {remedy_of(error)}")]
    found = [
        fault(f"{channel_id} is to be answered without a mention, but the bot is not in it. Type /invite and its name.")
        for channel_id in listening
        if channel_id not in {channel["id"] for channel in channels}
    ]
    count = sum(not channel.get("is_archived") for channel in channels)
    if not count:
        return [*found, ok("The bot is in no channel yet. Type /invite and its name where it should be mentioned.")]
    return [*found, ok(f"The bot is in {count} channel{'' if count == 1 else 's'}.")]


async def _own_channels(client: AsyncWebClient) -> list[dict[str, Any]]:
    """All channels that the bot is in, archived ones too."""
    channels: list[dict[str, Any]] = []
    cursor = ""
    while True:
        types = "public_channel,private_channel"
        answer = await client.users_conversations(types=types, limit=_CHANNELS_PER_PAGE, cursor=cursor)
        channels += answer["channels"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return channels


async def _messages_tab_finding(client: AsyncWebClient, user_id: str) -> Finding:
    try:
        posted = await client.chat_postMessage(channel=user_id, text=TRIAL)
        await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    except (SlackApiError, *UNANSWERED) as error:
        code = reason_of(error)
        if code == "messages_tab_disabled":
            return fault(
                "The messages tab is closed, so that nobody can write to the bot. Turn it on under App Home at "
                f"{_APPS}, and there allow messages from it."
            )
        if code in ("channel_not_found", "user_not_found"):
            return fault(
                f"--write-to {user_id} is nobody in this workspace. Give a member's id (U...), from the menu of "
                "their profile."
            )
        return fault(f"{user_id} cannot be written to ({code}). {remedy_of(error)}")
    return ok(f"The messages tab is open: {user_id} was written to, and the message deleted.")


async def _socket_mode_findings(client: AsyncWebClient, app_token: str) -> list[Finding]:
    # Asks for an address and opens no connection: that would take events away from the bot that is running.
    try:
        answer = await check_app_token(client, app_token)
    except TokenError as error:
        return [fault(str(error))]
    warnings = (answer.get("response_metadata") or {}).get("messages") or []
    if any("Socket Mode is not turned on" in line for line in warnings):
        return [
            fault(
                f"Slack says that Socket Mode is off: nothing will reach the bot. Turn it on at {_APPS} under Socket "
                "Mode; or serve HTTP, with SLACK_SIGNING_SECRET in place of SLACK_APP_TOKEN."
            )
        ]
    return [ok("Slack accepts the app-level token, and Socket Mode is on.")]


def signing_secret_fault(settings: Settings) -> str | None:
    """What is wrong with the form of SLACK_SIGNING_SECRET; None where it is not set or may be right."""
    secret = own_token(settings.slack_signing_secret)
    if not secret or _SIGNING_SECRET.fullmatch(secret):
        return None
    return (
        "SLACK_SIGNING_SECRET does not look like one (32 letters and digits). Copy the Signing Secret from Basic "
        f"Information at {_APPS}; it is neither a token nor the Verification Token."
    )


def subscription_findings(
    settings: Settings, manifest: Mapping[str, Any], last_asked: Mapping[str, float], write_to: str | None
) -> Iterator[Finding]:
    """What Slack shows to no bot, as far as what has arrived does not tell it.

    Args:
        settings: Say which mode it is.
        manifest: What the app should have been made from.
        last_asked: When something last arrived, by surface, in seconds since the epoch. What arrives is subscribed to.
        write_to: As of `slack_findings`.
    """
    arrived = {words: last_asked[surface] for surface, words in _SURFACES.items() if surface in last_asked}
    if arrived:
        days = (f"{words} on {_day(at)}" for words, at in arrived.items())
        yield ok(f"What came in last: {', '.join(days)}.")
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    unproven = [event for event in events if _SURFACE_OF_EVENT.get(event) not in last_asked]
    if unproven:
        yield unseen(f"Events: {_APPS} must show under Event Subscriptions: {', '.join(unproven)}.")
    if "command" not in last_asked:
        [command] = [command["command"] for command in manifest["features"]["slash_commands"]]
        yield unseen(f"Command: {command} must stand under Slash Commands. Type it to see.")
    if "button" not in last_asked:
        yield unseen("Buttons: Interactivity & Shortcuts must be on. Press one to see.")
    if "dm" not in last_asked and not write_to:
        yield unseen(
            "Messages tab: under App Home it must be on and allow messages. To see, let the bot write to you for a "
            "moment: peo-aso doctor --write-to U..."
        )
    if is_for_many(settings) and write_to:
        yield unseen("--write-to is for one workspace, and writes to nobody among many.")
    if not is_for_many(settings) and (settings.slack_app_token or not settings.slack_signing_secret):
        yield unseen("Tokens: both must belong to the same app. If in doubt, copy both again from its pages.")
    else:
        yield unseen(
            "Request URL: when Slack reaches this machine, Event Subscriptions says Verified beside it. Socket Mode "
            "must be off."
        )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
