"""Whether a request is Slack's own and new. The only place where signatures are verified.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog
from cachetools import TTLCache
from slack_sdk.signature import SignatureVerifier

from bot.conversation.idempotency import key
from bot.errors import StoreError
from bot.store import Store

log = structlog.get_logger()

TIMESTAMP_HEADER = "X-Slack-Request-Timestamp"
SIGNATURE_HEADER = "X-Slack-Signature"

# Slack's own figure.
MOST_SKEW_SECONDS = 300
# Bounds the memory for what was taken; at 100 clicks and commands a second, all that could still be replayed.
REMEMBER_AT_MOST = 60_000

# Seconds; Slack waits three for the whole exchange.
MARK_SECONDS = 1.0
OF_NO_WORKSPACE = ""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Refused(Exception):
    """A request that is not taken for Slack's; the words say why, ``reason`` names the kind."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class Signatures:
    """Checks signatures and ages.

    Args:
        secret: The app's signing secret.
        store: What one replica has taken, all know by it. While it is away, or slow, each knows what it took itself.
    """

    def __init__(self, secret: str, store: Store) -> None:
        self._verifier = SignatureVerifier(secret)
        self._store = store
        self._taken: TTLCache[str, bool] = TTLCache(REMEMBER_AT_MOST, 2 * MOST_SKEW_SECONDS)

    def check(self, headers: Mapping[str, str], body: str) -> str:
        """The signature of a request that is Slack's.

        Raises:
            Refused: It is not, or it was signed more than five minutes ago or ahead.
        """
        timestamp, signature = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
        if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
            missing = f"{SIGNATURE_HEADER} or {TIMESTAMP_HEADER} is missing or malformed"
            raise Refused("unsigned", f"This is not signed by Slack: {missing}.")
        if self._verifier.is_valid(body, timestamp, signature):
            return signature
        expected = self._verifier.generate_signature(timestamp=timestamp, body=body) or ""
        if not hmac.compare_digest(expected, signature):
            remedy = "SLACK_SIGNING_SECRET must be the one under the app's Basic Information."
            raise Refused("wrong_signature", f"The signature does not fit. {remedy}")
        skew = round(time.time() - int(timestamp))
        when = f"{abs(skew)} s {'ago' if skew > 0 else 'ahead'}"
        words = f"This was signed {when}, and Slack signs as it sends. Check this machine's clock."
        raise Refused("clock_skew", words)

    async def take(self, signature: str) -> None:
        """Note that a command or a click is being carried out, which Slack tells once.

        Raises:
            Refused: It was taken before, here or by another replica: somebody sends it again.
        """
        is_new = signature not in self._taken
        self._taken[signature] = True
        if not (is_new and await self._is_new_to_all(signature)):
            raise Refused("replay", "This request has been taken before.")

    async def _is_new_to_all(self, signature: str) -> bool:
        # Not cancelled: a statement that is cut short costs its connection.
        marking = asyncio.ensure_future(self._store.mark(OF_NO_WORKSPACE, [_key(signature)]))
        try:
            return await asyncio.wait_for(asyncio.shield(marking), MARK_SECONDS)
        except (StoreError, TimeoutError) as error:
            marking.add_done_callback(lambda done: done.exception())
            log.warning("replays_not_looked_for", reason=str(error) or "slow")
            return True

    async def give_back(self, signature: str) -> None:
        """Note that it was not carried out after all, so that a proxy may send it again."""
        self._taken.pop(signature, None)
        with suppress(StoreError):
            await self._store.unmark(OF_NO_WORKSPACE, [_key(signature)])


def _key(signature: str) -> str:
    return key("signature", signature)
