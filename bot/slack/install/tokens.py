"""Are the tokens right? Asked before the first connection, because Socket Mode would retry a bad one for ever."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SettingsError, TokenError
from bot.manifest import check_public, is_loopback, redirect_url
from bot.settings import Settings
from bot.slack.install.clients import Identity
from bot.slack.install.scopes import Granted
from bot.slack.web_api import START_SECONDS, UNANSWERED, UnreadableAnswer, error_code

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_BOT_TOKEN = (
    "SLACK_BOT_TOKEN",
    "xoxb-",
    "the bot token; copy it from OAuth & Permissions at https://api.slack.com/apps after installing the app",
)
_APP_TOKEN = (
    "SLACK_APP_TOKEN",
    "xapp-",
    "an app-level token with the scope connections:write; create one under Basic Information at "
    "https://api.slack.com/apps",
)

# A channel with its workspace, among many.
_HELP_CHANNEL = re.compile(r"(?P<team>T[A-Z0-9]+)/(?P<channel>[CG][A-Z0-9]+)")
# Bot, app-level, user and the two rotating kinds: https://docs.slack.dev/authentication/tokens
_KNOWN_PREFIXES = ("xoxb-", "xapp-", "xoxp-", "xoxe.", "xoxe-")


_NOT_OF_THE_TOKEN = frozenset(
    {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
)


@dataclass(frozen=True)
class OAuthClient:
    """The app as it presents itself to Slack when a workspace installs it.

    Attributes:
        redirect_url: Where Slack sends the browser back to.
        cipher: Of the tokens in the store.
    """

    id: str
    secret: str
    redirect_url: str
    cipher: MultiFernet


@dataclass(frozen=True)
class Tokens:
    """Tokens that have the right form.

    Attributes:
        bot: None for many workspaces, whose tokens are in the store.
        app: None in HTTP mode.
        signing_secret: Empty where Socket Mode does without.
        oauth: None for one workspace.
    """

    bot: str | None
    app: str | None
    signing_secret: str
    oauth: OAuthClient | None = None


def read_tokens(settings: Settings) -> Tokens:
    """Check the form of what the environment gives.

    ``SLACK_CLIENT_ID`` or ``SLACK_CLIENT_SECRET`` means many workspaces, over HTTP.

    Raises:
        SettingsError: Each token that is missing or of the wrong kind, a line each, and where to get it; or the one
            that contradicts the others.
    """
    faults = token_faults(settings)
    if faults:
        raise SettingsError("\n".join(faults))
    if is_for_many(settings):
        from bot.store.encryption import cipher_of

        oauth = OAuthClient(
            id=settings.slack_client_id or "",
            secret=own_token(settings.slack_client_secret),
            redirect_url=redirect_url(settings.public_url or ""),
            cipher=cipher_of(settings.encryption_keys),
        )
        return Tokens(bot=None, app=None, signing_secret=own_token(settings.slack_signing_secret), oauth=oauth)
    return Tokens(
        bot=own_token(settings.slack_bot_token),
        app=own_token(settings.slack_app_token) or None,
        signing_secret=own_token(settings.slack_signing_secret),
    )


def token_faults(settings: Settings) -> list[str]:
    """Each token that is missing or of the wrong kind, a line each that begins with its name; or a contradiction."""
    if is_for_many(settings):
        return _faults_for_many(settings)
    faults = [_fault(_BOT_TOKEN, settings.slack_bot_token)]
    if settings.slack_app_token is not None or settings.slack_signing_secret is None:
        faults.append(_fault(_APP_TOKEN, settings.slack_app_token))
    return [fault for fault in faults if fault]


def is_for_many(settings: Settings) -> bool:
    """Whether many workspaces install the bot, rather than one that gave it a token."""
    return bool(settings.slack_client_id or settings.slack_client_secret)


def _faults_for_many(settings: Settings) -> list[str]:
    # Here, for one workspace can do without the memory of cryptography.
    from bot.store.encryption import cipher_of

    # Bolt would leave the one or the other aside without a word.
    if settings.slack_bot_token is not None:
        return ["SLACK_BOT_TOKEN is for one workspace, and SLACK_CLIENT_ID for many. Both are set; remove one of them."]
    if settings.slack_app_token is not None:
        contradiction = "SLACK_APP_TOKEN is for Socket Mode, and SLACK_CLIENT_ID for many workspaces over HTTP"
        return [f"{contradiction}. Both are set; remove one of them."]
    needed = {
        "SLACK_CLIENT_ID": settings.slack_client_id,
        "SLACK_CLIENT_SECRET": own_token(settings.slack_client_secret),
        "SLACK_SIGNING_SECRET": own_token(settings.slack_signing_secret),
    }
    origin = "Copy it from Basic Information at https://api.slack.com/apps."
    faults = [f"{name} is not set. Many workspaces need it. {origin}" for name, value in needed.items() if not value]
    try:
        address = settings.public_url or ""
        # A stand-in for Slack on this machine reaches what Slack does not.
        redirect_url(address) if is_loopback(settings.slack_api_url) else check_public(address)
    except SettingsError:
        faults.append(
            f"PUBLIC_URL {'cannot be used' if settings.public_url else 'is not set'}. "
            "Many workspaces need the address that Slack reaches the bot at, like https://bot.example.com."
        )
    for check in (partial(cipher_of, settings.encryption_keys), partial(help_channels_of_many, settings.help_channel)):
        try:
            check()
        except SettingsError as error:
            faults.append(str(error))
    return faults


def help_channels_of_many(value: str | None) -> dict[str, str]:
    """HELP_CHANNEL of a bot for many workspaces: the channel of each that has one.

    Args:
        value: ``T.../C...``, with commas between several; None for none.

    Raises:
        SettingsError: It is something else.
    """
    found = [_HELP_CHANNEL.fullmatch(part.strip()) for part in value.split(",")] if value else []
    if None in found:
        raise SettingsError(
            "HELP_CHANNEL does not say of which workspace each channel is. Many workspaces need the ids of both, like "
            "T0123ABCD/C0456EFGH, with commas between several."
        )
    return {match["team"]: match["channel"] for match in found if match}


def own_token(secret: SecretStr | None) -> str:
    """A secret as Slack knows it: without the white space of copying; empty where it is not set."""
    return secret.get_secret_value().strip() if secret else ""


def _fault(kind: tuple[str, str, str], secret: SecretStr | None) -> str | None:
    name, prefix, origin = kind
    token = own_token(secret)
    if not token:
        return f"{name} is not set. It needs a token ({prefix}...): {origin}."
    if token.startswith(prefix):
        return None
    seen = next((known for known in _KNOWN_PREFIXES if token.startswith(known)), None)
    swapped = " The two tokens may be swapped." if seen in ("xoxb-", "xapp-") else ""
    is_now = f"holds a token of another kind ({seen}...)" if seen else "does not hold a Slack token"
    return f"{name} {is_now}.{swapped} It needs {prefix}...: {origin}."


async def auth_test(client: AsyncWebClient) -> AsyncSlackResponse:
    """Ask Slack who the bot token belongs to.

    Raises:
        TokenError: Slack refuses it or does not answer.
    """
    return await _answer("auth.test", client, client.auth_test(), _BOT_TOKEN)


async def _answer(
    method: str, client: AsyncWebClient, call: Awaitable[AsyncSlackResponse], kind: tuple[str, str, str]
) -> AsyncSlackResponse:
    """The answer to a call at the start, in bounded time.

    Raises:
        TokenError: There is none, or it is a refusal; names the call.
    """
    try:
        async with asyncio.timeout(START_SECONDS):
            return await call
    except SlackApiError as error:
        raise TokenError(_refused(method, kind, client, error)) from None
    except TimeoutError:
        waited = f"Slack at {client.base_url} has not answered {method} within {START_SECONDS:.0f} s"
        raise TokenError(f"{waited}, or asks for a longer wait. Start again in a few minutes.") from None
    except UnreadableAnswer as error:
        raise TokenError(_unreadable(method, client, error.status)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise TokenError(unreachable(client, error)) from None
    except UNANSWERED:
        raise TokenError(_unreadable(method, client)) from None


async def check_bot_token(client: AsyncWebClient, granted: Granted) -> Identity:
    """Who the bot token belongs to, as Slack says.

    Args:
        client: With the token.
        granted: Told what the token may do.

    Raises:
        TokenError: Slack refuses it or does not answer, or the token may do nothing that a question needs.
    """
    answer = await auth_test(client)
    granted.take(answer)
    if not granted.can_answer:
        remedy = "Add them under OAuth & Permissions at https://api.slack.com/apps and reinstall the app"
        raise TokenError(f"With SLACK_BOT_TOKEN nothing can be answered: {granted.note()}. {remedy}.")
    return Identity(
        team_id=answer.get("team_id"),
        enterprise_id=answer.get("enterprise_id"),
        bot_id=answer.get("bot_id"),
        bot_user_id=answer.get("user_id"),
    )


async def check_app_token(client: AsyncWebClient, app_token: str) -> AsyncSlackResponse:
    """Ask Slack for a Socket Mode address, which the connection itself will ask for again.

    Returns:
        The answer, which may warn that Socket Mode is off.

    Raises:
        TokenError: Slack refuses the token or does not answer.
    """
    call = client.apps_connections_open(app_token=app_token)
    return await _answer("apps.connections.open", client, call, _APP_TOKEN)


async def check_tokens(client: AsyncWebClient, tokens: Tokens, granted: Granted) -> Identity:
    """Who the bot token belongs to, once Slack has taken every token of one workspace.

    Args:
        client: With the bot token.
        tokens: The app token among them, if there is one.
        granted: As of `check_bot_token`.

    Raises:
        TokenError: A line for each token that Slack refuses, or one where Slack cannot be reached.
    """
    app_token = tokens.app
    if app_token is None:
        return await check_bot_token(client, granted)
    identity, answer = await asyncio.gather(
        check_bot_token(client, granted), check_app_token(client, app_token), return_exceptions=True
    )
    troubles = [one for one in (identity, answer) if isinstance(one, BaseException)]
    if len(troubles) == 2 and all(isinstance(one, TokenError) for one in troubles):
        raise TokenError("\n".join(dict.fromkeys(map(str, troubles))))
    if troubles:
        raise troubles[0]
    assert isinstance(identity, Identity)
    return identity


def _refused(method: str, kind: tuple[str, str, str], client: AsyncWebClient, error: SlackApiError) -> str:
    code = error_code(error)
    if code is None:
        return _unreadable(method, client, getattr(error.response, "status_code", None))
    if code in _NOT_OF_THE_TOKEN:
        return f"Slack cannot answer {method} now ({code}). Start again in a few minutes."
    name, prefix, origin = kind
    missing = error.response.get("needed")
    detail = f"{code}, needed: {missing}" if missing else code
    return f"Slack does not accept {name} ({detail}). It needs {prefix}...: {origin}."


def _unreadable(method: str, client: AsyncWebClient, status: int | None = None) -> str:
    detail = f" (HTTP {status})" if status else ""
    return (
        f"The answer to {method} from {client.base_url} is not Slack's{detail}. Slack may be down, or a proxy may "
        "answer in its place: check SLACK_API_URL, or start again in a few minutes."
    )


def unreachable(client: AsyncWebClient, error: Exception) -> str:
    """What to tell of a Slack that does not answer."""
    reason = str(error) or type(error).__name__
    return f"Slack cannot be reached at {client.base_url} ({reason}). Check the network, the proxy and SLACK_API_URL."
