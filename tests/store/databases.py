"""A database of its own for a test: a SQLite file, or one on the PostgreSQL server of this machine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from bot.store import engine_of, migrate
from tools import databases

Kind: TypeAlias = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")


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
    async with AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(databases.postgres_database())
        except databases.NoPostgres as missing:
            if os.environ.get("REQUIRE_POSTGRES") == "1":
                raise
            pytest.skip(str(missing))
        yield url


@asynccontextmanager
async def migrated(kind: Kind, folder: Path) -> AsyncIterator[str]:
    """The URL of a database with its tables, in which nothing is yet."""
    async with database(kind, folder) as url:
        engine = engine_of(url)
        await migrate(engine)
        await engine.dispose()
        yield url
