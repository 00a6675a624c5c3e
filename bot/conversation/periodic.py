"""Work that comes round again and again for as long as the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

# What a round under way at the end may still take.
LAST_ROUND_SECONDS = 1.0


@asynccontextmanager
async def in_rounds(work: Callable[[], Awaitable[None]], pause_seconds: float) -> AsyncIterator[None]:
    """Do some work again and again inside the context, with a pause after each round.

    At the end, a round under way has a second to finish, for a statement that is cut short costs its connection to the
    database. What takes longer is cut short.
    """
    is_over = asyncio.Event()

    async def go_round() -> None:
        while not is_over.is_set():
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), pause_seconds)

    going = asyncio.create_task(go_round())
    try:
        yield
    finally:
        is_over.set()
        await asyncio.wait({going}, timeout=LAST_ROUND_SECONDS)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
