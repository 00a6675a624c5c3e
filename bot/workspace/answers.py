"""The HTTP answers that the Web API and the response_urls have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.workspace.errors import ApiError
from bot.workspace.model import Payload


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and JSON body.

    Attributes:
        is_lost: The connection is cut in the place of an answer.
        late_seconds: How long the answer is held back.
    """

    status: int
    headers: Mapping[str, str]
    body: Payload
    is_lost: bool = False
    late_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a test has asked for.

    Attributes:
        error: Slack's error code.
        status: The HTTP status.
        retry_after_seconds: For the ``Retry-After`` header; None for none.
        is_done: What was asked for is done all the same.
        is_lost: The app gets no answer at all.
        late_seconds: How long the answer is held back.
    """

    error: str
    status: int
    retry_after_seconds: int | None
    is_done: bool = False
    is_lost: bool = False
    late_seconds: float = 0.0

    @property
    def answer(self) -> Answer:
        """What the app gets."""
        seconds = self.retry_after_seconds
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Answer(self.status, headers, {"ok": False, "error": self.error}, self.is_lost, self.late_seconds)


def error_body(error: ApiError) -> Payload:
    """The body of a refusal."""
    body: Payload = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
