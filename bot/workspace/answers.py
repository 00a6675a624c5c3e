"""The HTTP answers that the Web API and the response_urls have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.workspace.errors import ApiError
from bot.workspace.model import Payload


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and JSON body."""

    status: int
    headers: Mapping[str, str]
    body: Payload


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a test has asked for.

    Attributes:
        error: Slack's error code.
        status: The HTTP status.
        retry_after_seconds: For the ``Retry-After`` header; None for none.
    """

    error: str
    status: int
    retry_after_seconds: int | None

    @property
    def answer(self) -> Answer:
        """What the app gets."""
        seconds = self.retry_after_seconds
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        return Answer(self.status, headers, {"ok": False, "error": self.error})


def error_body(error: ApiError) -> Payload:
    """The body of a refusal."""
    body: Payload = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
