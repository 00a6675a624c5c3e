"""What an interaction gives the app for a short time: trigger ids and response_urls."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from localslack.errors import ApiError

# https://docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_LIFETIME_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class _Trigger:
    user_id: str
    issued_at: float
    is_used: bool = False


class Triggers:
    """Trigger ids: each opens one view, within three seconds in Slack.

    Args:
        clock: Seconds since the epoch.
        lifetime_seconds: Within how many seconds here.
    """

    def __init__(self, clock: Callable[[], float], lifetime_seconds: float) -> None:
        self._clock = clock
        self._lifetime_seconds = lifetime_seconds
        self._numbers = itertools.count(1)
        self._triggers: dict[str, _Trigger] = {}

    def issue(self, user_id: str) -> str:
        """A new trigger id for something that a person did."""
        trigger_id = f"{next(self._numbers)}.{int(self._clock() * 1000)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user_id, self._clock())
        self._forget_old()
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use up a trigger id.

        Returns:
            The id of the person who did it.

        Raises:
            ApiError: ``invalid_trigger_id``, ``exchanged_trigger_id`` or ``expired_trigger_id``.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > self._lifetime_seconds:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user_id

    def _forget_old(self) -> None:
        # Long enough to tell a late use from an unknown id.
        horizon = self._clock() - 100 * self._lifetime_seconds
        while (oldest := next(iter(self._triggers))) and self._triggers[oldest].issued_at < horizon:
            del self._triggers[oldest]


@dataclass(slots=True)
class ResponseTarget:
    """Where messages sent to a response_url appear.

    Attributes:
        channel_id: The channel of the interaction.
        user_id: The person who acted, the only one to see ephemeral answers.
        source_ts: The message that ``replace_original`` and ``delete_original`` mean; None when
            there is none.
        source_is_ephemeral: Whether only ``user_id`` sees that message.
    """

    channel_id: str
    user_id: str
    source_ts: str | None = None
    source_is_ephemeral: bool = False
    issued_at: float = 0.0
    uses: int = 0


class ResponseTargets:
    """The response_urls given out: each takes five answers within half an hour.

    Args:
        clock: Seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._targets: dict[str, ResponseTarget] = {}

    def issue(self, target: ResponseTarget) -> str:
        """The secret last part of a new response_url."""
        secret = secrets.token_urlsafe(18)
        target.issued_at = self._clock()
        self._targets[secret] = target
        self._forget_old()
        return secret

    def find(self, secret: str) -> ResponseTarget:
        """The target of a response_url that can still be used.

        Raises:
            ApiError: ``expired_url`` (also for one that was never given out) or ``used_url``.
        """
        target = self._targets.get(secret)
        if target is None or self._clock() - target.issued_at > RESPONSE_URL_LIFETIME_SECONDS:
            raise ApiError("expired_url")
        if target.uses >= RESPONSE_URL_USES:
            raise ApiError("used_url")
        return target

    def _forget_old(self) -> None:
        horizon = self._clock() - RESPONSE_URL_LIFETIME_SECONDS
        while (oldest := next(iter(self._targets))) and self._targets[oldest].issued_at < horizon:
            del self._targets[oldest]
