"""Several workspaces at one address: installing over OAuth, tokens, and what an app hears when it is uninstalled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from localslack import Enterprise, Slack, Team, Timing, Workspace
from support import full_manifest

ACME, BOLT = Team("T0ACME", "Acme"), Team("T0BOLT", "Bolt Inc")
GRID = Enterprise("E0GRID", "Grid Corp")
EAST, WEST = Team("T0EAST", "East", GRID), Team("T0WEST", "West", GRID)
EVENTS = ("app_mention", "app_uninstalled", "tokens_revoked", "team_access_revoked")


@dataclass
class App:
    """An app that records what it receives and can be installed."""

    slack: Slack
    session: aiohttp.ClientSession
    redirect_url: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def events(self) -> list[str]:
        return [payload["event"]["type"] for payload in self.heard]

    async def decide(self, place: str, decision: str = "allow", **changes: str) -> dict[str, str]:
        """Decide at the agreement page; what Slack sends back in the address."""
        asked = {
            "client_id": self.slack.client_id,
            "scope": "chat:write,app_mentions:read",
            "redirect_uri": self.redirect_url,
            "state": "s1",
            **changes,
        }
        form = {**asked, "place": place, "decision": decision}
        url = f"{self.slack.api_url.removesuffix('api/')}oauth/v2/authorize?{urlencode(asked)}"
        async with self.session.get(url) as page:
            assert "Allow" in await page.text()
        headers = {"Origin": str(URL(url).origin())}
        async with self.session.post(url, data=form, headers=headers, allow_redirects=False) as response:
            assert response.headers["Location"].startswith(self.redirect_url)
            return {name: value for name, [value] in parse_qs(urlsplit(response.headers["Location"]).query).items()}

    async def access(self, code: str, **changes: str) -> dict[str, Any]:
        """Exchange a code for a token."""
        form = {"code": code, "redirect_uri": self.redirect_url, **changes}
        secret = form.pop("client_secret", self.slack.client_secret)
        headers = {"Authorization": aiohttp.encode_basic_auth(form.pop("client_id", self.slack.client_id), secret)}
        async with self.session.post(f"{self.slack.api_url}oauth.v2.access", data=form, headers=headers) as response:
            return dict(await response.json())

    async def install(self, place: str) -> dict[str, Any]:
        return await self.access((await self.decide(place))["code"])

    async def call(self, method: str, token: str, **arguments: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.post(f"{self.slack.api_url}{method}", data=arguments, headers=headers) as response:
            return dict(await response.json())


@pytest.fixture
async def app() -> AsyncIterator[App]:
    heard: list[dict[str, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(json.loads(await request.text()))
        return web.Response()

    site = web.Application()
    site.router.add_post("/slack/events", hear)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    redirect_url = f"{origin}/slack/oauth_redirect"
    manifest = full_manifest()
    manifest["settings"] |= {
        "socket_mode_enabled": False,
        "org_deploy_enabled": True,
        "event_subscriptions": {"request_url": f"{origin}/slack/events", "bot_events": list(EVENTS)},
    }
    manifest["oauth_config"]["redirect_urls"] = [redirect_url]
    async with (
        Slack(manifest, timing=Timing(retry_delays_seconds=())) as slack,
        aiohttp.ClientSession() as session,
    ):
        yield App(slack, session, redirect_url, heard)
    await runner.cleanup()


async def posted(app: App, workspace: Workspace, token: str) -> bool:
    channel = workspace.channel("general")
    answer = await app.call("chat.postMessage", token, channel=channel.id, text="hello")
    return bool(answer["ok"]) and workspace.messages(channel)[-1].text == "hello"


async def test_a_person_who_agrees_gives_the_app_a_token_of_their_workspace(app: App) -> None:
    acme, bolt = await app.slack.open(ACME), await app.slack.open(BOLT)
    installed = await app.install("T0ACME")
    assert (installed["team"]["id"], installed["enterprise"], installed["is_enterprise_install"]) == (
        "T0ACME",
        None,
        False,
    )
    who = await app.call("auth.test", installed["access_token"])
    assert (who["team_id"], who["user_id"]) == ("T0ACME", acme.bot_user_id) == ("T0ACME", installed["bot_user_id"])
    assert await posted(app, acme, installed["access_token"])
    assert not bolt.is_installed
    assert await posted(app, bolt, installed["access_token"]) is False


async def test_ids_are_those_of_one_workspace_alone(app: App) -> None:
    acme, bolt = await app.slack.open(ACME), await app.slack.open(BOLT)
    for which in ("people", "channels"):
        assert {one.id for one in getattr(acme, which)}.isdisjoint(one.id for one in getattr(bolt, which))


async def test_a_person_who_cancels_sends_the_app_a_refusal_with_its_state(app: App) -> None:
    await app.slack.open(ACME)
    assert await app.decide("T0ACME", "cancel") == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"client_id": "another"}, "invalid_client_id", id="another app"),
        pytest.param({"redirect_uri": "https://evil.example"}, "bad_redirect_uri", id="an address not in the manifest"),
        pytest.param({"scope": "admin"}, "invalid_scope", id="a scope not in the manifest"),
    ],
)
async def test_nobody_is_asked_to_agree_to_what_the_manifest_does_not_say(
    app: App, changes: dict[str, str], error: str
) -> None:
    await app.slack.open(ACME)
    asked = {"client_id": app.slack.client_id, "scope": "chat:write", "redirect_uri": app.redirect_url} | changes
    url = f"{app.slack.api_url.removesuffix('api/')}oauth/v2/authorize"
    async with app.session.get(url, params=asked) as page:
        assert (page.status, error in await page.text()) == (400, True)
    form = asked | {"decision": "allow", "place": "T0ACME"}
    async with app.session.post(url, data=form, headers={"Origin": str(URL(url).origin())}) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"code": "made-up"}, "invalid_code", id="a made-up code"),
        pytest.param({"client_secret": "wrong"}, "bad_client_secret", id="a wrong secret"),
        pytest.param({"client_id": "another"}, "invalid_client_id", id="another app"),
        pytest.param({"redirect_uri": "https://evil.example"}, "bad_redirect_uri", id="another address"),
    ],
)
async def test_a_code_is_good_only_for_the_app_and_the_address_that_it_was_given_to(
    app: App, changes: dict[str, str], error: str
) -> None:
    await app.slack.open(ACME)
    code = (await app.decide("T0ACME"))["code"]
    assert (await app.access(changes.pop("code", code), **changes))["error"] == error


async def test_a_code_is_good_once(app: App) -> None:
    await app.slack.open(ACME)
    code = (await app.decide("T0ACME"))["code"]
    assert (await app.access(code))["ok"]
    assert (await app.access(code))["error"] == "code_already_used"


async def test_installing_again_gives_another_token_and_ends_the_first(app: App) -> None:
    acme = await app.slack.open(ACME)
    first, second = (await app.install("T0ACME"))["access_token"], (await app.install("T0ACME"))["access_token"]
    assert (await app.call("auth.test", first))["error"] == "token_revoked"
    assert await posted(app, acme, second)


async def test_an_organization_has_one_token_and_one_bot_for_all_its_workspaces(app: App) -> None:
    east, west, acme = [await app.slack.open(team) for team in (EAST, WEST, ACME)]
    installed = await app.install("E0GRID")
    assert (installed["team"], installed["enterprise"]["id"], installed["is_enterprise_install"]) == (
        None,
        "E0GRID",
        True,
    )
    who = await app.call("auth.test", installed["access_token"])
    assert (who["enterprise_id"], who["is_enterprise_install"]) == ("E0GRID", True)
    assert await posted(app, east, installed["access_token"])
    assert await posted(app, west, installed["access_token"])
    assert not acme.is_installed
    await west.mention("maya", "general", "hello")
    await west.settle()
    [heard] = app.heard
    assert (heard["team_id"], heard["enterprise_id"]) == ("T0WEST", "E0GRID")
    assert heard["authorizations"][0]["team_id"] is None
    assert heard["authorizations"][0]["is_enterprise_install"] is True


async def test_an_app_hears_of_its_end_and_of_nothing_after_it(app: App) -> None:
    acme = await app.slack.open(ACME)
    token = (await app.install("T0ACME"))["access_token"]
    acme.uninstall()
    acme.revoke_token()
    await acme.mention("maya", "general", "are you there?")
    await acme.settle()
    assert sorted(app.events) == ["app_uninstalled", "tokens_revoked"]
    assert {payload["team_id"] for payload in app.heard} == {"T0ACME"}
    assert (await app.call("auth.test", token))["error"] == "account_inactive"


async def test_the_end_in_an_organization_is_told_once_and_names_no_workspace(app: App) -> None:
    east, west = [await app.slack.open(team) for team in (EAST, WEST)]
    token = (await app.install("E0GRID"))["access_token"]
    app.slack.revoke_token("E0GRID")
    app.slack.uninstall("E0GRID")
    for workspace in (east, west):
        await workspace.settle()
    assert sorted(app.events) == ["app_uninstalled", "tokens_revoked"]
    assert [(one["enterprise_id"], one.get("team_id")) for one in app.heard] == [("E0GRID", None)] * 2
    assert (await app.call("auth.test", token))["error"] == "token_revoked"


async def test_an_organization_can_take_the_app_away_from_one_workspace(app: App) -> None:
    east, west = [await app.slack.open(team) for team in (EAST, WEST)]
    token = (await app.install("E0GRID"))["access_token"]
    east.leave_organization()
    await east.settle()
    assert [one["event"]["team_ids"] for one in app.heard] == [["T0EAST"]]
    assert await posted(app, east, token) is False
    assert await posted(app, west, token)
