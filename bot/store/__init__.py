"""The only folder with SQL: what has been accepted, what has been answered, and what is kept of it."""

from bot.store.engine import engine_of
from bot.store.migrating import check_schema, migrate
from bot.store.store import Store, open_store

__all__ = ["Store", "check_schema", "engine_of", "migrate", "open_store"]
