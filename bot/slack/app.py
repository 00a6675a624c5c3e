"""Builds the AsyncApp: who we are, who listens, what happens on an error."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.acceptance import Acceptance
from bot.conversation.contents import Notice
from bot.conversation.steps import Conversation
from bot.errors import StoreError
from bot.logs import BOLT_LOGGER
from bot.slack import intake, listeners
from bot.slack.install import workspaces
from bot.slack.install.clients import Authorize
from bot.slack.install.tenancy import Tenancy
from bot.slack.messages.notices import NOT_INSTALLED, NOTICES
from bot.slack.middleware import Before
from bot.slack.services import Services
from bot.slack.web_api import failure_of

log = structlog.get_logger()

# Bolt looks every 10 ms whether a listener has acknowledged, and forgets the ack of one that fails before the look.
ACK_SEEN_SECONDS = 0.05


def build_app(
    client: AsyncWebClient, tenants: Tenancy, services: Services, *, declines_external: bool = False
) -> AsyncApp:
    """Build the app. Signatures are checked before a request comes here: see `bot.slack.transport.signatures`.

    Args:
        client: Every request gets a copy of it, with the token of its workspace. It must not retry or sleep by itself.
        tenants: The workspaces that the bot works in.
        services: What the listeners work with.
        declines_external: People of other organizations get no answer.
    """
    app = AsyncApp(
        name="peo-aso",
        logger=logging.getLogger(BOLT_LOGGER),
        client=client,
        # Its type forgets what the base class of ours says: None where the bot is not installed.
        authorize=Authorize(tenants.clients),  # type: ignore[arg-type]
        before_authorize=Before(_acknowledge_rate_limit),
        request_verification_enabled=False,
        user_facing_authorize_error_message=NOT_INSTALLED,
    )
    store = services.store
    conversation = Conversation(store, services.replies)
    acceptance = Acceptance(store, conversation, services.worker)
    workspaces.register(app, tenants.workspaces)
    intake.register(app, intake.Intake(acceptance, conversation, store.user_hash, declines_external=declines_external))
    listeners.register_all(app, services)

    @app.error
    async def report(error: Exception, body: dict[str, Any], response: BoltResponse | None) -> BoltResponse | None:
        _log_failure(error, body)
        if not isinstance(error, StoreError):
            # The readiness check has its own line for the database.
            services.metrics.listener_failed(_kind(body), type(error).__name__)
        if response is None:
            await asyncio.sleep(ACK_SEEN_SECONDS)
        elif "command" in body:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": NOTICES[Notice.FAILED]})
        elif isinstance(error, StoreError):
            # The installation cannot be looked up now: Slack sends the request again.
            return BoltResponse(status=503, headers={"Retry-After": [str(intake.RETRY_AFTER_SECONDS)]})
        return None

    return app


async def _acknowledge_rate_limit(request: AsyncBoltRequest) -> BoltResponse | None:
    """Note that Slack holds events back. That is not an event, so no listener can take it.

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
    code = failure_of(error).code if isinstance(error, SlackApiError) else None
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
