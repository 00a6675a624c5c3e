"""What has been seen lately, so that Slack's second delivery of the same thing does not get a second reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from cachetools import TTLCache

# Slack retries an event at once, after one minute and after five; an hour covers these and a slow network.
REMEMBER_SECONDS = 3_600
REMEMBER_AT_MOST = 50_000


class Once:
    """Tells first times from repeats, for an hour and for the latest 50,000 keys."""

    def __init__(self) -> None:
        self._seen: TTLCache[Hashable, bool] = TTLCache(REMEMBER_AT_MOST, REMEMBER_SECONDS)

    def is_first(self, key: Hashable) -> bool:
        """Whether the key has not been seen; it has been from now on."""
        if key in self._seen:
            return False
        self._seen[key] = True
        return True

    @asynccontextmanager
    async def attempt(self, key: Hashable) -> AsyncIterator[bool]:
        """Whether the key has not been seen; where the block fails, it may be tried again."""
        is_first = self.is_first(key)
        try:
            yield is_first
        except Exception:
            if is_first:
                self._seen.pop(key, None)
            raise
