"""Timestamps and ids that nothing else in the workspace has."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from localslack.block_kit import with_ids
from localslack.model import Blocks


class Ids:
    """Makes timestamps and ids.

    Args:
        clock: Seconds since the epoch; every ``ts`` comes from it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._last_ts_micros = 0
        self._numbers = itertools.count(1)

    def next_ts(self) -> str:
        """A ``ts`` from the clock, later than every one before it."""
        micros = max(int(self.clock() * 1_000_000), self._last_ts_micros + 1)
        self._last_ts_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that nothing else in the workspace has, such as ``V0LOCAL0012``."""
        return f"{prefix}0LOCAL{next(self._numbers):04d}"

    def with_ids(self, blocks: Iterable[dict[str, Any]]) -> Blocks:
        """Copy blocks, with the ids that Slack adds to blocks and elements that have none."""
        return with_ids(blocks, self._generated_ids())

    def _generated_ids(self) -> Iterator[str]:
        while True:
            yield f"auto{next(self._numbers)}"
