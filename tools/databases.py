"""Databases that are made for one run and dropped after it."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

# Where databases may be made and dropped.
SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


class NoPostgres(Exception):
    """No PostgreSQL answers."""


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """The URL of an empty database on PostgreSQL.

    Raises:
        NoPostgres: There is no server; says where one was looked for.
    """
    try:
        server = await asyncpg.connect(SERVER, timeout=2)
    except (OSError, TimeoutError) as error:
        raise NoPostgres(f"No PostgreSQL answers at {SERVER} ({error}).") from error
    name = f"peo_aso_test_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()
