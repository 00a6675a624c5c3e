"""Writes that come at the same time go out in one transaction: a commit costs the same for one as for fifty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.errors import RowError, StoreError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items. Beyond this a transaction holds its locks for longer than a caller should wait.
LARGEST_BATCH = 100


class Gathering(Generic[Item, Result]):
    """Hands what is added while a write is under way to the next write.

    Args:
        write: Writes a batch and returns a result for each item, in their order; all of them or, raising, none. What a
            database that can be used does not take is tried again item by item, so that one fails for itself alone.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        """Return once the item is written; raises what its own write raised."""
        written: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                await self._write_batch(batch)
        finally:
            self._writing = None

    async def _write_batch(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and (isinstance(error, RowError) or not isinstance(error, StoreError)):
                for one in batch:
                    await self._write_batch([one])
                return
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for (_, written), result in zip(batch, results, strict=True):
            # Whoever waited for it may have been cancelled.
            if not written.done():
                written.set_result(result)
