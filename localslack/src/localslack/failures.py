"""Failures that a test asks for: of Web API calls, of response_urls and of Socket Mode connections."""

from collections import defaultdict, deque
from dataclasses import dataclass

from localslack.answers import Answer, NotJson
from localslack.state import ChannelRef, Channels

RESPONSE_URL = "response_url"
"""What `Failures.fail_next` takes instead of a method to make a use of a response_url fail."""

CONNECTION = "connection"
"""What it takes to make the opening of a Socket Mode connection fail."""

DEFAULT_RETRY_AFTER_SECONDS = 1
_HTTP_STATUS_OF_ERROR = {"ratelimited": 429}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a test has asked for.

    Attributes:
        error: Slack's error code.
        status: The HTTP status.
        retry_after_seconds: For the ``Retry-After`` header; None for no such header.
        channel_id: Only calls about this conversation fail; None for all.
        page: What the app gets instead of JSON.
        is_done: The call is carried out all the same.
        done_after_seconds: The call is carried out this long after it came in; None for never.
        is_lost: The app gets no answer at all.
        late_seconds: How long the answer is delayed.
    """

    error: str
    status: int
    retry_after_seconds: int | None
    channel_id: str | None = None
    page: NotJson | None = None
    is_done: bool = False
    done_after_seconds: float | None = None
    is_lost: bool = False
    late_seconds: float = 0.0

    @property
    def answer(self) -> Answer:
        """What the app gets."""
        seconds = self.retry_after_seconds
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        body = {"ok": False, "error": self.error}
        return Answer(self.status, headers, body, self.page, self.is_lost, self.late_seconds)


class Failures:
    """The failures that have not happened yet, by method.

    Args:
        channels: The channels that a failure can be limited to.
    """

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._due: defaultdict[str, deque[Failure]] = defaultdict(deque)

    def fail_next(
        self,
        method: str,
        error: str = "internal_error",
        *,
        status: int | None = None,
        retry_after_seconds: int | None = None,
        times: int = 1,
        channel: ChannelRef | None = None,
        page: NotJson | None = None,
        is_done: bool = False,
        done_after_seconds: float | None = None,
        is_lost: bool = False,
        late_seconds: float = 0.0,
    ) -> None:
        """Let the next calls fail.

        Args:
            method: Such as ``chat.postMessage``; or `RESPONSE_URL` or `CONNECTION`.
            error: Slack's error code. ``ratelimited`` comes with status 429 and ``Retry-After``.
            status: The HTTP status, where it is not 200 or, for ``ratelimited``, 429.
            retry_after_seconds: For the ``Retry-After`` header.
            times: How many calls fail.
            channel: Only calls about this conversation fail; for methods of the Web API.
            page: What the app gets instead of JSON.
            is_done: The calls are carried out all the same; for methods of the Web API.
            done_after_seconds: The call is carried out this long after it came in, whatever the app did meanwhile; for
                methods of the Web API.
            is_lost: The connection is closed instead of an answer.
            late_seconds: How long the answer is delayed; for methods of the Web API.
        """
        if error == "ratelimited" and retry_after_seconds is None:
            retry_after_seconds = DEFAULT_RETRY_AFTER_SECONDS
        status = status or _HTTP_STATUS_OF_ERROR.get(error, 200)
        failure = Failure(
            error,
            status,
            retry_after_seconds,
            None if channel is None else self._channels.find(channel).id,
            page,
            is_done,
            done_after_seconds,
            is_lost,
            late_seconds,
        )
        self._due[method].extend([failure] * times)

    def recover(self, method: str) -> None:
        """Let no more calls of a method fail."""
        self._due[method].clear()

    def take(self, method: str, channel_id: str | None = None) -> Failure | None:
        """Return the next failure of a method and remove it; None when there is none."""
        due = self._due[method]
        failure = next((one for one in due if one.channel_id in (None, channel_id)), None)
        if failure is not None:
            due.remove(failure)
        return failure
