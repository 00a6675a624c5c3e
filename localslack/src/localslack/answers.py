"""The HTTP answers that the Web API and the response_urls have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from localslack.errors import ApiError
from localslack.model import Payload


@dataclass(frozen=True, slots=True)
class NotJson:
    """An answer that is not Slack's JSON, such as the page of a proxy.

    Attributes:
        text: May be empty, or pretend to be JSON.
        content_type: Such as ``text/html``.
    """

    text: str
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and JSON body.

    Attributes:
        page: What is sent in the place of the body; None for the body.
        is_lost: The connection is cut in the place of an answer.
        late_seconds: How long the answer is held back.
    """

    status: int
    headers: Mapping[str, str]
    body: Payload
    page: NotJson | None = None
    is_lost: bool = False
    late_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a test has asked for.

    Attributes:
        error: Slack's error code.
        status: The HTTP status.
        retry_after_seconds: For the ``Retry-After`` header; None for none.
        channel_id: Only calls about this conversation fail; None for all.
        page: What the app gets in the place of JSON.
        is_done: What was asked for is done all the same.
        done_after_seconds: It is done only so long after the call came in; None for never.
        is_lost: The app gets no answer at all.
        late_seconds: How long the answer is held back.
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


def error_body(error: ApiError) -> Payload:
    """The body of a refusal."""
    body: Payload = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
