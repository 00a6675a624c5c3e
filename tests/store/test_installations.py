"""Installations: one a workspace, the newest wins, tokens never in plain text, keys that can be exchanged."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text, update

from bot.errors import SettingsError, StoreError
from bot.settings import Settings
from bot.store import Store
from bot.store.encryption import cipher_of
from bot.store.engine import Database, transaction
from bot.store.installations import Installation, Installations, States, oauth_states, reencrypt_tokens
from tests.slack.processes import bot_process, ended

OLD_KEY, NEW_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
CLIENT_ID = "111.222"


def installations(engine: Database, keys: str = OLD_KEY) -> Installations:
    return Installations(CLIENT_ID, engine, cipher_of(SecretStr(keys)))


def installed(token: str, team: str | None = "T1", enterprise: str | None = None, **more: Any) -> Installation:
    """An installation as Slack's answer gives it."""
    values: dict[str, Any] = {
        "app_id": "A1",
        "team_id": team,
        "enterprise_id": enterprise,
        "bot_token": token,
        "bot_id": "B1",
        "bot_user_id": "U0BOT",
        "bot_scopes": ["chat:write", "commands"],
        "is_enterprise_install": team is None,
        "installed_at": time.time(),
    }
    return Installation(**{**values, **more})


async def token_of(store: Installations, team: str | None, enterprise: str | None = None) -> str | None:
    found = await store.find(team, enterprise)
    return found.bot_token if found else None


async def everything_in(engine: Database, table: str) -> list[dict[str, Any]]:
    async with transaction(engine) as connection:
        return [dict(row) for row in (await connection.execute(text(f"SELECT * FROM {table}"))).mappings()]


# Finding


async def test_an_installation_is_found_with_all_that_the_bot_needs_of_it(engine: Database) -> None:
    store = installations(engine)
    await store.save(installed("xoxb-one"))
    found = await store.find("T1", None)
    assert found is not None
    assert (found.bot_token, found.bot_id, found.bot_user_id) == ("xoxb-one", "B1", "U0BOT")
    assert list(found.bot_scopes) == ["chat:write", "commands"]


@pytest.mark.parametrize(
    ("team", "enterprise", "token"),
    [
        pytest.param("T1", None, "xoxb-1", id="a workspace"),
        pytest.param("T2", None, "xoxb-2", id="another workspace"),
        pytest.param("T3", None, None, id="a workspace that has not installed the bot"),
        pytest.param("T2", "E1", "xoxb-2", id="a workspace that has joined an organization since"),
        pytest.param("T4", "E1", "xoxb-e1", id="a workspace of an organization that has installed the bot"),
        pytest.param(None, "E1", "xoxb-e1", id="an organization"),
        pytest.param("T4", "E2", None, id="a workspace of another organization"),
        pytest.param(None, None, None, id="nothing at all"),
    ],
)
async def test_a_workspace_is_served_by_its_own_installation_or_by_its_organizations(
    engine: Database, team: str | None, enterprise: str | None, token: str | None
) -> None:
    store = installations(engine)
    await store.save(installed("xoxb-e1", None, "E1"))
    await store.save(installed("xoxb-1", "T1"))
    await store.save(installed("xoxb-2", "T2"))
    assert await token_of(store, team, enterprise) == token


async def test_of_a_workspaces_own_installation_and_its_organizations_the_newer_one_serves(
    engine: Database,
) -> None:
    store = installations(engine)
    await store.save(installed("xoxb-team", "T1", "E1", installed_at=1_000.0))
    await store.save(installed("xoxb-org", None, "E1", installed_at=2_000.0))
    assert await token_of(store, "T1", "E1") == "xoxb-org"
    await store.save(installed("xoxb-team-again", "T1", "E1", installed_at=3_000.0))
    assert await token_of(store, "T1", "E1") == "xoxb-team-again"


async def test_installations_of_another_app_in_the_same_database_are_not_seen(engine: Database) -> None:
    await Installations("another", engine, cipher_of(SecretStr(OLD_KEY))).save(installed("xoxb-other"))
    assert await token_of(installations(engine), "T1") is None


# Installing again, and going


@pytest.mark.parametrize(("team", "enterprise"), [("T1", None), ("T1", "E1"), (None, "E1")])
async def test_installing_again_leaves_the_newest_alone(
    engine: Database, team: str | None, enterprise: str | None
) -> None:
    store = installations(engine)
    for token in ("xoxb-1", "xoxb-2", "xoxb-3"):
        await store.save(installed(token, team, enterprise))
    assert await token_of(store, team, enterprise) == "xoxb-3"
    assert len(await everything_in(engine, "slack_bots")) == 1


async def test_what_is_forgotten_is_gone_and_nothing_else_is(engine: Database) -> None:
    store = installations(engine)
    for team, enterprise in (("T1", None), ("T2", None), ("T3", "E1"), (None, "E1")):
        await store.save(installed(f"xoxb-{team}", team, enterprise))
    for which in (("T1", None), (None, "E1")):
        installed_there = await store.own(*which)
        assert installed_there is not None
        for _ in range(2):
            await store.forget(installed_there)
    assert [await token_of(store, *which) for which in (("T1", None), ("T2", None), ("T3", "E1"), (None, "E1"))] == [
        None,
        "xoxb-T2",
        "xoxb-T3",
        None,
    ]
    assert {row["team_id"] for row in await everything_in(engine, "slack_bots")} == {"T2", "T3"}


async def test_what_has_come_in_the_place_of_the_forgotten_stays(engine: Database) -> None:
    store = installations(engine)
    await store.save(installed("xoxb-1"))
    old = await store.own("T1", None)
    assert old is not None
    await store.save(installed("xoxb-2"))
    await store.forget(old)
    assert await token_of(store, "T1") == "xoxb-2"


# Encryption


async def test_no_token_stands_in_the_database_in_plain_text(engine: Database) -> None:
    await installations(engine).save(installed("xoxb-secret"))
    [stored] = await everything_in(engine, "slack_bots")
    assert "xoxb-secret" not in repr(stored)


async def test_a_token_of_any_length_fits(engine: Database) -> None:
    store, token = installations(engine), "xoxe.xoxb-" + "x" * 1_000
    await store.save(installed(token))
    assert await token_of(store, "T1") == token


async def test_keys_are_exchanged_without_a_token_being_lost(engine: Database) -> None:
    await installations(engine, OLD_KEY).save(installed("xoxb-1"))
    both = installations(engine, f"{NEW_KEY},{OLD_KEY}")
    await both.save(installed("xoxb-2", "T2"))
    await both.check_keys()
    with pytest.raises(SettingsError, match="cannot read 1 of the 2 tokens"):
        await installations(engine, NEW_KEY).check_keys()

    assert await both.reencrypt() == 2
    new = installations(engine, NEW_KEY)
    await new.check_keys()
    assert [await token_of(new, team) for team in ("T1", "T2")] == ["xoxb-1", "xoxb-2"]
    with pytest.raises(SettingsError, match="cannot read 2 of the 2 tokens"):
        await installations(engine, OLD_KEY).check_keys()


async def test_a_token_under_an_unknown_key_is_told_and_stays_as_it_is(engine: Database) -> None:
    await installations(engine, OLD_KEY).save(installed("xoxb-1"))
    wrong = installations(engine, NEW_KEY)
    with pytest.raises(SettingsError, match=r"^ENCRYPTION_KEYS cannot read 1 of the 1 tokens"):
        await wrong.reencrypt()
    with pytest.raises(StoreError, match="a key that is not in ENCRYPTION_KEYS"):
        await wrong.find("T1", None)
    assert await token_of(installations(engine, OLD_KEY), "T1") == "xoxb-1"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        pytest.param("", r"^ENCRYPTION_KEYS is not set\.", id="none"),
        pytest.param(" , ", r"^ENCRYPTION_KEYS is not set\.", id="only commas"),
        pytest.param("hunter2", r"^ENCRYPTION_KEYS cannot be used: what it holds is not 32 bytes", id="no key"),
        pytest.param(f"{NEW_KEY},hunter2", "key 2 of 2 is not 32 bytes", id="the second is no key"),
        pytest.param("schlüssel", "is not 32 bytes", id="not ASCII"),
    ],
)
def test_keys_that_cannot_be_used_are_told_in_one_line_without_their_value(keys: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        cipher_of(SecretStr(keys))
    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_the_flag_decides_what_an_installation_is_for_and_not_the_workspace_that_is_named(
    engine: Database,
) -> None:
    store = installations(engine)
    await store.save(installed("xoxb-org", team="T1", enterprise="E1", is_enterprise_install=True))
    for team in ("T1", "T2", None):
        found = await store.find(team, "E1")
        assert found is not None
        assert (found.bot_token, found.team_id) == ("xoxb-org", None)


# States


async def test_a_state_is_good_once_even_for_two_who_use_it_at_once(engine: Database) -> None:
    states = States(engine, "a secret")
    state = states.issue()
    for made_up in ("made-up", "", "\0", "\udcff", "x" * 10_000):
        assert await states.consume(made_up) is False
    used = await asyncio.gather(*(states.consume(state) for _ in range(5)))
    assert sorted(used) == [False] * 4 + [True]


async def test_setting_out_leaves_nothing_in_the_database_and_returning_one_row_until_it_expires(
    engine: Database,
) -> None:
    states = States(engine, "a secret")
    issued = [states.issue() for _ in range(20)]
    assert await everything_in(engine, "slack_oauth_states") == []
    # Another replica takes what this one gave.
    assert await States(engine, "a secret").consume(issued[0]) is True
    assert await states.consume(issued[0]) is False
    assert len(await everything_in(engine, "slack_oauth_states")) == 1
    async with transaction(engine) as connection:
        await connection.execute(update(oauth_states).values(expire_at=datetime(2026, 1, 1)))
    assert await Store(engine, "key", retention_days=90).clean_up()
    assert await everything_in(engine, "slack_oauth_states") == []


async def test_a_state_that_is_late_or_altered_or_signed_by_another_is_refused(
    engine: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = States(engine, "a secret")
    expires_at, nonce, signature = (states.issue()).split(".")
    altered = (f"{int(expires_at) + 60}.{nonce}.{signature}", f"{expires_at}.{nonce}a.{signature}")
    for state in (*altered, States(engine, "another secret").issue()):
        assert await states.consume(state) is False
    monkeypatch.setattr("bot.store.installations.STATE_SECONDS", 0)
    assert await states.consume(states.issue()) is False


# Organizations


async def test_the_workspaces_of_an_organization_are_known_until_they_are_forgotten(engine: Database) -> None:
    store = Store(engine, "key", retention_days=90)
    for team, enterprise in (("T1", "E1"), ("T2", "E2"), ("T1", "E1"), ("T2", "E1"), ("T3", "E3")):
        await store.note_organization(team, enterprise)
    assert await store.workspaces_of("E1") == ["T1", "T2"]
    await store.forget_workspace("T1")
    assert await store.workspaces_of("E1") == ["T2"]
    assert await store.workspaces_of("E2") == []


# The command


async def test_reencrypt_says_how_many_tokens_it_wrote_anew(
    engine: Database, database_url: str, tmp_path: Path
) -> None:
    await installations(engine, OLD_KEY).save(installed("xoxb-1"))
    keys = {"SLACK_CLIENT_ID": CLIENT_ID, "ENCRYPTION_KEYS": f"{NEW_KEY},{OLD_KEY}"}
    async with bot_process(tmp_path, {"DATABASE_URL": database_url, **keys}, "reencrypt") as process:
        result = await ended(process)
    assert (result.stdout, result.stderr) == (
        "1 token is under the first of ENCRYPTION_KEYS. No other key is needed any more.\n",
        "",
    )
    await installations(engine, NEW_KEY).check_keys()


async def test_reencrypt_without_an_app_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^SLACK_CLIENT_ID is not set\."):
        await reencrypt_tokens(Settings(slack_client_id=None))
