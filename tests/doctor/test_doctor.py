"""``doctor`` names what keeps an installation from answering, and its cure, a line each: by the real command."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.manifest import http_manifest, shipped_manifest
from bot.settings import Settings
from bot.store import engine_of, migrate, open_store
from bot.store.encryption import cipher_of
from bot.store.installations import Installation, Installations
from localslack import Slack, Team, Workspace
from tests.slack.processes import Ended, bot_process, connected, ended, environment_of, free_port
from tests.store.databases import postgres_database

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
APPS = "https://api.slack.com/apps"
BOT_ORIGIN = f"the bot token; copy it from OAuth & Permissions at {APPS} after installing the app."
APP_ORIGIN = f"an app-level token with the scope connections:write; create one under Basic Information at {APPS}."


@dataclass(frozen=True)
class Report:
    """What the doctor printed, by how it begins."""

    code: int
    ok: list[str]
    faults: list[str]
    by_hand: list[str]
    last: str

    @classmethod
    def of(cls, result: Ended) -> Report:
        assert result.stderr == ""
        *lines, _, last = result.stdout.splitlines()

        def those(label: str) -> list[str]:
            return [line.removeprefix(label).lstrip() for line in lines if line.startswith(label)]

        report = cls(result.code, those("ok"), those("FAULT"), those("by hand"), last)
        assert len(lines) == len(report.ok) + len(report.faults) + len(report.by_hand)
        return report


async def examined(folder: Path, environment: dict[str, str], *arguments: str) -> Report:
    async with bot_process(folder, environment, "doctor", *arguments) as process:
        return Report.of(await ended(process))


async def migrated(folder: Path, environment: dict[str, str]) -> None:
    async with bot_process(folder, environment, "migrate") as process:
        assert (await ended(process)).code == 0


def http_workspace() -> Workspace:
    return Workspace(http_manifest("https://bot.example.com"), signing_secret=SECRET)


def in_http_mode(workspace: Workspace, **more: str) -> dict[str, str]:
    environment = environment_of(workspace, SLACK_SIGNING_SECRET=workspace.signing_secret, **more)
    del environment["SLACK_APP_TOKEN"]
    return environment


# Nothing is wrong


async def test_of_a_sound_installation_over_socket_mode_nothing_is_found(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        report = await examined(bot_folder, environment_of(workspace, HELP_CHANNEL="C0ASK"))
    assert (report.code, report.faults) == (0, [])
    assert report.last == f"No fault found. {len(report.by_hand)} cannot be seen from here."
    assert {
        "The bot token is that of @peo-vs-aso in Local workspace (T0LOCAL).",
        "The app has every scope of the manifest.",
        "The clock agrees with Slack's.",
        "The bot is in 2 channels.",
        "HELP_CHANNEL C0ASK is there, and the bot in it.",
        "Slack accepts the app-level token, and Socket Mode is on.",
        "The database peo-aso.sqlite3 will be made by the first peo-aso run.",
    } <= set(report.ok)


async def test_of_a_sound_installation_over_http_with_postgresql_nothing_is_found(bot_folder: Path) -> None:
    async with http_workspace() as workspace, postgres_database() as url:
        environment = in_http_mode(workspace, DATABASE_URL=url)
        await migrated(bot_folder, environment)
        report = await examined(bot_folder, environment)
    assert (report.code, report.faults) == (0, [])
    assert any("up to date" in line for line in report.ok)
    assert any(line.startswith("Request URL:") for line in report.by_hand)


async def test_the_doctor_leaves_no_trace_in_slack_nor_beside_the_bot(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        await examined(bot_folder, environment_of(workspace, HELP_CHANNEL="C0ASK"))
        assert workspace.connection_count == 0
        methods = {call.method for call in workspace.traffic.api_calls}
    assert methods == {"auth.test", "apps.connections.open", "conversations.info", "users.conversations"}
    assert {path.name for path in bot_folder.iterdir()} == {"knowledge", "cache"}


async def test_a_running_bot_is_recognized_and_loses_nothing_to_the_doctor(bot_folder: Path) -> None:
    port = str(free_port())
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(workspace, PORT=port)
        async with bot_process(bot_folder, environment) as process:
            await connected(workspace, process)
            report = await examined(bot_folder, environment)
            assert workspace.connection_count == 1
    assert (report.code, report.faults) == (0, [])
    assert f"The bot runs at 127.0.0.1:{port} and is ready." in report.ok


async def test_what_only_a_person_can_look_up_is_said_and_not_guessed(bot_folder: Path) -> None:
    manifest = shipped_manifest()
    manifest["settings"]["event_subscriptions"]["bot_events"] = []
    manifest["features"]["slash_commands"] = []
    manifest["settings"]["interactivity"]["is_enabled"] = False
    async with Workspace(manifest) as workspace:
        report = await examined(bot_folder, environment_of(workspace))
    assert report.code == 0
    assert [line.partition(":")[0] for line in report.by_hand] == [
        "Events",
        "Command",
        "Buttons",
        "Messages tab",
        "Tokens",
    ]
    assert "app_mention" in report.by_hand[0]
    assert "/peo-vs-aso" in report.by_hand[1]


# One thing is wrong


def lacking_scopes(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    scopes.remove("app_mentions:read")
    scopes.remove("im:history")


def socket_mode_off(manifest: dict[str, Any]) -> None:
    manifest["settings"]["socket_mode_enabled"] = False


def messages_tab_closed(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["messages_tab_enabled"] = False


def as_it_is(_: Any) -> None:
    """Nothing is changed."""


def break_knowledge(folder: Path) -> None:
    path = folder / "knowledge" / "glossary.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "\n  broken: [\n", 1), encoding="utf-8")


def file_in_the_place_of_the_cache(folder: Path) -> None:
    shutil.rmtree(folder / "cache")
    (folder / "cache").write_text("", encoding="utf-8")


def archive_help_channel(workspace: Workspace) -> None:
    workspace.archive("#general")


@dataclass(frozen=True)
class Seeded:
    """An installation with something wrong in it.

    Attributes:
        faults: Every line that names a fault, in order.
        environment: Over that of a sound installation; an empty value is as good as none.
        manifest: Changes what the app is.
        folder: Changes the folder that the bot runs in.
        workspace: Changes the workspace.
        clock_seconds: How far Slack's clock is ahead of ours.
        arguments: Of the command.
    """

    faults: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    manifest: Callable[[dict[str, Any]], None] = as_it_is
    folder: Callable[[Path], None] = as_it_is
    workspace: Callable[[Workspace], None] = as_it_is
    clock_seconds: float = 0
    arguments: tuple[str, ...] = ()


SEEDED = {
    "no tokens": Seeded(
        [
            f"SLACK_BOT_TOKEN is not set. It needs a token (xoxb-...): {BOT_ORIGIN}",
            f"SLACK_APP_TOKEN is not set. It needs a token (xapp-...): {APP_ORIGIN}",
        ],
        {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""},
    ),
    "swapped tokens": Seeded(
        [
            "SLACK_BOT_TOKEN holds a token of another kind (xapp-...). The two tokens may be swapped. "
            f"It needs xoxb-...: {BOT_ORIGIN}",
            "SLACK_APP_TOKEN holds a token of another kind (xoxb-...). The two tokens may be swapped. "
            f"It needs xapp-...: {APP_ORIGIN}",
        ],
        {"SLACK_BOT_TOKEN": "xapp-local-workspace-app", "SLACK_APP_TOKEN": "xoxb-local-workspace-bot"},
    ),
    "a person's token": Seeded(
        [f"SLACK_BOT_TOKEN holds a token of another kind (xoxp-...). It needs xoxb-...: {BOT_ORIGIN}"],
        {"SLACK_BOT_TOKEN": "xoxp-1-abc"},
    ),
    "a revoked token": Seeded(
        [f"Slack does not accept SLACK_BOT_TOKEN (token_revoked). It needs xoxb-...: {BOT_ORIGIN}"],
        workspace=lambda workspace: workspace.fail_next("auth.test", "token_revoked"),
    ),
    "an app-level token of another app": Seeded(
        [f"Slack does not accept SLACK_APP_TOKEN (invalid_auth). It needs xapp-...: {APP_ORIGIN}"],
        {"SLACK_APP_TOKEN": "xapp-of-another-app"},
    ),
    "missing scopes": Seeded(
        [
            "The app lacks the scopes app_mentions:read, im:history. Add what is missing under OAuth & Permissions at "
            f"{APPS}, then choose Reinstall to Workspace there."
        ],
        manifest=lacking_scopes,
    ),
    "Socket Mode off": Seeded(
        [
            f"Slack says that Socket Mode is off: nothing will reach the bot. Turn it on at {APPS} under Socket Mode; "
            "or serve HTTP, with SLACK_SIGNING_SECRET in place of SLACK_APP_TOKEN."
        ],
        manifest=socket_mode_off,
    ),
    "a closed messages tab": Seeded(
        [
            "The messages tab is closed, so that nobody can write to the bot. Turn it on under App Home at "
            f"{APPS}, and there allow messages from it."
        ],
        manifest=messages_tab_closed,
        arguments=("--write-to", "U0MAYA"),
    ),
    "nobody to write to": Seeded(
        ["--write-to U0NOBODY is nobody in this workspace. Give a member's id (U...), from the menu of their profile."],
        arguments=("--write-to", "U0NOBODY"),
    ),
    "HELP_CHANNEL a name": Seeded(
        [
            "HELP_CHANNEL is not a channel's id. Set it to the one (C...) at the foot of the channel's details in "
            "Slack, not to a name."
        ],
        {"HELP_CHANNEL": "#ask"},
    ),
    "HELP_CHANNEL nowhere": Seeded(
        [
            "HELP_CHANNEL C0NOWHERE is not there, or private without the bot in it. Correct the id, or /invite the bot "
            "there."
        ],
        {"HELP_CHANNEL": "C0NOWHERE"},
    ),
    "HELP_CHANNEL without the bot": Seeded(
        ["HELP_CHANNEL C0RANDOM is a channel that the bot is not in. Type /invite and the bot's name there."],
        {"HELP_CHANNEL": "C0RANDOM"},
    ),
    "HELP_CHANNEL archived": Seeded(
        ["HELP_CHANNEL C0GENERAL is archived, so that nobody can post there. Set another channel."],
        {"HELP_CHANNEL": "C0GENERAL"},
        workspace=archive_help_channel,
    ),
    "a clock that is behind": Seeded(
        [
            "This machine's clock is SECONDS s behind Slack's. Turn on time synchronization (NTP): in HTTP mode, "
            "requests that seem five minutes old are refused."
        ],
        clock_seconds=900,
    ),
    "a clock that is ahead": Seeded(
        [
            "This machine's clock is SECONDS s ahead of Slack's. Turn on time synchronization (NTP): in HTTP mode, "
            "requests that seem five minutes old are refused."
        ],
        clock_seconds=-900,
    ),
    "invalid knowledge": Seeded(
        ["knowledge/glossary.yaml:6: this is not valid YAML ("],
        folder=break_knowledge,
    ),
    "no knowledge": Seeded(["nowhere:1: the folder cannot be read ("], {"KNOWLEDGE_DIR": "nowhere"}),
    "a cache that cannot be written to": Seeded(
        [
            "The cache FOLDER/cache/peo-aso cannot be written to (Not a directory), so that every start takes a second "
            "or two longer. Set XDG_CACHE_HOME to a folder that can."
        ],
        folder=file_in_the_place_of_the_cache,
    ),
    "a data folder that is not there": Seeded(
        [
            "The database missing/bot.sqlite3 cannot be made (No such file or directory). Give DATABASE_URL a folder "
            "that is there and can be written to."
        ],
        {"DATABASE_URL": "sqlite:///missing/bot.sqlite3"},
    ),
    "a database of another kind": Seeded(
        ["DATABASE_URL cannot be used. Write sqlite:///peo-aso.sqlite3 or postgresql://user:password@host/name."],
        {"DATABASE_URL": "mysql://bot:secret@db/bot"},
    ),
    "a database that does not answer": Seeded(
        ["The database postgresql+asyncpg://bot:***@127.0.0.1:9/bot cannot be used ("],
        {"DATABASE_URL": "postgresql://bot:secret@127.0.0.1:9/bot"},
    ),
    "a signing secret that is none": Seeded(
        [
            "SLACK_SIGNING_SECRET does not look like one (32 letters and digits). Copy the Signing Secret from Basic "
            f"Information at {APPS}; it is neither a token nor the Verification Token."
        ],
        {"SLACK_SIGNING_SECRET": "xoxb-1-abc"},
    ),
    "an address of another machine": Seeded(
        ["Cannot listen on 192.0.2.1:0 ("],
        {"HOST": "192.0.2.1"},
    ),
}


@pytest.mark.parametrize("seeded", [pytest.param(seeded, id=name) for name, seeded in SEEDED.items()])
async def test_a_fault_is_named_with_its_cure_and_nothing_else_is(bot_folder: Path, seeded: Seeded) -> None:
    manifest = shipped_manifest()
    seeded.manifest(manifest)
    seeded.folder(bot_folder)
    async with Workspace(manifest, clock=lambda: time.time() + seeded.clock_seconds) as workspace:
        seeded.workspace(workspace)
        environment = environment_of(workspace, **seeded.environment)
        report = await examined(bot_folder, environment, *seeded.arguments)
    found = [_settled(line, bot_folder) for line in report.faults]
    assert report.code == 1
    assert len(found) == len(seeded.faults)
    for line, expected in zip(found, seeded.faults, strict=True):
        # A line that goes on in the words of the system or of another part is compared as far as ours go.
        assert line == expected if expected.endswith(".") else line.startswith(expected)
    count = len(seeded.faults)
    assert report.last.startswith("1 fault found." if count == 1 else f"{count} faults found.")


def _settled(line: str, folder: Path) -> str:
    return re.sub(r"clock is \d+ s", "clock is SECONDS s", line.replace(str(folder), "FOLDER"))


async def test_slack_out_of_reach_is_said_once(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(workspace) | {"SLACK_API_URL": f"http://127.0.0.1:{free_port()}/api/"}
        report = await examined(bot_folder, environment)
    [line] = report.faults
    assert line.startswith("Slack cannot be reached at http://127.0.0.1:")
    assert line.endswith("Check the network, the proxy and SLACK_API_URL.")


async def test_a_database_older_than_the_code_is_told_what_to_run(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace, postgres_database() as url:
        environment = environment_of(workspace, DATABASE_URL=url)
        empty = await examined(bot_folder, environment)
        await migrated(bot_folder, environment)
        connection = await asyncpg.connect(url)
        await connection.execute("UPDATE alembic_version SET version_num = '0000'")
        await connection.close()
        old = await examined(bot_folder, environment)
    assert (empty.code, empty.faults) == (1, ["The database has no tables yet. Run: peo-aso migrate"])
    [line] = old.faults
    assert line.startswith("The database is at revision 0000, this version needs ")
    assert line.endswith(". Run: peo-aso migrate")


async def test_an_old_sqlite_file_is_no_fault_for_the_bot_migrates_it_itself(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(workspace)
        await migrated(bot_folder, environment)
        with closing(sqlite3.connect(bot_folder / "peo-aso.sqlite3")) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0000'")
            connection.commit()
        report = await examined(bot_folder, environment)
    assert (report.code, report.faults) == (0, [])
    assert any(line.endswith("will be brought up to date by the next peo-aso run.") for line in report.ok)


async def test_a_channel_that_listens_without_the_bot_in_it_is_named(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(workspace)
        await migrated(bot_folder, environment)
        settings = Settings(database_url=SecretStr(f"sqlite:///{bot_folder / 'peo-aso.sqlite3'}"))
        async with open_store(settings) as store:
            for channel_id in ("C0ASK", "C0RANDOM"):
                await store.switch_listening(workspace.team_id, channel_id, listens=True, user_id="U0MAYA")
            await store.switch_listening("T0OTHER", "C0ELSEWHERE", listens=True, user_id="U0MAYA")
        report = await examined(bot_folder, environment)
    assert report.faults == [
        "C0RANDOM is to be answered without a mention, but the bot is not in it. Type /invite and its name."
    ]


async def test_what_has_arrived_need_not_be_looked_up(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(workspace)
        async with bot_process(bot_folder, environment) as process:
            await connected(workspace, process)
            asked = await workspace.mention("maya", "#ask", "Who handles unemployment claims?")
            await workspace.next_message("#ask", asked.ts)
            await workspace.direct_message("maya", "what is a PEO?")
            await workspace.next_message(workspace.direct_channel("maya"))
            await workspace.slash("maya", "#ask", "/peo-vs-aso", "what is an ASO?")
            await workspace.settle()
            report = await examined(bot_folder, environment)
    today = datetime.now(UTC).date().isoformat()
    assert f"What came in last: a mention on {today}, a direct message on {today}, a command on {today}." in report.ok
    assert [line.partition(":")[0] for line in report.by_hand] == ["Events", "Buttons", "Tokens"]
    assert "app_mention" not in report.by_hand[0]


async def test_a_port_that_another_program_has_is_named(bot_folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with http_workspace() as workspace:
            environment = in_http_mode(workspace, PORT=str(port), METRICS_PORT=str(port))
            report = await examined(bot_folder, environment)
    assert report.faults == [
        f"127.0.0.1:{port} is taken by another program. Set PORT to a free one.",
        f"127.0.0.1:{port} is taken by another program. Set METRICS_PORT to a free one.",
    ]


async def test_all_faults_are_named_in_one_run(bot_folder: Path) -> None:
    manifest = shipped_manifest()
    lacking_scopes(manifest)
    socket_mode_off(manifest)
    break_knowledge(bot_folder)
    file_in_the_place_of_the_cache(bot_folder)
    async with Workspace(manifest, clock=lambda: time.time() + 900) as workspace:
        more = {"HELP_CHANNEL": "C0RANDOM", "DATABASE_URL": "sqlite:///missing/bot.sqlite3", "HOST": "192.0.2.1"}
        report = await examined(bot_folder, environment_of(workspace, **more))
    assert len(report.faults) == 8
    assert report.last.startswith("8 faults found.")


async def test_an_open_messages_tab_is_seen_by_a_message_that_is_gone_again(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        report = await examined(bot_folder, environment_of(workspace), "--write-to", "U0MAYA")
        assert workspace.messages(workspace.direct_channel("maya")) == []
    assert report.code == 0
    assert "The messages tab is open: U0MAYA was written to, and the message deleted." in report.ok


async def test_no_secret_is_ever_printed(bot_folder: Path) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        environment = environment_of(
            workspace,
            SLACK_BOT_TOKEN="xoxb-secret-one",
            SLACK_APP_TOKEN="secret-two",
            SLACK_SIGNING_SECRET="secret-three",
            DATABASE_URL="postgresql://bot:secret-four@127.0.0.1:9/bot",
            HASH_KEY="secret-five",
        )
        async with bot_process(bot_folder, environment, "doctor") as process:
            result = await ended(process)
    assert result.code == 1
    assert "secret-" not in result.stdout + result.stderr


# Many workspaces

PUBLIC_URL = "https://bot.example.com"


def for_many(slack: Slack, folder: Path, **more: str) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "PUBLIC_URL": PUBLIC_URL,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_URL": f"sqlite:///{folder / 'many.sqlite3'}",
        "PORT": "0",
        **more,
    }


async def install(workspace: Workspace, token: str, environment: dict[str, str]) -> None:
    """Let the bot into a workspace, and keep that as `run` would."""
    workspace.install(token)
    engine = engine_of(environment["DATABASE_URL"])
    await migrate(engine)
    cipher = cipher_of(SecretStr(environment["ENCRYPTION_KEYS"]))
    installation = Installation("A0LOCAL", workspace.team_id, None, False, token, None, None, (), time.time())
    await Installations(environment["SLACK_CLIENT_ID"], engine, cipher).save(installation)
    await engine.dispose()


async def test_of_a_sound_installation_for_many_workspaces_nothing_is_found(bot_folder: Path) -> None:
    manifest = http_manifest(PUBLIC_URL, many_workspaces=True)
    async with Slack(manifest, signing_secret=SECRET) as slack:
        environment = for_many(slack, bot_folder)
        await migrated(bot_folder, environment)
        none_yet = await examined(bot_folder, environment)
        for name in ("acme", "bolt"):
            workspace = await slack.open(Team(f"T0{name.upper()}", name))
            await install(workspace, f"xoxb-{name}", environment)
        report = await examined(bot_folder, environment)
    assert (none_yet.code, none_yet.faults) == (0, [])
    assert f"No workspace has installed the bot yet. That begins at {PUBLIC_URL}/slack/install." in none_yet.ok
    assert (report.code, report.faults) == (0, [])
    assert "2 of the 2 installations that came last are good." in report.ok
    assert "The clock agrees with Slack's." in report.ok
    assert "team_access_revoked" in report.by_hand[0]


async def test_workspaces_whose_installation_is_not_good_are_named(bot_folder: Path) -> None:
    manifest = http_manifest(PUBLIC_URL, many_workspaces=True)
    manifest["oauth_config"]["scopes"]["bot"].remove("im:history")
    async with Slack(manifest, signing_secret=SECRET) as slack:
        environment = for_many(slack, bot_folder)
        acme, bolt = await slack.open(Team("T0ACME", "Acme")), await slack.open(Team("T0BOLT", "Bolt"))
        await install(acme, "xoxb-acme", environment)
        await install(bolt, "xoxb-bolt", environment)
        bolt.uninstall()
        environment["HELP_CHANNEL"] = "T0ACME/C0RANDOMACME,T0GONE/C0GENERAL"
        report = await examined(bot_folder, environment)
        lost_key = await examined(bot_folder, environment | {"ENCRYPTION_KEYS": Fernet.generate_key().decode()})
    again = f"Install it again at {PUBLIC_URL}/slack/install."
    assert report.faults == [
        f"Workspace T0BOLT does not accept its token (account_inactive). {again}",
        f"Workspace T0ACME has not granted im:history. {again}",
        "Workspace T0ACME: HELP_CHANNEL C0RANDOMACME is a channel that the bot is not in. Type /invite and the bot's "
        "name there.",
    ]
    assert "HELP_CHANNEL: T0GONE is not among the installations that came last." in report.by_hand
    [line] = lost_key.faults
    assert line.startswith("ENCRYPTION_KEYS cannot read ")


async def test_what_many_workspaces_need_is_named_where_it_is_missing(bot_folder: Path) -> None:
    async with Slack(http_manifest(PUBLIC_URL, many_workspaces=True)) as slack:
        nothing = {"SLACK_CLIENT_SECRET": "", "SLACK_SIGNING_SECRET": "", "PUBLIC_URL": "", "ENCRYPTION_KEYS": "short"}
        report = await examined(bot_folder, for_many(slack, bot_folder, **nothing))
    assert [line.split()[0] for line in report.faults] == [
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "PUBLIC_URL",
        "ENCRYPTION_KEYS",
    ]
