"""Builds the AsyncApp: who we are, who listens, what happens on an error."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
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

from bot.conversation.service import SlackService
from bot.conversation.steps import Conversation
from bot.conversation.worker import Worker
from bot.errors import StoreError
from bot.logs import BOLT_LOGGER
from bot.slack import intake
from bot.slack.install import workspaces
from bot.slack.install.clients import Authorize, check_readable
from bot.slack.install.tenancy import Tenancy
from bot.slack.install.tokens import START_SECONDS
from bot.slack.listeners import actions, commands, feedback, home, shortcuts
from bot.slack.messages.answers import error_text, not_installed_text
from bot.slack.metrics import CountingFailures, Metrics
from bot.slack.middleware import Before
from bot.slack.proxy import slack_session
from bot.slack.sending import trouble_of
from bot.store import Store

log = structlog.get_logger()

# Seconds. Slack answers within one or two; a hung call must not hold a question for minutes.
API_TIMEOUT_SECONDS = 10
# Calls at startup wait out a rate limit shorter than `START_SECONDS`; a longer one is reported at once.
RATE_LIMIT_RETRIES = 2
# Bolt looks every 10 ms whether a listener has acknowledged, and forgets the ack of one that fails before the look.
ACK_SEEN_SECONDS = 0.05


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
    """A Web API client for startup and diagnostics: retries by itself, and counts failures."""
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


def build_app(
    client: AsyncWebClient,
    tenants: Tenancy,
    service: SlackService,
    worker: Worker,
    store: Store,
    metrics: Metrics,
    *,
    signing_secret: str = "",
    declines_external: bool = False,
) -> AsyncApp:
    """Build the app.

    Args:
        client: Every request gets a copy of it, with the token of its workspace. It must not retry or sleep by itself.
        tenants: The workspaces that the bot works in.
        service: What the listeners ask.
        worker: Takes the questions.
        store: Keeps the record of what the listeners answered themselves.
        metrics: Told of it too.
        signing_secret: Checks requests in HTTP mode; Socket Mode needs none.
        declines_external: People of other organizations get no answer.
    """
    app = AsyncApp(
        name="peo-aso",
        logger=logging.getLogger(BOLT_LOGGER),
        client=client,
        # Its type forgets what the base class of ours says: None where the bot is not installed.
        authorize=Authorize(tenants.clients),  # type: ignore[arg-type]
        before_authorize=Before(_acknowledge_rate_limit),
        signing_secret=signing_secret,
        user_facing_authorize_error_message=not_installed_text(),
    )
    workspaces.register(app, tenants.workspaces)
    intake.register(app, worker, Conversation(store, service), store.user_hash, declines_external)
    home.register(app, service, worker, store, metrics)
    commands.register(app, service, worker, store, metrics)
    feedback.register(app, service, worker, store, metrics)
    shortcuts.register(app, worker)
    actions.register(app)

    @app.error
    async def report(error: Exception, body: dict[str, Any], response: BoltResponse | None) -> BoltResponse | None:
        _log_failure(error, body)
        if not isinstance(error, StoreError):
            # The readiness check has its own line for the database.
            metrics.listener_failed(_kind(body), type(error).__name__)
        if response is None:
            await asyncio.sleep(ACK_SEEN_SECONDS)
        elif "command" in body:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": error_text()})
        elif isinstance(error, StoreError):
            # Whose installation cannot be looked up now: Slack tells again.
            return BoltResponse(status=503, headers={"Retry-After": [str(intake.RETRY_AFTER_SECONDS)]})
        return None

    return app


async def _acknowledge_rate_limit(request: AsyncBoltRequest) -> BoltResponse | None:
    """Take Slack's word that it holds events back; it is no event, so that no listener can.

    https://docs.slack.dev/apis/events-api#rate-limiting
    """
    body = request.body
    if body.get("type") != "app_rate_limited":
        return None
    log.warning("events_held_back", team=body.get("team_id"), minute=body.get("minute_rate_limited"))
    return BoltResponse(status=200)


def _kind(body: dict[str, Any]) -> str:
    """What a request is about, as far as it is one of Slack's own names."""
    kind = (body.get("event") or {}).get("type") or body.get("type") or ("command" if "command" in body else "")
    return kind if isinstance(kind, str) and re.fullmatch(r"[a-z_.]{1,40}", kind) else "request"


def _log_failure(error: Exception, body: dict[str, Any]) -> None:
    """Log an error with ids only."""
    event = body.get("event") or {}
    channel = event.get("channel") or (body.get("channel") or {}).get("id")
    code = trouble_of(error).code if isinstance(error, SlackApiError) else None
    # A refusal by Slack needs no traceback. That of a bug goes without the error's words, which may be the asker's.
    log.error(
        "listener_failed",
        error=type(error).__name__,
        code=code,
        team=body.get("team_id"),
        channel=channel,
        event_id=body.get("event_id"),
        traceback=None if code else "".join(traceback.format_tb(error.__traceback__)),
    )
