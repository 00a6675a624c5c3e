"""Calling Slack's Web API: the session and the clients, and what a failed call means."""

from __future__ import annotations

import json
from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook import WebhookResponse

from bot.conversation.messenger import Failure
from bot.slack.metrics import CountingFailures, Metrics
from bot.slack.proxy import slack_session

__all__ = ["AsyncSlackResponse", "AsyncWebClient", "SlackApiError"]

# Seconds. Slack answers within one or two; a call that hangs must not hold up a question for minutes.
API_TIMEOUT_SECONDS = 10
# Seconds that the start waits for one answer, including what Slack asks it to wait.
START_SECONDS = 30.0
# Calls at startup wait out a rate limit shorter than `START_SECONDS`; a longer one is reported at once.
RATE_LIMIT_RETRIES = 2
# Slack's errors for a token that no longer works.
REVOKED = frozenset({"account_inactive", "invalid_auth", "token_revoked"})
# Slack's error for too many calls.
RATE_LIMITED = "ratelimited"
# Errors that pass by themselves; with any of them Slack may have carried out the call.
_TEMPORARY = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_DEFAULT_RETRY_SECONDS = 1.0

# Everything a call of the Web API can raise.
CALL_ERRORS = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
# At the start and in `doctor`, Slack may not be what answers: no answer, or one that the SDK cannot read.
UNANSWERED = (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError, AttributeError, LookupError)


def api_session() -> aiohttp.ClientSession:
    """The one HTTP session of the process; made inside the running loop, closed by whoever asked for it.

    The SDK would open a connection a call.
    """
    return slack_session(API_TIMEOUT_SECONDS, check_readable)


class ShortRateLimits(AsyncRateLimitErrorRetryHandler):
    """Retries a rate-limited call if Slack asks for a short wait only."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        [seconds] = [value[0] for name, value in response.headers.items() if name.lower() == "retry-after"] or [""]
        return seconds.isdecimal() and int(seconds) <= START_SECONDS


def web_client(
    token: str | None, api_url: str, session: aiohttp.ClientSession, metrics: Metrics | None = None
) -> AsyncWebClient:
    """A Web API client for startup and `doctor`: retries by itself, and counts failures."""
    # The one that counts comes first: after the first that wants to retry, the others are not asked.
    retry_handlers: list[AsyncRetryHandler] = [CountingFailures(metrics)] if metrics else []
    retry_handlers += [AsyncConnectionErrorRetryHandler(), ShortRateLimits(RATE_LIMIT_RETRIES)]
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=retry_handlers)


def posting_client(
    token: str | None, api_url: str, session: aiohttp.ClientSession, metrics: Metrics | None = None
) -> AsyncWebClient:
    """A Web API client that never retries or sleeps by itself.

    The worker checks first whether the call was carried out, and listeners limit how long a person has to wait.
    """
    retry_handlers: list[AsyncRetryHandler] = [CountingFailures(metrics)] if metrics else []
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=retry_handlers)


class UnreadableAnswer(aiohttp.ClientError):
    """A response that is not Slack's JSON: neither ``ok: true`` nor ``ok: false`` with an error.

    It comes from a proxy, or from Slack in an incident. The call may have been carried out, unless the status is 429.
    """

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"a response with status {status} that is not from Slack")
        self.status = status
        self.headers = headers


async def check_readable(response: aiohttp.ClientResponse) -> None:
    """Check a Web API response before the SDK sees it. The SDK reports an unreadable response as a refusal by Slack.

    Raises:
        UnreadableAnswer: It is neither a success nor a refusal.
    """
    # Only Web API calls carry a token.
    if "Authorization" not in response.request_info.headers:
        return
    try:
        answer = json.loads(await response.read())
    except (ValueError, RecursionError):
        answer = None
    if not is_success(answer) and error_in(answer) is None:
        raise UnreadableAnswer(response.status, response.headers)


def is_success(answer: object) -> bool:
    """Whether a response body reports success."""
    return isinstance(answer, dict) and answer.get("ok") is True


def error_in(answer: object) -> str | None:
    """Slack's error code in a response body; None if it does not report a refusal."""
    if not isinstance(answer, dict) or answer.get("ok") is not False or not isinstance(answer.get("error"), str):
        return None
    return str(answer["error"]) or None


def failure_of(error: Exception) -> Failure:
    """What a failed call means. Only Slack's own error is a refusal; after anything else it may have been carried out.

    Args:
        error: One of `CALL_ERRORS`.
    """
    if isinstance(error, UnreadableAnswer):
        return _rate_limit(error.headers) if error.status == 429 else Failure(f"status {error.status}", True, True)
    if not isinstance(error, SlackApiError):
        return Failure(type(error).__name__, True, not isinstance(error, aiohttp.ClientConnectorError))
    response = error.response
    code = error_code(error) or f"status {response.status_code}"
    if response.status_code == 429 or code in (RATE_LIMITED, "rate_limited"):
        return _rate_limit(response.headers)
    if code in REVOKED:
        # The workspace has reinstalled the bot and this replica does not know yet, or it has uninstalled it.
        return Failure(code, is_temporary=True, is_revoked=True)
    is_temporary = response.status_code >= 500 or code in _TEMPORARY
    return Failure(code, is_temporary, is_temporary)


def _rate_limit(headers: Mapping[str, str]) -> Failure:
    after = str(headers.get("Retry-After"))
    seconds = float(after) if after.isdecimal() else _DEFAULT_RETRY_SECONDS
    return Failure(RATE_LIMITED, is_temporary=True, is_rate_limit=True, retry_after_seconds=seconds)


def error_code(error: Exception) -> str | None:
    """Slack's code for an error; None if the response is not one of Slack's."""
    response = getattr(error, "response", None)
    if isinstance(response, WebhookResponse):
        return error_in(body_of(response))
    return error_in(getattr(response, "data", None))


def body_of(response: WebhookResponse) -> object:
    """The body of a response_url's response as JSON. Slack also sends a bare ``ok``, a bare error code, or nothing."""
    try:
        return json.loads(response.body)
    except ValueError:
        word = response.body.strip()
    if word in ("", "ok"):
        return {"ok": True}
    return {"ok": False, "error": word} if word.isidentifier() else None


def reason_of(error: Exception) -> str:
    """Why a call failed, in a word or two for operators."""
    if isinstance(error, SlackApiError):
        return error_code(error) or f"HTTP {getattr(error.response, 'status_code', 'without a status')}"
    return type(error).__name__


def remedy_of(error: Exception) -> str:
    """What operators can do about a failed call."""
    needed = error.response.get("needed") if isinstance(error, SlackApiError) and error_code(error) else None
    return f"Add the scope {needed} and reinstall the app." if needed else "Try again in a minute."
