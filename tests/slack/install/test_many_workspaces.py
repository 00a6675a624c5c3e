"""Many workspaces: each installs the bot in a browser, is answered with its own token, and is erased when it leaves."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text
from yarl import URL

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace, connected_to
from bot.errors import SettingsError
from bot.manifest import INSTALL_PATH, http_manifest
from bot.settings import Settings
from bot.slack.install.clients import CACHE_SECONDS, ManyWorkspaces
from bot.slack.install.tokens import read_tokens
from bot.slack.run import connected_bot
from bot.slack.transport.signatures import OF_NO_WORKSPACE
from bot.store import engine_of
from bot.store.engine import transaction
from bot.store.installations import Installations, reencrypt_tokens
from localslack import Enterprise, Slack, Team, Timing, Workspace
from tests.slack.processes import START_SECONDS, bot_process, free_port, local_workspace, stopped
from tests.store.databases import KINDS, bring_up_to_date, migrated, migrated_file, postgres_database
from tools.databases import drop_database

ASK = "ask"
COMMAND = "/peo-vs-aso"
QUESTION = "Who handles unemployment claims?"
MISS = "which zebra files the quarterly spaceship paperwork under a PEO"
OFF_TOPIC = "who won the football game last night"
A_LATE_MISS = "INSERT INTO misses VALUES ('a-question', 'T0ACME', 'a-hash', 'what they asked', '[]', 0)"
OLD_KEY, NEW_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()

ACME, BRAVO = Team("T0ACME", "Acme"), Team("T0BRAVO", "Bravo")
GRID = Enterprise("E0GRID", "Grid Corp")
EAST, WEST = Team("T0EAST", "East", GRID), Team("T0WEST", "West", GRID)


@dataclass
class Browser:
    """Of a person who installs the bot."""

    bot_url: str
    session: aiohttp.ClientSession

    async def get(self, url: str) -> tuple[int, str]:
        async with self.session.get(url, allow_redirects=False) as response:
            return response.status, await response.text()

    async def set_out(self) -> str:
        """Go to where an installation begins; where it sends the browser."""
        async with self.session.get(self.bot_url + INSTALL_PATH, allow_redirects=False) as response:
            assert response.status == 302
            return response.headers["Location"]

    async def decide(self, agreement_url: str, place: str, decision: str = "allow") -> str:
        """Decide on Slack's page; where it sends the browser back to."""
        asked = {name: value for name, [value] in parse_qs(urlsplit(agreement_url).query).items()}
        form = {**asked, "place": place, "decision": decision}
        headers = {"Origin": str(URL(agreement_url).origin())}
        async with self.session.post(agreement_url, data=form, headers=headers, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return response.headers["Location"]

    async def install(self, place: str, decision: str = "allow") -> tuple[int, str]:
        """All of it; the page at the end."""
        return await self.get(await self.decide(await self.set_out(), place, decision))


@asynccontextmanager
async def browser_at(bot_url: str) -> AsyncIterator[Browser]:
    # As browsers do with an address on their own machine.
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(bot_url)])
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(bot_url, session)


@dataclass
class World:
    """Slack with its workspaces, the bot's database, and a browser."""

    slack: Slack
    bot_url: str
    database_url: str
    answers: AnswerService
    browser: Browser
    opened: dict[str, Workspace] = field(default_factory=dict)

    def settings(self, **changes: Any) -> Settings:
        values = {
            "slack_client_id": self.slack.client_id,
            "slack_client_secret": SecretStr(self.slack.client_secret),
            "slack_signing_secret": SecretStr(self.slack.signing_secret),
            "slack_bot_token": None,
            "slack_app_token": None,
            "slack_api_url": self.slack.api_url,
            "public_url": self.bot_url,
            "encryption_keys": SecretStr(OLD_KEY),
            "database_url": SecretStr(self.database_url),
            "host": "127.0.0.1",
            "port": urlsplit(self.bot_url).port,
        }
        return Settings(**{**values, **changes})

    @asynccontextmanager
    async def running_bot(self, **changes: Any) -> AsyncIterator[None]:
        settings = self.settings(**changes)
        async with AsyncExitStack() as stack:
            worker = await stack.enter_async_context(connected_bot(settings, read_tokens(settings), self.answers))
            for workspace in self.opened.values():
                stack.enter_context(workspace.waiting_for(lambda: worker.is_done))
            yield

    async def open(self, *teams: Team) -> list[Workspace]:
        self.opened |= {team.id: await self.slack.open(team) for team in teams}
        return [self.opened[team.id] for team in teams]

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return await rows_of(self.database_url, table)

    async def execute(self, statement: str) -> None:
        engine = engine_of(self.database_url)
        try:
            async with transaction(engine) as connection:
                await connection.execute(text(statement))
        finally:
            await engine.dispose()

    async def teams_in(self, *tables: str) -> set[str | None]:
        return {row["team_id"] for table in tables for row in await self.rows(table)}


async def rows_of(database_url: str, table: str) -> list[dict[str, Any]]:
    engine = engine_of(database_url)
    try:
        async with transaction(engine) as connection:
            return [dict(row) for row in (await connection.execute(text(f"SELECT * FROM {table}"))).mappings()]
    finally:
        await engine.dispose()


@asynccontextmanager
async def world_on(database_url: str, answers: AnswerService) -> AsyncIterator[World]:
    bot_url = f"http://127.0.0.1:{free_port()}"
    manifest = http_manifest(bot_url, many_workspaces=True)
    async with Slack(manifest, timing=Timing(retry_delays_seconds=(0.05,))) as slack, browser_at(bot_url) as browser:
        yield World(slack, bot_url, database_url, answers, browser)


@pytest.fixture(params=KINDS)
async def world(
    request: pytest.FixtureRequest, answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[World]:
    monkeypatch.chdir(tmp_path)  # no .env there
    async with migrated(request.param, tmp_path) as url, world_on(url, answers) as made:
        yield made


@pytest.fixture
async def sqlite_world(answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[World]:
    """Where the database makes no difference."""
    monkeypatch.chdir(tmp_path)
    async with migrated("sqlite", tmp_path) as url, world_on(url, answers) as made:
        yield made


async def is_answered(workspace: Workspace, question: str = QUESTION) -> bool:
    asked = await workspace.mention("maya", ASK, question)
    reply = await workspace.next_message(ASK, asked.ts)
    return "Unemployment claims" in reply.text


async def is_told_that_the_bot_is_not_installed(workspace: Workspace) -> bool:
    """By the command, whose answer needs no token."""
    outcome = await workspace.slash("maya", ASK, COMMAND, QUESTION)
    assert outcome.failure is None
    return "no longer installed" in workspace.ephemerals("maya", ASK)[-1].text


async def has_left_traces(workspace: Workspace) -> None:
    """Ask what is answered and what is not, so that there is something of everything to erase."""
    assert await is_answered(workspace)
    asked = await workspace.mention("maya", ASK, MISS)
    await workspace.next_message(ASK, asked.ts)
    await workspace.settle()


KEPT = ("questions", "misses", "seen", "slack_bots")

# Installing


async def test_a_workspace_that_installs_the_bot_is_answered_on_every_surface(world: World) -> None:
    [acme] = await world.open(ACME)
    async with world.running_bot():
        status, page = await world.browser.install("T0ACME")
        assert (status, "Installed" in page, "app.slack.com/client/T0ACME" in page) == (200, True, True)
        assert await is_answered(acme)
        await acme.direct_message("priya", QUESTION)
        assert "Unemployment claims" in (await acme.next_message(acme.direct_channel("priya"))).text
        outcome = await acme.slash("andre", ASK, COMMAND, QUESTION)
        assert outcome.message is not None
        assert "Unemployment claims" in outcome.message.text


async def test_a_token_is_looked_up_and_slack_is_not_asked_about_it_with_every_request(sqlite_world: World) -> None:
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        assert await is_answered(acme)
        # By the installation, which learns the bot's id from it, and by the clean-up of the start.
        asked = len(acme.traffic.calls("auth.test"))
        for _ in range(3):
            assert await is_answered(acme)
    assert len(acme.traffic.calls("auth.test")) == asked


async def test_the_bot_asks_for_the_scopes_of_its_manifest_and_for_nothing_of_the_persons(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        asked = parse_qs(urlsplit(await sqlite_world.browser.set_out()).query, keep_blank_values=True)
    scopes = http_manifest(sqlite_world.bot_url)["oauth_config"]["scopes"]["bot"]
    assert asked["scope"] == [",".join(scopes)]
    assert asked["user_scope"] == [""]
    assert asked["redirect_uri"] == [f"{sqlite_world.bot_url}/slack/oauth_redirect"]


async def test_no_token_stands_in_the_database_in_plain_text(sqlite_world: World, tmp_path: Path) -> None:
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        assert await is_answered(acme)
    files = b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite3*"))
    assert b"slack_bots" in files
    assert acme.bot_token.encode() not in files
    assert b"xoxb-" not in files
    assert await sqlite_world.rows("slack_installations") == [], "who installed the bot is not kept"


async def test_a_workspace_that_installs_again_is_answered_with_the_new_token_at_once(world: World) -> None:
    [acme] = await world.open(ACME)
    async with world.running_bot():
        await world.browser.install("T0ACME")
        assert await is_answered(acme)
        first = acme.bot_token
        await world.browser.install("T0ACME")
        assert acme.bot_token != first
        assert await is_answered(acme)
        assert len(await world.rows("slack_bots")) == 1


async def test_a_workspace_that_has_not_installed_the_bot_is_told_so_and_nothing_is_kept(sqlite_world: World) -> None:
    acme, bravo = await sqlite_world.open(ACME, BRAVO)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        bravo.install("xoxb-not-through-the-bot")
        assert await is_told_that_the_bot_is_not_installed(bravo)
        await bravo.mention("maya", ASK, QUESTION)
        await bravo.settle()
        assert await sqlite_world.teams_in("questions") == set()
    assert bravo.traffic.calls("chat.postMessage") == []
    assert acme.is_installed


# What must not be installed


async def nothing_is_installed(world: World) -> bool:
    return await world.rows("slack_bots") == [] and not any(one.is_installed for one in world.opened.values())


async def test_a_person_who_cancels_is_told_that_nothing_has_changed(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        status, page = await sqlite_world.browser.install("T0ACME", "cancel")
        assert (status, "Nothing was installed" in page) == (200, True)
        assert await nothing_is_installed(sqlite_world)


async def test_a_state_of_another_browser_is_refused(sqlite_world: World) -> None:
    """Otherwise an attacker could have a victim's browser finish what the attacker began."""
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot(), browser_at(sqlite_world.bot_url) as attacker:
        back = await attacker.decide(await attacker.set_out(), "T0ACME")
        status, page = await sqlite_world.browser.get(back)
        assert (status, "did not begin the installation" in page) == (400, True)
        await sqlite_world.browser.set_out()
        assert (await sqlite_world.browser.get(back))[0] == 400
        assert await nothing_is_installed(sqlite_world)


async def test_a_state_is_good_once(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        agreement = await sqlite_world.browser.set_out()
        cookies = sqlite_world.browser.session.cookie_jar.filter_cookies(URL(sqlite_world.bot_url))
        first, second = [await sqlite_world.browser.decide(agreement, "T0ACME") for _ in range(2)]
        assert (await sqlite_world.browser.get(first))[0] == 200
        sqlite_world.browser.session.cookie_jar.update_cookies(cookies, URL(sqlite_world.bot_url))
        status, page = await sqlite_world.browser.get(second)
        assert status in (400, 401)
        assert "Installed" not in page


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param(lambda url: re.sub(r"code=[^&]+", "code=made-up", url), 401, id="a made-up code"),
        pytest.param(lambda url: re.sub(r"&?code=[^&]+", "", url), 401, id="no code"),
        pytest.param(lambda url: re.sub(r"state=[^&]+", "state=made-up", url), 400, id="a made-up state"),
        pytest.param(lambda url: re.sub(r"state=[^&]+", "", url), 400, id="no state"),
        pytest.param(lambda url: f"{url}&error=%3Cscript%3Ealert(1)%3C/script%3E", 200, id="a made-up error"),
    ],
)
async def test_a_way_back_that_is_not_slacks_is_refused_in_plain_words(
    sqlite_world: World, change: Any, status: int
) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        back = await sqlite_world.browser.decide(await sqlite_world.browser.set_out(), "T0ACME")
        seen, page = await sqlite_world.browser.get(change(back))
        assert seen == status
        assert "Start again" in page
        assert "script" not in page
        assert await nothing_is_installed(sqlite_world)


@pytest.mark.parametrize("team", ["T0ACME", "T0ACME%0d%0aX-Evil:1", "T1%26scope%3Dadmin", "%00", "x" * 5_000])
async def test_whatever_stands_behind_the_install_address_slack_is_asked_for_nothing_else(
    sqlite_world: World, team: str
) -> None:
    await sqlite_world.open(ACME)
    async with (
        sqlite_world.running_bot(),
        sqlite_world.browser.session.get(
            URL(f"{sqlite_world.bot_url}{INSTALL_PATH}?team={team}", encoded=True), allow_redirects=False
        ) as response,
    ):
        assert response.status == 302
        asked = parse_qs(urlsplit(response.headers["Location"]).query)
    assert "X-Evil" not in response.headers
    assert len(asked["scope"]) == 1
    assert asked.get("team") in (None, ["T0ACME"])


async def test_where_slack_cannot_be_reached_the_person_is_told_to_come_back(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot(slack_api_url="http://127.0.0.1:1/api/"):
        agreement = await sqlite_world.browser.set_out()
        state = parse_qs(urlsplit(agreement).query)["state"][0]
        status, page = await sqlite_world.browser.get(
            f"{sqlite_world.bot_url}/slack/oauth_redirect?code=x&state={state}"
        )
    assert (status, "not available right now" in page) == (503, True)


async def test_a_page_at_the_end_tells_no_other_site_of_the_code_in_its_address(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        back = await sqlite_world.browser.decide(await sqlite_world.browser.set_out(), "T0ACME")
        async with sqlite_world.browser.session.get(back) as response:
            headers = response.headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


# Two workspaces


async def test_two_workspaces_are_answered_at_once_and_never_see_each_other(world: World) -> None:
    acme, bravo = await world.open(ACME, BRAVO)
    async with world.running_bot():
        await world.browser.install("T0ACME")
        await world.browser.install("T0BRAVO")
        assert all(await asyncio.gather(is_answered(acme), is_answered(bravo)))
        # The same event id and the same message in both are two questions.
        for workspace in (acme, bravo):
            place = workspace.channel(ASK)
            event = {
                "type": "app_mention",
                "user": workspace.user("maya").id,
                "text": f"<@{workspace.bot_user_id}> {QUESTION}",
                "channel": place.id,
                "ts": workspace.messages(place)[0].ts,
            }
            before = len(workspace.traffic.calls("chat.postMessage"))
            await workspace.deliver(event | {"ts": (await workspace.post("maya", place, "hm")).ts}, event_id="Ev0SAME")
            await workspace.settle()
            assert len(workspace.traffic.calls("chat.postMessage")) == before + 1
        rows = await world.rows("questions")
    assert sorted(row["team_id"] for row in rows) == ["T0ACME", "T0ACME", "T0BRAVO", "T0BRAVO"]
    for workspace, team in ((acme, "T0ACME"), (bravo, "T0BRAVO")):
        channels = {channel.id for channel in workspace.channels}
        assert {row["channel_id"] for row in rows if row["team_id"] == team} <= channels
        # Nobody called a method of a workspace with something of the other one.
        assert {call.error for call in workspace.traffic.api_calls} == {None}


# Leaving


@pytest.mark.parametrize("first", ["revoke_token", "uninstall"])
async def test_a_workspace_that_leaves_is_erased_whatever_slack_tells_first_and_the_other_stays(
    world: World, first: str
) -> None:
    acme, bravo = await world.open(ACME, BRAVO)
    async with world.running_bot():
        for workspace in (acme, bravo):
            await world.browser.install(workspace.team_id)
            await has_left_traces(workspace)
        assert await world.teams_in(*KEPT) == {"T0ACME", "T0BRAVO"}
        steps = [first, *({"revoke_token", "uninstall"} - {first})]
        for step in (*steps, *steps):
            getattr(acme, step)()
            await acme.settle()
        assert await world.teams_in(*KEPT) == {"T0BRAVO"}
        assert {envelope.status for envelope in acme.traffic.events("app_uninstalled")} == {200}
        assert await is_answered(bravo)


@pytest.mark.parametrize("step", ["revoke_token", "uninstall"])
async def test_either_of_the_two_alone_is_enough(sqlite_world: World, step: str) -> None:
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        await has_left_traces(acme)
        getattr(acme, step)()
        await acme.settle()
        assert await sqlite_world.teams_in(*KEPT) == set()


async def test_a_token_of_a_person_that_is_revoked_ends_nothing(sqlite_world: World) -> None:
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        await acme.deliver({"type": "tokens_revoked", "tokens": {"oauth": ["U0MAYAACME"], "bot": []}})
        await acme.settle()
        assert await is_answered(acme)


async def test_old_news_of_the_end_does_not_end_a_newer_installation(world: World) -> None:
    [acme] = await world.open(ACME)
    async with world.running_bot():
        await world.browser.install("T0ACME")
        acme.revoke_token()
        await acme.settle()
        await world.browser.install("T0ACME")
        assert await is_answered(acme)
        [old] = acme.traffic.events("tokens_revoked")
        old.payload["event_time"] = int(time.time()) - 60
        await acme.redeliver(old)
        await acme.settle()
        assert await is_answered(acme)


async def test_what_looks_like_old_news_is_believed_where_the_token_is_dead(sqlite_world: World) -> None:
    """The clocks of Slack and of the bot may differ."""
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        acme.uninstall(tells=False)
        event = {"type": "app_uninstalled"}
        delivery = await acme.deliver(event)
        delivery.payload["event_time"] = int(time.time()) - 60
        await acme.settle()
        assert await sqlite_world.teams_in(*KEPT) == set()


async def test_where_slack_does_not_say_it_is_asked_again_and_nothing_is_lost_meanwhile(sqlite_world: World) -> None:
    [acme] = await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
        # Behind the clean-up of the start, which asks too.
        assert await is_answered(acme)
        acme.fail_next("auth.test", "internal_error", status=500)
        delivery = await acme.deliver({"type": "app_uninstalled"})
        delivery.payload["event_time"] = int(time.time()) - 60
        await acme.settle()
        assert [envelope.status for envelope in delivery.envelopes] == [503, 200]
        assert await is_answered(acme)


async def test_the_daily_clean_up_finds_who_left_while_nobody_listened(world: World) -> None:
    acme, bravo = await world.open(ACME, BRAVO)
    async with world.running_bot():
        for workspace in (acme, bravo):
            await world.browser.install(workspace.team_id)
            await has_left_traces(workspace)
    acme.uninstall(tells=False)
    bravo.fail_next("auth.test", "internal_error", status=500)
    await world.execute("UPDATE chores SET last_at = 0")
    async with world.running_bot():
        async with asyncio.timeout(10):
            while await world.teams_in(*KEPT) != {"T0BRAVO"}:
                await asyncio.sleep(0.05)
        assert await is_answered(bravo)


# A person to ask


async def test_questions_are_passed_on_within_the_workspaces_that_have_a_help_channel(world: World) -> None:
    acme, bravo = await world.open(ACME, BRAVO)
    async with world.running_bot():
        for workspace in (acme, bravo):
            await world.browser.install(workspace.team_id)
    # #random is not a channel that the bot is in.
    for help_channel, offered in (
        ("T0ACME/C0GENERALACME", {acme: True, bravo: False}),
        ("T0ACME/C0GENERALACME, T0BRAVO/C0GENERALBRAVO", {acme: True, bravo: True}),
        ("T0ACME/C0RANDOMACME,T0BRAVO/C0NOWHERE,T0WEST/C0GENERALWEST", {acme: False, bravo: False}),
    ):
        async with world.running_bot(help_channel=help_channel):
            for workspace, is_offered in offered.items():
                outcome = await workspace.slash("maya", ASK, COMMAND, OFF_TOPIC)
                assert outcome.message is not None
                assert ("ask_person" in str(outcome.message.blocks)) == is_offered
                if is_offered:
                    await workspace.click("maya", outcome.message, action_id="ask_person")
                    assert OFF_TOPIC in (await workspace.next_message("#general")).text
    await acme.settle()
    assert [OFF_TOPIC in one.text for one in bravo.messages("#general") if one.bot_id] == [True]


async def cleaned_up(world: World) -> None:
    """Let the bot do what it does once a day."""
    await world.execute("UPDATE chores SET last_at = 0")
    async with world.running_bot():
        async with asyncio.timeout(10):
            # Looked for at the end of the clean-up.
            while await world.rows("departures"):
                await asyncio.sleep(0.05)


async def test_what_came_in_while_a_workspace_was_erased_is_erased_by_the_daily_clean_up(world: World) -> None:
    [acme] = await world.open(ACME)
    async with world.running_bot():
        await world.browser.install("T0ACME")
        acme.uninstall()
        await acme.settle()
    await world.execute(A_LATE_MISS)
    await world.execute("UPDATE departures SET left_at = left_at - 7201")
    await cleaned_up(world)
    assert await world.teams_in(*KEPT) == set()


async def test_what_is_kept_of_the_workspace_of_a_bot_token_waits_for_it_to_install_the_bot(world: World) -> None:
    acme, bravo = await world.open(ACME, BRAVO)
    async with world.running_bot():
        for workspace in (acme, bravo):
            await world.browser.install(workspace.team_id)
            await has_left_traces(workspace)
    # As where it was served by a token of the environment until now.
    await world.execute("DELETE FROM slack_bots WHERE team_id = 'T0ACME'")
    await world.execute("INSERT INTO departures VALUES ('T0GONE', 0)")
    await cleaned_up(world)
    assert await world.teams_in(*KEPT) == {"T0ACME", "T0BRAVO"}


# Organizations


async def test_an_organization_installs_the_bot_for_all_its_workspaces_which_stay_apart(world: World) -> None:
    east, west = await world.open(EAST, WEST)
    async with world.running_bot():
        status, page = await world.browser.install("E0GRID")
        assert (status, "Choose workspaces" in page) == (200, True)
        for workspace in (east, west):
            await has_left_traces(workspace)
            outcome = await workspace.slash("andre", ASK, COMMAND, QUESTION)
            assert outcome.message is not None
            assert "Unemployment claims" in outcome.message.text
            clicked = await workspace.click("maya", outcome.message, action_id="show_more")
            assert clicked.failure is None
            await workspace.settle()
        assert await world.teams_in("questions", "misses", "seen") == {"T0EAST", "T0WEST", OF_NO_WORKSPACE}
        assert await world.teams_in("slack_bots") == {None}


@pytest.mark.parametrize("first", ["revoke_token", "uninstall"])
async def test_an_organization_that_leaves_is_erased_with_its_workspaces(world: World, first: str) -> None:
    east, west, acme = await world.open(EAST, WEST, ACME)
    async with world.running_bot():
        await world.browser.install("E0GRID")
        await world.browser.install("T0ACME")
        for workspace in (east, west, acme):
            await has_left_traces(workspace)
        for step in (first, *({"revoke_token", "uninstall"} - {first})):
            getattr(world.slack, step)("E0GRID")
            await east.settle()
        assert await world.teams_in(*KEPT, "organizations") == {"T0ACME"}
        assert await is_answered(acme)


async def test_which_workspaces_an_organization_has_is_known_from_their_questions_too(world: World) -> None:
    east, west = await world.open(EAST, WEST)
    async with world.running_bot():
        await world.browser.install("E0GRID")
        for workspace in (east, west):
            await has_left_traces(workspace)
    await world.execute("DELETE FROM organizations")
    await world.execute("UPDATE chores SET last_at = 0")
    async with world.running_bot():
        async with asyncio.timeout(10):
            while len([call for one in (east, west) for call in one.traffic.calls("auth.test")]) < 2:
                await asyncio.sleep(0.05)
        await east.settle()
        assert await world.teams_in("questions", "misses") == {"T0EAST", "T0WEST"}
        world.slack.uninstall("E0GRID")
        await east.settle()
        assert await world.teams_in(*KEPT) == set()


@pytest.mark.parametrize("id", ["", "x" * 33, "T0\0", "T0\udcff", "t0acme"])
async def test_what_is_no_id_of_slacks_is_looked_up_nowhere(sqlite_world: World, tmp_path: Path, id: str) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'without_any_table.sqlite3'}")
    oauth = read_tokens(sqlite_world.settings()).oauth
    assert oauth is not None
    clients = ManyWorkspaces(Installations(oauth.id, engine, oauth.cipher), AsyncWebClient)
    assert await clients.for_team(id, None) is None
    assert await clients.for_team("T0ACME", id) is None
    await engine.dispose()


async def test_a_workspace_that_loses_its_organizations_bot_is_erased_alone(sqlite_world: World) -> None:
    east, west = await sqlite_world.open(EAST, WEST)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("E0GRID")
        for workspace in (east, west):
            await has_left_traces(workspace)
        east.leave_organization()
        await east.settle()
        assert await sqlite_world.teams_in("questions", "misses", "seen", "organizations") == {"T0WEST"}
        assert await is_answered(west)


# As a process


async def test_run_serves_many_workspaces_and_its_log_has_no_secret_and_no_word_of_theirs(
    answers: AnswerService, bot_folder: Path
) -> None:
    url = migrated_file(bot_folder / "test.sqlite3")
    async with world_on(url, answers) as world:
        [acme] = await world.open(ACME)
        environment = {
            "SLACK_CLIENT_ID": world.slack.client_id,
            "SLACK_CLIENT_SECRET": world.slack.client_secret,
            "SLACK_SIGNING_SECRET": world.slack.signing_secret,
            "SLACK_API_URL": world.slack.api_url,
            "PUBLIC_URL": world.bot_url,
            "ENCRYPTION_KEYS": OLD_KEY,
            "DATABASE_URL": url,
            "PORT": str(urlsplit(world.bot_url).port),
            "LOG_LEVEL": "DEBUG",
        }
        async with bot_process(bot_folder, environment) as process:
            await acme.wait_connected(START_SECONDS)
            back = await world.browser.decide(await world.browser.set_out(), "T0ACME")
            assert (await world.browser.get(back.replace("code=", "code=wrong")))[0] == 401
            assert (await world.browser.get(f"{back}&error=made-up-reason"))[0] == 200
            await world.browser.install("T0ACME")
            token = acme.bot_token
            await has_left_traces(acme)
            acme.uninstall()
            await acme.settle()
            result = await stopped(process)
    assert result.code == 0
    events = [json.loads(line)["event"] for line in result.stderr.splitlines()]
    assert {"running", "installed", "not_installed", "workspace_left"} <= set(events)
    given = {value for name, [value] in parse_qs(urlsplit(back).query).items() if name in ("code", "state")}
    secrets = {token, OLD_KEY, world.slack.client_secret, world.slack.signing_secret, *given}
    for told in (*secrets, "made-up-reason", QUESTION, MISS, "U0MAYA"):
        assert told not in result.stderr


# Replicas


async def test_what_one_replica_learns_the_others_know_within_seconds(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with migrated("postgresql", tmp_path) as url, world_on(url, answers) as world:
        [acme] = await world.open(ACME)
        other = free_port()
        async with world.running_bot(), world.running_bot(port=other):
            await world.browser.install("T0ACME")
            for origin in (world.bot_url, f"http://127.0.0.1:{other}"):
                acme.balance([origin])
                assert await is_answered(acme)
            acme.balance([world.bot_url])
            acme.revoke_token()
            await acme.settle()
            acme.install("xoxb-the-bot-does-not-know-it")
            await asyncio.sleep(CACHE_SECONDS)
            acme.balance([f"http://127.0.0.1:{other}"])
            assert await is_told_that_the_bot_is_not_installed(acme)


async def test_a_question_that_meets_a_token_of_before_the_reinstallation_is_answered_with_the_new_one(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with migrated("postgresql", tmp_path) as url, world_on(url, answers) as world:
        [acme] = await world.open(ACME)
        other = free_port()
        async with world.running_bot(), world.running_bot(port=other):
            await world.browser.install("T0ACME")
            acme.balance([f"http://127.0.0.1:{other}"])
            assert await is_answered(acme)
            await world.browser.install("T0ACME")  # at the first replica; the other still has the old token
            asked = await acme.mention("maya", ASK, QUESTION)
            reply = await acme.next_message(ASK, asked.ts, timeout_seconds=20)
            assert "Unemployment claims" in reply.text
            refused = [call.error for call in acme.traffic.calls("chat.postMessage") if call.error]
            assert set(refused) == {"token_revoked"}


async def test_without_the_database_nothing_is_acknowledged_so_that_slack_tells_again(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with postgres_database() as url, world_on(url, answers) as world:
        await bring_up_to_date(url)
        [acme] = await world.open(ACME)
        async with world.running_bot():
            await world.browser.install("T0ACME")
            await drop_database(url)
            await acme.mention("maya", ASK, QUESTION)
            acme.uninstall()
            await acme.settle()
            back = await world.browser.decide(await world.browser.set_out(), "T0ACME")
            status, page = await world.browser.get(back)
    assert [envelope.status for envelope in acme.traffic.events("app_mention")] == [503, 503]
    assert [envelope.status for envelope in acme.traffic.events("app_uninstalled")] == [503, 503]
    assert (status, "not available right now" in page) == (503, True)


# One workspace


async def test_the_one_workspace_of_a_token_is_erased_too_when_it_uninstalls_the_bot(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    url = migrated_file(tmp_path / "test.sqlite3")
    async with local_workspace() as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            database_url=SecretStr(url),
            port=0,
        )
        async with connected_to(workspace, settings, answers):
            await has_left_traces(workspace)
            assert {row["team_id"] for row in await rows_of(url, "questions")} == {"T0LOCAL"}
            workspace.uninstall()
            await workspace.settle()
            assert [await rows_of(url, table) for table in ("questions", "misses", "seen")] == [[], [], []]


async def test_an_app_of_the_environment_does_not_change_the_bot_of_a_token(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Bolt reads these by itself, and would look for installations in files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    async with bot_in_workspace(answers) as workspace:
        assert await is_answered(workspace)


# Keys


async def test_keys_are_exchanged_while_every_workspace_goes_on_being_answered(world: World) -> None:
    [acme] = await world.open(ACME)
    async with world.running_bot():
        await world.browser.install("T0ACME")
    both = SecretStr(f"{NEW_KEY},{OLD_KEY}")
    async with world.running_bot(encryption_keys=both):
        assert await is_answered(acme)
        assert await reencrypt_tokens(world.settings(encryption_keys=both)) == 1
    async with world.running_bot(encryption_keys=SecretStr(NEW_KEY)):
        assert await is_answered(acme)


async def test_a_key_that_does_not_fit_ends_the_start_with_one_line(sqlite_world: World) -> None:
    await sqlite_world.open(ACME)
    async with sqlite_world.running_bot():
        await sqlite_world.browser.install("T0ACME")
    with pytest.raises(SettingsError, match=r"^ENCRYPTION_KEYS cannot read 1 of the 1 tokens") as raised:
        async with sqlite_world.running_bot(encryption_keys=SecretStr(NEW_KEY)):
            pytest.fail("runs without being able to answer anybody")
    assert "\n" not in str(raised.value)
