"""A look at a database that leaves it as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bot.errors import StoreError
from bot.store.engine import Database, transaction
from bot.store.migrating import check_schema
from bot.store.tables import channels, questions


@dataclass(frozen=True)
class Inspection:
    """What is in a database that can be used.

    Attributes:
        is_current: Whether it has the tables of this code. A SQLite file without them is updated by the next start.
        listening: The channels that are answered without a mention, by workspace.
        last_asked: When something last arrived from Slack, by surface; seconds since the epoch.
    """

    is_current: bool
    listening: Mapping[str, Sequence[str]] = field(default_factory=dict)
    last_asked: Mapping[str, float] = field(default_factory=dict)


async def inspect(engine: Database) -> Inspection:
    """Look into a database.

    Raises:
        StoreError: It cannot be used, or `migrate` has to be run first.
    """
    async with transaction(engine) as connection:
        await connection.execute(select(1))
    try:
        await check_schema(engine)
    except StoreError:
        if engine.dialect.name != "sqlite":
            raise
        return Inspection(is_current=False)
    return Inspection(True, await _listening(engine), await _last_asked(engine))


async def _listening(engine: Database) -> dict[str, list[str]]:
    query = select(channels.c.team_id, channels.c.channel_id).where(channels.c.listens).order_by(channels.c.channel_id)
    found: dict[str, list[str]] = {}
    async with transaction(engine) as connection:
        for team_id, channel_id in await connection.execute(query):
            found.setdefault(team_id, []).append(channel_id)
    return found


async def _last_asked(engine: Database) -> dict[str, float]:
    # Of all workspaces: an app is subscribed to the same events in all of them.
    last = select(questions.c.surface, func.max(questions.c.accepted_at)).group_by(questions.c.surface)
    async with transaction(engine) as connection:
        return {surface: at for surface, at in await connection.execute(last)}
