"""What is said in the log of requests that are refused, over either transport."""

from __future__ import annotations

import time

import structlog

log = structlog.get_logger()

# One line a minute and reason, whatever comes: for an operator with a wrong secret or clock, not for each request of
# an attacker.
QUIET_SECONDS = 60.0
# Nothing of ours listens to it, however often it comes.
UNKNOWN_TYPE = ("unknown_type", "The bot has no use for a request of this type.")


class RefusalLog:
    """Logs what was refused, without filling the disk."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def tell(self, reason: str, status: int, words: str) -> None:
        """Log one refusal, unless there was one of its kind a moment ago."""
        now = time.monotonic()
        if now - self._told.get(reason, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._told[reason] = now
            log.warning("request_refused", reason=reason, status=status, message=words)
