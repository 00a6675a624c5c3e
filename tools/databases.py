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
    """The URL of an empty database on PostgreSQL; raises as of `make_database`."""
    url = await make_database()
    try:
        yield url
    finally:
        await drop_database(url)


async def make_database() -> str:
    """Make an empty database on PostgreSQL, and give its URL.

    Raises:
        NoPostgres: There is no server; says where one was looked for.
    """
    name = f"peo_aso_test_{uuid.uuid4().hex}"
    await _run(f"CREATE DATABASE {name}")
    return f"{SERVER.rpartition('/')[0]}/{name}"


async def drop_database(url: str) -> None:
    """Drop what `make_database` has made, whoever is still connected to it."""
    await _run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")


async def _run(statement: str) -> None:
    try:
        server = await asyncpg.connect(SERVER, timeout=10)
    except (OSError, TimeoutError) as error:
        raise NoPostgres(f"No PostgreSQL answers at {SERVER} ({error}).") from error
    try:
        await server.execute(statement)
    finally:
        await server.close()
