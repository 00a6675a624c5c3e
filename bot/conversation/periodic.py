"""Work that is repeated for as long as the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

# Seconds that a run under way at the end may still take.
LAST_RUN_SECONDS = 1.0


@asynccontextmanager
async def periodically(work: Callable[[], Awaitable[None]], pause_seconds: float) -> AsyncIterator[None]:
    """Repeat some work inside the context, with a pause after each run.

    At the end, a run under way has a second to finish, because canceling a statement costs its database connection.
    """
    is_over = asyncio.Event()

    async def repeat() -> None:
        while not is_over.is_set():
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), pause_seconds)

    running = asyncio.create_task(repeat())
    try:
        yield
    finally:
        is_over.set()
        await asyncio.wait({running}, timeout=LAST_RUN_SECONDS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
