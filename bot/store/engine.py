"""DATABASE_URL -> an engine: PostgreSQL for several processes, a SQLite file for one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import URL, Table, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InvalidatePoolError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)

from bot.errors import RowError, StoreError
from bot.store.sqlite import SqliteConnection, SqliteEngine

if TYPE_CHECKING:
    # What only PostgreSQL needs costs memory that SQLite can do without.
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.pool import ConnectionPoolEntry

Database: TypeAlias = "AsyncEngine | SqliteEngine"
# Inside a transaction.
Connected: TypeAlias = "AsyncConnection | SqliteConnection"

_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
# Lives as long as the process; for the demonstration and for tests.
IN_MEMORY = "sqlite://"
# Seconds. Slack waits three for an ack; a database that does not answer must be told from one that is slow.
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
# A connection that has rested for so long is asked for a sign of life.
ASK_AFTER_SECONDS = 1.0
# Writes are gathered, so that few connections carry many questions.
_POOL_SIZE = 5


def engine_of(url: str) -> Database:
    """Make the engine; nothing is connected yet.

    Args:
        url: ``sqlite:///file``, ``sqlite://`` (in memory) or ``postgresql://user:password@host/name``.

    Raises:
        StoreError: The URL is none of these.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteEngine(parsed, CONNECT_SECONDS)
    return _postgres(parsed)


def existing_database(url: str) -> str:
    """The database of a URL as people may see it, without a password: for commands that must not make a new one.

    Raises:
        StoreError: The URL is none, or its SQLite file is not there.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return parsed.render_as_string(hide_password=True)
    path = Path(parsed.database or "").resolve()
    if not path.is_file():
        raise StoreError(
            f"There is no database at {path}. Run this in the folder that the bot runs in, or set DATABASE_URL."
        )
    return str(path)


def _postgres(parsed: URL) -> AsyncEngine:
    from sqlalchemy.ext.asyncio import create_async_engine

    # The name that libpq, and so every hosting service, gives it.
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    engine = create_async_engine(
        parsed.set(query=query),
        pool_size=_POOL_SIZE,
        pool_timeout=CONNECT_SECONDS,
        # The one that was used last, so that the others may rest.
        pool_use_lifo=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS},
    )
    event.listen(engine.sync_engine, "checkin", _note_rest)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _note_rest(_: object, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _refuse_closed(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """Have the pool replace all connections where the server has closed one (a restart, a failover), before a question
    is put on it. The pool by itself would ask the server each time, which takes as long as the question.
    """
    rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
    try:
        if rested > ASK_AFTER_SECONDS:
            connection.ping()
    except Exception as error:
        raise InvalidatePoolError from error
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        # Never the value: it holds a password.
        raise StoreError(
            "DATABASE_URL cannot be used. Write sqlite:///peo-aso.sqlite3 or postgresql://user:password@host/name."
        )
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def insert_into(engine: Database, table: Table) -> Any:
    """An insertion that can say what becomes of a row that is there already, as by ``on_conflict_do_nothing``."""
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


@asynccontextmanager
async def transaction(engine: Database) -> AsyncIterator[Connected]:
    """One transaction: committed at the end, rolled back by any exception.

    Raises:
        StoreError: The database cannot be reached; says which and what to do.
        RowError: It refuses a row.
    """
    connection: Connected = engine.connect()
    try:
        await connection.start()
    except Exception as error:
        # Connecting fails with whatever the driver, the resolver and the server have to say.
        raise _unreachable(engine, error) from error
    try:
        async with connection.begin():
            yield connection
    except (SQLAlchemyError, OSError, UnicodeError) as error:
        raise (_refused if _is_about_a_row(error) else _unreachable)(engine, error) from error
    finally:
        await connection.close()


async def erase_traces(engine: Database) -> None:
    """Take what was erased out of SQLite's log at once, though another process may have the file open."""
    if isinstance(engine, SqliteEngine):
        await engine.empty_wal(CONNECT_SECONDS)


def _is_about_a_row(error: Exception) -> bool:
    """Whether the database refuses what was to be written, and not to be written to."""
    if isinstance(error, DBAPIError):
        return not (error.connection_invalidated or isinstance(error, OperationalError))
    return isinstance(error, (StatementError, UnicodeError))


def _refused(engine: Database, error: Exception) -> RowError:
    return RowError(f"The database {engine.url.render_as_string(hide_password=True)} refuses a row ({_reason(error)}).")


def _unreachable(engine: Database, error: Exception) -> StoreError:
    return StoreError(
        f"The database {engine.url.render_as_string(hide_password=True)} cannot be used ({_reason(error)}). "
        "Check DATABASE_URL, and that the database runs and may be written to."
    )


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    if isinstance(error, (StatementError, UnicodeError)) and not isinstance(error, OperationalError):
        # Drivers quote what they could not store, which may be what somebody asked.
        return type(cause.__cause__ or cause).__name__
    return " ".join(str(cause).split()) or type(cause).__name__
