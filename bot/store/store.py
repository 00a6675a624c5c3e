"""The store: what the rest of the bot asks of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.settings import Settings
from bot.store.engine import engine_of, transaction
from bot.store.migrating import check_schema, migrate


class Store:
    """The operations on the tables; every one is a transaction of its own.

    Attributes:
        engine: For stores of other libraries that live in the same database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StoreError: There was none.
        """
        async with transaction(self.engine) as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of this installation, closed at the end. A SQLite file is made and brought up to date by itself.

    Raises:
        StoreError: The database cannot be used, or its schema is older than this code.
    """
    engine = engine_of(settings.database_url.get_secret_value())
    try:
        if engine.dialect.name == "sqlite":
            await migrate(engine)
        else:
            await check_schema(engine)
        yield Store(engine)
    finally:
        await engine.dispose()
