"""The schema: brought up to date, and checked at the start."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError
from bot.settings import Settings
from bot.store.engine import Database, engine_of, transaction
from bot.store.sqlite import SqliteEngine

_MIGRATIONS = Path(str(resources.files("bot.store.migrations")))
# Any number that no other program uses for its own lock in the same database.
_LOCK = 7_367_623
# Before this revision, what was erased in a SQLite file was not overwritten.
_OVERWRITES = "0006"


def newest_revision() -> str:
    """The revision that this code works with, such as ``0001``."""
    return max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


async def migrate(engine: Database) -> tuple[str | None, str]:
    """Bring the schema up to date; data stays.

    Returns:
        The revisions before (None for an empty database) and after.

    Raises:
        StoreError: The database cannot be used.
    """
    async with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Two jobs at once: the second waits, and finds nothing left to do.
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = await connection.run_sync(_revision)
        if before is None or before < newest_revision():
            await connection.run_sync(_upgrade)
        after = await connection.run_sync(_revision)
    assert after is not None
    if before is not None and before < _OVERWRITES and isinstance(engine, SqliteEngine):
        await engine.rewrite()
    return before, after


async def migrate_apart(engine: Database) -> None:
    """Bring the schema of a SQLite file up to date in a process of its own, where it is not.

    In this process, Alembic would take 11 MB that are never given back, which exceeds the 130 MB meant for `run`.
    """
    if not engine.url.database:
        # What is in memory, no other process reaches.
        await migrate(engine)
        return
    async with transaction(engine) as connection:
        revision = await connection.run_sync(_revision)
    if revision is None or revision < newest_revision():
        own = {**os.environ, "DATABASE_URL": engine.url.render_as_string(hide_password=False)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot", "migrate", env=own, stdout=DEVNULL, stderr=PIPE
        )
        _, words = await process.communicate()
        if process.returncode:
            raise StoreError(words.decode(errors="replace").strip())


async def migrate_database(settings: Settings) -> tuple[str | None, str]:
    """Bring the schema of this installation up to date: see `migrate`."""
    engine = engine_of(settings.database_url.get_secret_value())
    try:
        return await migrate(engine)
    finally:
        await engine.dispose()


async def check_schema(engine: Database) -> None:
    """Check that the schema is not older than this code. A newer one is none of our business: see `migrations`.

    Raises:
        StoreError: It is, and what to run; or the database cannot be used.
    """
    async with transaction(engine) as connection:
        revision = await connection.run_sync(_revision)
    if revision is None:
        raise StoreError("The database has no tables yet. Run: peo-aso migrate")
    if revision < newest_revision():
        raise StoreError(
            f"The database is at revision {revision}, this version needs {newest_revision()}. Run: peo-aso migrate"
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection) -> None:
    # Here, for it takes a tenth of a second that a start with a good schema can do without.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
