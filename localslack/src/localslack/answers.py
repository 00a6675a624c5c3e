"""The HTTP answers that the Web API and the response_urls have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from localslack.errors import ApiError
from localslack.model import Payload


@dataclass(frozen=True, slots=True)
class NotJson:
    """An answer that is not Slack's JSON, such as the page of a proxy.

    Attributes:
        text: May be empty or look like JSON.
        content_type: Such as ``text/html``.
    """

    text: str
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and JSON body.

    Attributes:
        page: What is sent instead of the body; None to send the body.
        is_lost: The connection is closed instead of an answer.
        late_seconds: How long the answer is delayed.
    """

    status: int
    headers: Mapping[str, str]
    body: Payload
    page: NotJson | None = None
    is_lost: bool = False
    late_seconds: float = 0.0


def error_body(error: ApiError) -> Payload:
    """The body of the answer to a call that Slack refuses."""
    body: Payload = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
