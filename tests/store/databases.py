"""A database of its own for a test: a SQLite file, or one on the PostgreSQL server of this machine.

To migrate one takes longer than most tests do. So it is done once: other SQLite databases are copies of that one, those
in memory too, and one on PostgreSQL goes from test to test and is emptied in between. `database` gives one that nobody
has migrated.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import asyncpg
import pytest
from sqlalchemy import Connection, Engine, event

from bot.store import engine_of, installations, migrate
from bot.store.engine import IN_MEMORY, transaction
from bot.store.tables import metadata
from tools import databases

Kind: TypeAlias = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

# Databases on PostgreSQL with empty tables, which no test uses at present.
_spare: list[str] = []
# The one SQLite database that was migrated, once it was.
_migrated: list[bytes] = []


@asynccontextmanager
async def database(kind: Kind, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database, which is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    async with postgres_database() as url:
        yield url


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of an empty database on PostgreSQL. Where none runs the test is skipped, or fails in CI."""
    url = await _made()
    try:
        yield url
    finally:
        await databases.drop_database(url)


@asynccontextmanager
async def migrated(kind: Kind, folder: Path) -> AsyncIterator[str]:
    """The URL of a database with its tables, in which nothing is yet."""
    if kind == "sqlite":
        yield migrated_file(folder / "test.sqlite3")
        return
    url = _spare.pop() if _spare else await _new_on_postgres()
    try:
        yield url
    finally:
        await _empty(url)
        _spare.append(url)


def migrated_file(file: Path) -> str:
    """Make a SQLite file with its tables; its URL."""
    [content] = _migrated
    file.write_bytes(content)
    return f"sqlite:///{file}"


async def bring_up_to_date(url: str) -> None:
    """Give a database its tables."""
    engine = engine_of(url)
    await migrate(engine)
    await engine.dispose()


async def migrate_once() -> None:
    """Migrate the one that others are copies of, and let those in memory be so from their beginning."""
    engine = engine_of(IN_MEMORY)
    await migrate(engine)
    async with transaction(engine) as connection:
        _migrated.append(await connection.run_sync(_content))
    await engine.dispose()
    event.listen(Engine, "connect", _fill)


async def drop_spare() -> None:
    """Leave nothing behind on the server."""
    while _spare:
        await databases.drop_database(_spare.pop())


def _content(connection: Connection) -> bytes:
    content: bytes = connection.connection.driver_connection.serialize()  # type: ignore[union-attr]
    return content


def _fill(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        [(_, _, file), *_] = connection.execute("PRAGMA database_list")
        if not file:
            connection.deserialize(_migrated[0])


async def _made() -> str:
    try:
        return await databases.make_database()
    except databases.NoPostgres as missing:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(str(missing))


async def _new_on_postgres() -> str:
    url = await _made()
    connection = await asyncpg.connect(url)
    # A test kills bots, and no servers.
    await connection.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off")
    await connection.close()
    await bring_up_to_date(url)
    return url


async def _empty(url: str) -> None:
    """Delete everything that a test has put into a database, and end whoever it has left there."""
    connection = await asyncpg.connect(url)
    try:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")
        tables = [*metadata.tables, *installations.metadata.tables]
        await connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
    finally:
        await connection.close()
