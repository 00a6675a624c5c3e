"""``peo-aso manifest``: one source, two transports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.errors import SettingsError
from bot.manifest import http_manifest, shipped_manifest

HOST = "https://bot.example.com"
URL = f"{HOST}/slack/events"


def printed(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["manifest", *arguments])
    assert result.exit_code == 0
    manifest: dict[str, Any] = json.loads(result.stdout)
    return manifest


def test_without_an_address_the_manifest_is_the_one_that_people_paste() -> None:
    assert printed() == shipped_manifest()
    assert shipped_manifest()["settings"]["socket_mode_enabled"] is True


def test_for_http_mode_slack_is_given_one_address_for_everything() -> None:
    manifest = printed("--http", HOST)
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == URL
    assert settings["interactivity"]["request_url"] == URL
    assert [command["url"] for command in manifest["features"]["slash_commands"]] == [URL]


def test_both_transports_have_the_same_scopes_events_and_features() -> None:
    manifest = http_manifest(HOST)
    settings = manifest["settings"]
    settings["socket_mode_enabled"] = True
    del settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]
    for command in manifest["features"]["slash_commands"]:
        del command["url"]
    assert manifest == shipped_manifest()


@pytest.mark.parametrize(
    ("address", "url"),
    [
        pytest.param(f"{HOST}/", URL, id="a slash at the end"),
        pytest.param(f"{HOST}:8443/peo", f"{HOST}:8443/peo/slack/events", id="a port and a path"),
        pytest.param("http://127.0.0.1:3000", "http://127.0.0.1:3000/slack/events", id="this machine"),
    ],
)
def test_an_address_may_be_written_in_several_ways(address: str, url: str) -> None:
    assert http_manifest(address)["settings"]["event_subscriptions"]["request_url"] == url


@pytest.mark.parametrize(
    "address", ["", "bot.example.com", "http://bot.example.com", "https://", "https://[", "https://h?a=1", "ftp://h"]
)
def test_an_address_that_slack_would_not_send_to_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match=r"https://bot\.example\.com"):
        http_manifest(address)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param("https://localhost", "this machine's own", id="localhost"),
        pytest.param("http://127.0.0.1:3000", "this machine's own", id="loopback without TLS"),
        pytest.param("https://127.8.8.8", "this machine's own", id="another loopback address"),
        pytest.param("https://bot.localhost.", "this machine's own", id="a name of loopback"),
        pytest.param("https://[::1]", "this machine's own", id="loopback in IPv6"),
        pytest.param("https://10.0.0.7", "a private network", id="private"),
        pytest.param("https://192.168.1.5:8443/peo", "a private network", id="private with a port and a path"),
        pytest.param("https://169.254.169.254", "a private network", id="link-local"),
        pytest.param("https://[fd00::1]", "a private network", id="private in IPv6"),
        pytest.param("https://[::ffff:10.0.0.7]", "a private network", id="private in both"),
        pytest.param("https://127.1", "a private network", id="an address in short"),
        pytest.param("https://bot", "a private network", id="one word"),
        pytest.param("https://bot.corp.internal", "a private network", id="a private domain"),
    ],
)
def test_an_address_that_slack_cannot_reach_is_refused_with_the_reason(address: str, reason: str) -> None:
    result = CliRunner().invoke(app, ["manifest", "--http", address])
    assert isinstance(result.exception, SettingsError)
    assert reason in str(result.exception)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    result = CliRunner().invoke(app, ["manifest", "--http", "https://maya:hunter2@bot.example.com"])
    assert isinstance(result.exception, SettingsError)
    assert "user or password" in str(result.exception)
    assert "hunter2" not in str(result.exception)


def test_for_many_workspaces_slack_knows_the_way_back_and_organizations_may_install_it() -> None:
    manifest = printed("--http", f"{HOST}/", "--many-workspaces")
    assert manifest["oauth_config"].pop("redirect_urls") == [f"{HOST}/slack/oauth_redirect"]
    assert manifest["settings"]["org_deploy_enabled"] is True
    manifest["settings"]["org_deploy_enabled"] = False
    manifest["settings"]["event_subscriptions"]["bot_events"].remove("team_access_revoked")
    assert manifest == http_manifest(HOST)


def test_many_workspaces_without_an_address_are_refused() -> None:
    result = CliRunner().invoke(app, ["manifest", "--many-workspaces"])
    assert result.exit_code == 2
    assert "--http" in result.output


@pytest.mark.parametrize("arguments", [(), ("--http", HOST), ("--http", HOST, "--many-workspaces")])
def test_tokens_do_not_expire_for_nothing_renews_them(arguments: tuple[str, ...]) -> None:
    assert printed(*arguments)["settings"]["token_rotation_enabled"] is False
