"""Waiting until the app has done what it was going to do."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from localslack.state.changes import Publisher
from localslack.transport.traffic import Traffic

USUAL_PAUSE_SECONDS = 0.15
# How often an app is asked whether it is done.
POLL_SECONDS = 0.005


class Settling:
    """Says when the app has nothing left to do.

    Args:
        traffic: Says whether anything is under way.
        publisher: Says when something has changed.
    """

    def __init__(self, traffic: Traffic, publisher: Publisher) -> None:
        self._traffic = traffic
        self._publisher = publisher
        self._done_checks: list[Callable[[], bool]] = []

    @contextmanager
    def waiting_for(self, is_done: Callable[[], bool]) -> Iterator[None]:
        """Let `settle`, inside the context, ask an app in this process whether it has nothing left to do.

        Args:
            is_done: Covers all work that the traffic does not show. It must be false from before the app acknowledges
                an envelope until everything that follows from it is over.
        """
        self._done_checks.append(is_done)
        try:
            yield
        finally:
            self._done_checks.remove(is_done)

    async def settle(self, quiet_seconds: float | None = None, timeout_seconds: float = 20.0) -> None:
        """Return once the app has done what it was going to do.

        That is: every envelope is acknowledged or given up, no call of the Web API or of a response_url has been under
        way for ``quiet_seconds``, and every app that can be asked says that it is done.

        Args:
            quiet_seconds: None means no pause where an app can be asked (see `waiting_for`), and otherwise a pause
                longer than most apps make between two calls. Work that shows in neither way for longer goes unnoticed.
            timeout_seconds: How long to wait at most.

        Raises:
            TimeoutError: It did not become quiet in time; names what was still under way.
        """
        if quiet_seconds is None:
            quiet_seconds = 0.0 if self._done_checks else USUAL_PAUSE_SECONDS
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._traffic.quiet(quiet_seconds)
                while not all(is_done() for is_done in self._done_checks):
                    await asyncio.sleep(POLL_SECONDS)
                    await self._traffic.quiet(quiet_seconds)
        except TimeoutError:
            waiting = ", ".join(self._traffic.what_is_under_way) or "work between its calls"
            raise TimeoutError(f"After {timeout_seconds} s the app was not done: {waiting}.") from None

    async def wait_until(self, holds: Callable[[], bool], timeout_seconds: float = 5.0) -> None:
        """Wait until something has become true in the workspace.

        Args:
            holds: Asked now, and again after every change.
            timeout_seconds: How long to wait.

        Raises:
            TimeoutError: It did not become true in time.
        """
        changes = self._publisher.subscribe()
        try:
            async with asyncio.timeout(timeout_seconds):
                while not holds():
                    await anext(changes)
        finally:
            changes.close()
