"""Questions for the store, and looks into its tables."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, select

from bot.store import Question, Store
from bot.store.engine import transaction

A_QUESTION = Question(
    id="",
    team_id="T0ONE",
    enterprise_id=None,
    surface="channel",
    channel_id="C0ASK",
    message_ts="1700000000.000100",
    thread_ts="1700000000.000100",
    user_hash="0" * 64,
    text="who handles unemployment claims?",
)


def question(**changes: Any) -> Question:
    """A question of its own."""
    return replace(A_QUESTION, id=str(uuid.uuid4()), **changes)


async def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    """Everything in a table."""
    async with transaction(store.engine) as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def row_of(store: Store, table: Table, id: str) -> dict[str, Any]:
    """One row."""
    [row] = [row for row in await rows(store, table) if row["id"] == id]
    return row
