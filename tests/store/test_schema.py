"""The schema comes about by migrations, is checked at the start, and is the one that the code works with."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, MetaData, text

from bot.errors import StoreError
from bot.settings import Settings
from bot.store import check_schema, engine_of, installations, migrate, open_store
from bot.store.engine import Database, transaction
from bot.store.migrating import newest_revision
from bot.store.tables import metadata

from .databases import bring_up_to_date, migrated_file


@pytest.fixture
async def engine(empty_url: str) -> AsyncIterator[Database]:
    """On a database that nobody has migrated."""
    engine = engine_of(empty_url)
    yield engine
    await engine.dispose()


async def test_the_migrations_make_the_tables_of_the_code_and_no_others(engine: Database) -> None:
    assert await migrate(engine) == (None, newest_revision())

    every_table = MetaData()
    for table in (*metadata.tables.values(), *installations.metadata.tables.values()):
        table.to_metadata(every_table)

    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), every_table))

    async with transaction(engine) as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing_and_keeps_the_data(engine: Database) -> None:
    await migrate(engine)
    async with transaction(engine) as connection:
        await connection.execute(text("INSERT INTO chores VALUES ('dusting', 1)"))
    assert await migrate(engine) == (newest_revision(), newest_revision())
    async with transaction(engine) as connection:
        assert (await connection.execute(text("SELECT name FROM chores"))).scalars().all() == ["dusting"]


async def test_what_an_older_version_erased_is_not_in_the_file_any_more(tmp_path: Path) -> None:
    url, file = migrated_file(tmp_path / "old.sqlite3"), tmp_path / "old.sqlite3"
    older = sqlite3.connect(file)
    older.executescript(
        "PRAGMA secure_delete = OFF; ALTER TABLE questions DROP COLUMN wait_seconds;"
        "ALTER TABLE questions DROP COLUMN places;"
        "UPDATE alembic_version SET version_num = '0005';"
        "INSERT INTO keys VALUES ('words', 'quokka'); DELETE FROM keys;"
    )
    older.close()
    assert b"quokka" in file.read_bytes()
    await bring_up_to_date(url)
    assert b"quokka" not in file.read_bytes()


async def test_two_migrations_at_once_do_no_harm(empty_url: str) -> None:
    engines = [engine_of(empty_url) for _ in range(2)]
    results = await asyncio.gather(*(migrate(engine) for engine in engines))
    for engine in engines:
        await engine.dispose()
    assert {after for _, after in results} == {newest_revision()}


async def test_an_empty_database_and_an_older_one_say_what_to_run(engine: Database) -> None:
    with pytest.raises(StoreError, match=r"^The database has no tables yet\. Run: peo-aso migrate$"):
        await check_schema(engine)
    await migrate(engine)
    await _set_revision(engine, "0000")
    with pytest.raises(StoreError, match=r"revision 0000, this version needs .* Run: peo-aso migrate$"):
        await check_schema(engine)


async def test_a_newer_schema_is_worked_with_for_a_rollout_migrates_first(engine: Database) -> None:
    await migrate(engine)
    await _set_revision(engine, "9999")
    await check_schema(engine)
    assert await migrate(engine) == ("9999", "9999")


async def _set_revision(engine: Database, revision: str) -> None:
    async with transaction(engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def test_a_store_on_sqlite_migrates_itself_and_one_on_postgresql_asks_for_it(empty_url: str) -> None:
    settings = Settings(database_url=SecretStr(empty_url))
    if empty_url.startswith("postgresql"):
        with pytest.raises(StoreError, match="Run: peo-aso migrate"):
            async with open_store(settings):
                pytest.fail("opened without tables")
        return
    async with open_store(settings) as store:
        await store.ping()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("nonsense", "DATABASE_URL cannot be used", id="no URL"),
        pytest.param("mysql://root:hunter2@localhost/db", "DATABASE_URL cannot be used", id="another database"),
        pytest.param("sqlite:////no/such/folder/db", "unable to open database file", id="no folder"),
        pytest.param("postgresql://me:hunter2@127.0.0.1:1/db", "Connect call failed", id="nobody listens"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(url: str, words: str) -> None:
    with pytest.raises(StoreError) as raised:
        async with open_store(Settings(database_url=SecretStr(url))):
            pytest.fail("opened")
    assert words in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_asking_on_the_command_line_does_not_load_the_database_libraries() -> None:
    program = "import sys; from bot.cli import _service; _service(); print('sqlalchemy' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"
