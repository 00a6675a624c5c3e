"""What the bot counts, for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

CONTENT_TYPE = CONTENT_TYPE_LATEST

# How long /readyz shows a failed listener.
FAILURE_MINUTES = 60
_SLACK_IS_DOWN = frozenset({"fatal_error", "internal_error", "service_unavailable"})

# Seconds. Slack waits three for an ack, which should take a fraction of one.
_ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_ANSWER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The counters of one bot, in a registry of their own: tests run several bots in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        own = self._registry
        self._questions = Counter("peo_aso_questions", "Questions answered", ["kind", "surface"], registry=own)
        self._misses = Counter("peo_aso_misses", "Questions that nothing fitted", registry=own)
        self._votes = Counter("peo_aso_votes", "Votes on answers", ["vote"], registry=own)
        self._acks = Histogram(
            "peo_aso_ack_seconds",
            "From a request or envelope of Slack's to its acknowledgement",
            ["transport", "status"],
            buckets=_ACK_BUCKETS,
            registry=own,
        )
        self._answers = Histogram(
            "peo_aso_answer_seconds",
            "From the acceptance of a question to its reply",
            ["surface"],
            buckets=_ANSWER_BUCKETS,
            registry=own,
        )
        self._errors = Counter("peo_aso_slack_errors", "Refusals and failures of Slack's", ["code"], registry=own)
        self._listeners = Counter(
            "peo_aso_listener_failures", "Requests of Slack's that ended in an error", ["kind", "error"], registry=own
        )
        self._last_failure: tuple[float, str] | None = None
        self._slack_answered_at = time.monotonic()
        self._knowledge = Gauge("peo_aso_knowledge", "1 for the knowledge in use", ["version"], registry=own)
        self._queue = Gauge("peo_aso_queue_length", "Questions accepted and not yet answered", registry=own)

    def acknowledged(self, transport: str, status: int, seconds: float) -> None:
        """Slack has its response: 200 for an ack, else it was refused."""
        self._acks.labels(transport, str(status)).observe(seconds)

    def answered(self, kind: str, surface: str, seconds: float, *, is_miss: bool = False) -> None:
        """A question has its reply.

        Args:
            kind: Of the answer; ``button`` for what a button shows, ``help`` for the overview.
            surface: Where it was asked.
            seconds: Since it was accepted.
            is_miss: Nothing fitted it.
        """
        self._questions.labels(kind, surface).inc()
        self._answers.labels(surface).observe(seconds)
        if is_miss:
            self._misses.inc()

    def voted(self, *, is_helpful: bool) -> None:
        """A person has voted on a reply, or changed their vote."""
        self._votes.labels("helpful" if is_helpful else "not_helpful").inc()

    def slack_failed(self, code: str) -> None:
        """Slack has refused or failed a call."""
        self._errors.labels(code).inc()

    def listener_failed(self, kind: str, error: str) -> None:
        """A listener has ended in an error.

        Args:
            kind: Of the request, such as ``app_home_opened``.
            error: The type of the error.
        """
        self._listeners.labels(kind, error).inc()
        self._last_failure = time.monotonic(), f"{kind} ended in {error}"

    def listener_note(self) -> str | None:
        """The last failure of a listener, if it was within the last hour."""
        if self._last_failure is None:
            return None
        minutes, what = (time.monotonic() - self._last_failure[0]) / 60, self._last_failure[1]
        return f"{what} {minutes:.0f} min ago; see listener_failed in the log" if minutes < FAILURE_MINUTES else None

    def slack_answered(self) -> None:
        """Slack has answered a call of the Web API."""
        self._slack_answered_at = time.monotonic()

    @property
    def slack_silent_seconds(self) -> float:
        """How long ago Slack last answered a call of the Web API, or the bot started."""
        return time.monotonic() - self._slack_answered_at

    def page(self, *, knowledge_version: str, queue_length: int | None) -> bytes:
        """Everything, as Prometheus reads it; without the queue where its length is not known."""
        self._knowledge.clear()
        self._knowledge.labels(knowledge_version).set(1)
        self._queue.set(float("nan") if queue_length is None else queue_length)
        return generate_latest(self._registry)


class CountingFailures(AsyncRetryHandler):
    """Counts what goes wrong with calls of the Web API; retries nothing.

    Retry handlers are the one thing that every client of Bolt's takes along and that sees every response.
    """

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(max_retry_count=0)
        self._metrics = metrics

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """See `AsyncRetryHandler`."""
        code = type(error).__name__ if error is not None else _code(response)
        if response is not None and response.status_code < 500 and code not in _SLACK_IS_DOWN and _is_slacks(response):
            self._metrics.slack_answered()
        if code:
            self._metrics.slack_failed(code)
        return False


def _is_slacks(response: HttpResponse) -> bool:
    """Whether an answer is of the Web API, and not of a proxy in between."""
    return isinstance(response.body, dict) and "ok" in response.body


def _code(response: HttpResponse | None) -> str | None:
    if response is None:
        return None
    if _is_slacks(response) and response.body and not response.body["ok"]:
        return str(response.body.get("error", "unknown_error"))
    return f"http_{response.status_code}" if response.status_code >= 400 else None
