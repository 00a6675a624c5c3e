"""DATABASE_URL -> an engine: PostgreSQL for several processes, a SQLite file for one."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import StoreError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
# Lives as long as the process; for the demonstration and for tests.
IN_MEMORY = "sqlite://"
# Seconds. Slack waits three for an ack; a database that does not answer must be told from one that is slow.
CONNECT_SECONDS = 5
# A file is turned over in a few milliseconds.
WAL_RETRY_SECONDS = 0.02
STATEMENT_SECONDS = 10
# Writes are gathered, so that few connections carry many questions.
_POOL_SIZE = 5
LAST_REPORT_SECONDS = 0.05


def engine_of(url: str) -> AsyncEngine:
    """Make the engine; nothing is connected yet.

    Args:
        url: ``sqlite:///file``, ``sqlite://`` (in memory) or ``postgresql://user:password@host/name``.

    Raises:
        StoreError: The URL is none of these.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    # The name that libpq, and so every hosting service, gives it.
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return create_async_engine(
        parsed.set(query=query),
        pool_size=_POOL_SIZE,
        pool_timeout=CONNECT_SECONDS,
        # A connection that the server closed (a restart, a failover) is told before a question is put on it.
        pool_pre_ping=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS},
    )


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


def _sqlite(url: URL) -> AsyncEngine:
    # One connection: SQLite takes one writer at a time, and one in memory lives and dies with its connection.
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, connect_args={"timeout": CONNECT_SECONDS}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Off, or the driver begins transactions when it thinks fit: later than a read that the write rests on.
        connection.isolation_level = None
        cursor = connection.cursor()
        # Readers (`doctor`, a backup) beside the one writer; what is committed survives a power cut.
        _turn_on_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _turn_on_wal(cursor: Any) -> None:
    """While another process does so in a new file, SQLite says at once that it is locked, and does not wait."""
    until = time.monotonic() + CONNECT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(WAL_RETRY_SECONDS)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction: committed at the end, rolled back by any exception.

    Raises:
        StoreError: The database cannot be reached or refuses; says which and what to do.
    """
    connection = engine.connect()
    try:
        await connection.start()
    except Exception as error:
        # Connecting fails with whatever the driver, the resolver and the server have to say. The thread of a SQLite
        # connection that came to nothing reports its end to the loop, which must not be closed by then.
        await asyncio.sleep(LAST_REPORT_SECONDS)
        raise _unreachable(engine, error) from error
    try:
        async with connection.begin():
            yield connection
    except (SQLAlchemyError, OSError, UnicodeError) as error:
        raise _unreachable(engine, error) from error
    finally:
        await connection.close()


def _unreachable(engine: AsyncEngine, error: Exception) -> StoreError:
    return StoreError(
        f"The database {engine.url.render_as_string(hide_password=True)} cannot be used ({_reason(error)}). "
        "Check DATABASE_URL, and that the database runs and may be written to."
    )


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    if isinstance(error, (DBAPIError, UnicodeError)) and not isinstance(error, OperationalError):
        # Drivers quote what they could not store, which may be what somebody asked.
        return type(cause.__cause__ or cause).__name__
    return " ".join(str(cause).split()) or type(cause).__name__
