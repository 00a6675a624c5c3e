"""What a person reads whose tokens are missing, swapped or of the wrong kind: a line each, with a next step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.errors import SettingsError, TokenError
from bot.manifest import bot_scopes, shipped_manifest
from bot.settings import Settings
from bot.slack.install.scopes import Granted
from bot.slack.install.tokens import Tokens, check_app_token, check_bot_token, read_tokens
from bot.slack.web_api import api_session, web_client
from localslack import Workspace
from tests.slack.processes import free_port

BOT = "xoxb-1-abc"
APP = "xapp-1-abc"
BOT_ORIGIN = "the bot token; copy it from OAuth & Permissions at https://api.slack.com/apps after installing the app."
APP_ORIGIN = (
    "an app-level token with the scope connections:write; create one under Basic Information at "
    "https://api.slack.com/apps."
)
NO_BOT = f"SLACK_BOT_TOKEN is not set. It needs a token (xoxb-...): {BOT_ORIGIN}"
NO_APP = f"SLACK_APP_TOKEN is not set. It needs a token (xapp-...): {APP_ORIGIN}"
BOT_IS_APP = (
    "SLACK_BOT_TOKEN holds a token of another kind (xapp-...). The two tokens may be swapped. "
    f"It needs xoxb-...: {BOT_ORIGIN}"
)
APP_IS_BOT = (
    "SLACK_APP_TOKEN holds a token of another kind (xoxb-...). The two tokens may be swapped. "
    f"It needs xapp-...: {APP_ORIGIN}"
)


@pytest.fixture(autouse=True)
def _nothing_of_slack_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env there
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


def settings(bot: str | None, app: str | None, signing: str | None = None) -> Settings:
    secrets = [SecretStr(value) if value is not None else None for value in (bot, app, signing)]
    return Settings(slack_bot_token=secrets[0], slack_app_token=secrets[1], slack_signing_secret=secrets[2])


@pytest.mark.parametrize(
    ("bot", "app", "signing", "lines"),
    [
        pytest.param(None, None, None, [NO_BOT, NO_APP], id="both missing"),
        pytest.param(None, APP, None, [NO_BOT], id="no bot token"),
        pytest.param(BOT, None, None, [NO_APP], id="no app token"),
        pytest.param("  ", "\n", None, [NO_BOT, NO_APP], id="only white space"),
        pytest.param(APP, BOT, None, [BOT_IS_APP, APP_IS_BOT], id="swapped"),
        pytest.param(APP, APP, None, [BOT_IS_APP], id="the app token twice"),
        pytest.param(BOT, BOT, None, [APP_IS_BOT], id="the bot token twice"),
        pytest.param(
            "xoxp-1-abc",
            APP,
            None,
            [f"SLACK_BOT_TOKEN holds a token of another kind (xoxp-...). It needs xoxb-...: {BOT_ORIGIN}"],
            id="a user token",
        ),
        pytest.param(
            "xoxe.xoxb-1-abc",
            APP,
            None,
            [f"SLACK_BOT_TOKEN holds a token of another kind (xoxe....). It needs xoxb-...: {BOT_ORIGIN}"],
            id="a rotating token",
        ),
        pytest.param(
            BOT,
            "0123456789abcdef",
            None,
            [f"SLACK_APP_TOKEN does not hold a Slack token. It needs xapp-...: {APP_ORIGIN}"],
            id="something else",
        ),
        pytest.param(None, None, "secret", [NO_BOT], id="HTTP without a bot token"),
        pytest.param(APP, None, "secret", [BOT_IS_APP], id="HTTP with the app token as the bot token"),
        pytest.param(BOT, BOT, "secret", [APP_IS_BOT], id="a wrong app token beside a signing secret"),
    ],
)
def test_every_wrong_token_gets_one_line_that_names_it_and_where_to_get_the_right_one(
    bot: str | None, app: str | None, signing: str | None, lines: list[str]
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_tokens(settings(bot, app, signing))
    assert str(raised.value).splitlines() == lines


@pytest.mark.parametrize(
    ("bot", "app", "signing", "tokens"),
    [
        pytest.param(BOT, APP, None, Tokens(BOT, APP, ""), id="Socket Mode"),
        pytest.param(f" {BOT}\n", f"\t{APP} ", None, Tokens(BOT, APP, ""), id="white space from a copy"),
        pytest.param(BOT, None, "secret", Tokens(BOT, None, "secret"), id="HTTP"),
        pytest.param(BOT, APP, "secret", Tokens(BOT, APP, "secret"), id="all three"),
    ],
)
def test_right_tokens_are_read(bot: str, app: str | None, signing: str | None, tokens: Tokens) -> None:
    assert read_tokens(settings(bot, app, signing)) == tokens


# Many workspaces

KEY = Fernet.generate_key().decode()
FROM_BASIC_INFORMATION = "Many workspaces need it. Copy it from Basic Information at https://api.slack.com/apps."
MANY = {
    "slack_client_id": "1.2",
    "slack_client_secret": "client-secret",
    "slack_signing_secret": "signing-secret",
    "public_url": "https://bot.example.com",
    "encryption_keys": KEY,
}


def settings_for_many(**changes: str | None) -> Settings:
    nothing: dict[str, Any] = {"slack_bot_token": None, "slack_app_token": None}
    return Settings(**{**nothing, **MANY, **changes})


@pytest.mark.parametrize("public_url", ["https://bot.example.com", "https://bot.example.com/"])
def test_a_client_id_means_many_workspaces_over_http(public_url: str) -> None:
    tokens = read_tokens(settings_for_many(public_url=public_url))
    assert (tokens.bot, tokens.app, tokens.signing_secret) == (None, None, "signing-secret")
    assert tokens.oauth is not None
    assert (tokens.oauth.id, tokens.oauth.secret) == ("1.2", "client-secret")
    assert tokens.oauth.redirect_url == "https://bot.example.com/slack/oauth_redirect"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {"slack_bot_token": BOT},
            "SLACK_BOT_TOKEN is for one workspace, and SLACK_CLIENT_ID for many. Both are set; remove one of them.",
            id="a bot token",
        ),
        pytest.param(
            {"slack_app_token": APP, "slack_client_secret": None},
            "SLACK_APP_TOKEN is for Socket Mode, and SLACK_CLIENT_ID for many workspaces over HTTP. "
            "Both are set; remove one of them.",
            id="an app token, and something missing",
        ),
        pytest.param(
            {"help_channel": "C0ASK"},
            "HELP_CHANNEL does not say of which workspace each channel is. Many workspaces need the ids of both, like "
            "T0123ABCD/C0456EFGH, with commas between several.",
            id="a help channel of no workspace",
        ),
        pytest.param({"slack_client_id": None}, f"SLACK_CLIENT_ID is not set. {FROM_BASIC_INFORMATION}", id="no id"),
        pytest.param(
            {"slack_client_secret": " "}, f"SLACK_CLIENT_SECRET is not set. {FROM_BASIC_INFORMATION}", id="no secret"
        ),
        pytest.param(
            {"slack_signing_secret": None},
            f"SLACK_SIGNING_SECRET is not set. {FROM_BASIC_INFORMATION}",
            id="no signing secret",
        ),
        pytest.param(
            {"public_url": None},
            "PUBLIC_URL is not set. Many workspaces need the address that Slack reaches the bot at, like "
            "https://bot.example.com.",
            id="no address",
        ),
        pytest.param(
            {"public_url": "http://bot.example.com"},
            "PUBLIC_URL cannot be used. Many workspaces need the address that Slack reaches the bot at, like "
            "https://bot.example.com.",
            id="an address without TLS",
        ),
    ],
)
def test_what_contradicts_or_is_missing_for_many_workspaces_gets_one_line(
    changes: dict[str, str | None], line: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_tokens(settings_for_many(**changes))
    assert str(raised.value) == line


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("do-not-show", id="no key"),
        pytest.param(f"{KEY},do-not-show", id="no key behind a key"),
    ],
)
def test_without_a_key_for_their_tokens_many_workspaces_are_refused_in_one_line(keys: str | None) -> None:
    with pytest.raises(SettingsError, match=r"^ENCRYPTION_KEYS ") as raised:
        read_tokens(settings_for_many(encryption_keys=keys))
    assert "do-not-show" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_everything_that_is_missing_is_told_at_once() -> None:
    nothing = dict.fromkeys(MANY) | {"slack_client_id": "1.2"}
    with pytest.raises(SettingsError) as raised:
        read_tokens(settings_for_many(**nothing))
    assert [line.partition(" ")[0] for line in str(raised.value).splitlines()] == [
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "PUBLIC_URL",
        "ENCRYPTION_KEYS",
    ]


@pytest.mark.parametrize("wrong", ["xoxp-1-do-not-show", "do-not-show"])
def test_no_message_shows_a_token(wrong: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_tokens(settings(wrong, wrong))
    assert "do-not-show" not in str(raised.value)


# What Slack says of them


@pytest.fixture
async def workspace() -> Workspace:
    """A workspace that no bot is connected to, not started."""
    from tests.slack.processes import local_workspace

    return local_workspace()


async def test_who_the_bot_is_comes_from_slack(workspace: Workspace) -> None:
    async with workspace, api_session() as session:
        identity = await check_bot_token(web_client(workspace.bot_token, workspace.api_url, session), Granted())
    assert (identity.team_id, identity.bot_user_id) == (workspace.team_id, workspace.bot_user_id)
    assert str(identity.bot_id).startswith("B")


async def test_a_bot_token_that_slack_refuses_is_named_with_slacks_reason(workspace: Workspace) -> None:
    async with workspace, api_session() as session:
        with pytest.raises(TokenError) as raised:
            await check_bot_token(web_client("xoxb-revoked", workspace.api_url, session), Granted())
    expected = f"Slack does not accept SLACK_BOT_TOKEN (invalid_auth). It needs xoxb-...: {BOT_ORIGIN}"
    assert str(raised.value) == expected


async def test_an_app_token_that_slack_refuses_is_named_with_slacks_reason(workspace: Workspace) -> None:
    async with workspace, api_session() as session:
        with pytest.raises(TokenError) as raised:
            await check_app_token(web_client(workspace.bot_token, workspace.api_url, session), "xapp-revoked")
    expected = f"Slack does not accept SLACK_APP_TOKEN (invalid_auth). It needs xapp-...: {APP_ORIGIN}"
    assert str(raised.value) == expected


async def test_a_slack_that_cannot_be_reached_is_not_blamed_on_the_tokens() -> None:
    address = f"http://127.0.0.1:{free_port()}/api/"
    async with api_session() as session:
        with pytest.raises(TokenError, match="cannot be reached at") as raised:
            await check_bot_token(web_client(BOT, address, session), Granted())
    assert address in str(raised.value)
    assert "SLACK_API_URL" in str(raised.value)
    assert "SLACK_BOT_TOKEN" not in str(raised.value)
    assert "\n" not in str(raised.value)


def failed(code: str, **more: Any) -> web.Response:
    return web.json_response({"ok": False, "error": code}, **more)


@asynccontextmanager
async def answering(response: Callable[[], web.Response]) -> AsyncIterator[str]:
    """The address of something in Slack's place that answers every call alike."""

    async def answer(_: web.Request) -> web.Response:
        return response()

    site = web.Application()
    site.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(site)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("response", "words"),
    [
        pytest.param(
            lambda: web.Response(text='{"ok": tr', content_type="application/json"), "not Slack's", id="broken JSON"
        ),
        pytest.param(lambda: web.Response(text="[1]", content_type="application/json"), "not Slack's", id="a list"),
        pytest.param(
            lambda: web.Response(body=b"\xff", content_type="application/json"), "not Slack's", id="no text at all"
        ),
        pytest.param(lambda: web.Response(), "not Slack's", id="nothing"),
        pytest.param(
            lambda: web.Response(text="<p>Bad gateway</p>", content_type="text/html", status=502),
            r"not Slack's \(HTTP 502\)",
            id="a proxy's 502",
        ),
        pytest.param(
            lambda: failed("internal_error"),
            "internal_error",
            id="Slack's own fault",
        ),
        pytest.param(
            lambda: failed("ratelimited", status=429, headers={"Retry-After": "30"}), "longer wait", id="a wait of 30 s"
        ),
        pytest.param(
            lambda: failed("ratelimited", status=429, headers={"Retry-After": "300"}),
            r"\(ratelimited\)\. Start again",
            id="a wait of minutes",
        ),
    ],
)
async def test_an_answer_that_says_nothing_of_the_token_is_not_blamed_on_it(
    response: Callable[[], web.Response], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.install.tokens.START_SECONDS", 0.5)
    async with answering(response) as address, api_session() as session:
        for method, call in {
            "auth.test": check_bot_token(web_client(BOT, address, session), Granted()),
            "apps.connections.open": check_app_token(web_client(BOT, address, session), "xapp-1"),
        }.items():
            with pytest.raises(TokenError, match=words) as raised:
                await call
            assert method in str(raised.value)
            assert "does not accept" not in str(raised.value)
            assert "\n" not in str(raised.value)


# Scopes


def workspace_that_grants(*scopes: str) -> Workspace:
    manifest = shipped_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = list(scopes)
    return Workspace(manifest)


async def test_a_token_that_can_answer_nothing_is_refused_with_what_it_lacks() -> None:
    async with workspace_that_grants("channels:history", "chat:write") as workspace, api_session() as session:
        with pytest.raises(TokenError, match="nothing can be answered") as raised:
            await check_bot_token(web_client(workspace.bot_token, workspace.api_url, session), Granted())
    assert "app_mentions:read (mentions get no answer)" in str(raised.value)


@pytest.mark.parametrize("scopes", [("commands",), ("app_mentions:read", "chat:write"), ("im:history", "chat:write")])
async def test_a_token_that_can_answer_something_is_taken_and_what_is_lacking_named(scopes: tuple[str, ...]) -> None:
    granted = Granted()
    async with workspace_that_grants(*scopes) as workspace, api_session() as session:
        await check_bot_token(web_client(workspace.bot_token, workspace.api_url, session), granted)
    assert set(granted.lacking) == set(bot_scopes()) - set(scopes)
    assert all(scope in str(granted.note()) for scope in granted.lacking)
