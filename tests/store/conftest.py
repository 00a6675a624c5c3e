"""Everything about the store is tested on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store, engine_of
from bot.store.engine import Database
from bot.store.privacy import shared_key

from .databases import KINDS, database, migrated


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database with its tables."""
    async with migrated(request.param, tmp_path) as url:
        yield url


@pytest.fixture(params=KINDS)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database that nobody has migrated."""
    async with database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Database]:
    engine = engine_of(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def store(engine: Database) -> Store:
    """Keeping misses for 90 days."""
    return Store(engine, await shared_key(engine), 90)
