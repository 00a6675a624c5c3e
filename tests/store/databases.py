"""A database of its own for a test: a SQLite file, or one on the PostgreSQL server of this machine."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import asyncpg
import pytest

Kind: TypeAlias = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

# Where tests may make and drop databases.
SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


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
    try:
        server = await asyncpg.connect(SERVER, timeout=2)
    except (OSError, TimeoutError) as error:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(f"no PostgreSQL answers at {SERVER}: {error}")
    name = f"peo_aso_test_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()
