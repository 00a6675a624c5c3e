"""``peo-aso run``: check, connect, serve, and leave in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import structlog

from bot.answering import AnswerService
from bot.conversation.deliveries import Pace
from bot.conversation.messenger import Messenger
from bot.conversation.replies import Replies
from bot.conversation.worker import Worker
from bot.errors import KnowledgeError
from bot.live_answers import Answers, LiveAnswers, Reloaded
from bot.logs import configure_logging
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.health import Operators
from bot.slack.install.clients import Clients
from bot.slack.install.help_channels import help_channels
from bot.slack.install.tenancy import tenancy
from bot.slack.install.tokens import Tokens, read_tokens
from bot.slack.metrics import Metrics
from bot.slack.sending import SlackMessenger
from bot.slack.services import Services
from bot.slack.transport.http import SlackRequests
from bot.slack.transport.modes import Backlog, http_mode, socket_mode
from bot.slack.web_api import api_session, posting_client, web_client
from bot.store import open_store

log = structlog.get_logger()


def run_bot(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM.

    Raises:
        PeoAsoError: The settings, the knowledge base or a token is wrong; nothing has been connected then.
    """
    configure_logging(settings.log_level)
    tokens = read_tokens(settings)
    answers = LiveAnswers(settings, on_change=_log_change)
    asyncio.run(_run(settings, tokens, answers))


def _log_change(outcome: Reloaded) -> None:
    if isinstance(outcome, KnowledgeError):
        first, *more = outcome.faults
        message = f"{first.problem}. {first.remedy}"
        log.error("knowledge_refused", file=first.file, line=first.line, message=message, more_faults=len(more))
    else:
        log.info("knowledge_reloaded", digest=outcome.digest[:12], entries=len(outcome.entries))


async def _run(settings: Settings, tokens: Tokens, answers: LiveAnswers) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, answers.reload)
    is_up = asyncio.Event()
    serving = asyncio.create_task(_serve(settings, tokens, answers, is_up, stop))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set() and not is_up.is_set():
        # The start may wait for Slack or for the database; nothing has been taken yet.
        log.info("stopped_before_connected")
        serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(
    settings: Settings, tokens: Tokens, answers: LiveAnswers, is_up: asyncio.Event, stop: asyncio.Event
) -> None:
    async with connected_bot(settings, tokens, answers):
        is_up.set()
        log.info("running", mode="socket" if tokens.app else "http", entries=len(answers.current.knowledge.entries))
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def connected_bot(
    settings: Settings, tokens: Tokens, answers: AnswerService | Answers, pace: Pace | None = None
) -> AsyncIterator[Worker]:
    """The bot, connected to Slack inside the context; outside it, everything it took is finished and closed."""
    in_use = answers if isinstance(answers, Answers) else Answers(answers)
    metrics = Metrics()
    async with open_store(settings) as store, api_session() as session:
        client = web_client(tokens.bot, settings.slack_api_url, session, metrics)
        client_of = partial(posting_client, api_url=settings.slack_api_url, session=session, metrics=metrics)
        tenants = await tenancy(tokens, store, client, client_of)
        help_channel = await help_channels(settings, store, client, tenants.clients)
        replies = Replies(in_use, keeps_misses=store.retention_days > 0, help_channel=help_channel)
        daily = tenants.workspaces.look_after
        worker = Worker(store, replies, partial(messenger_for, tenants.clients), metrics, pace, daily)
        services = Services(in_use, replies, help_channel, worker, store, metrics)
        declines_external = settings.external_people == "decline"
        app = build_app(client_of(tokens.bot), tenants, services, declines_external=declines_external)
        operators = partial(Operators, in_use, metrics, store, tenants)
        if tokens.app:
            mode = socket_mode(settings, app, tokens.app, metrics, operators)
        else:
            backlog = Backlog(store)
            requests = SlackRequests(app, tokens.signing_secret, metrics, backlog.is_full, store)
            mode = http_mode(settings, requests, backlog, operators, tenants.routes)
        # The worker stops last: what the transport took before it closed is finished.
        async with worker.running(), mode, in_use.kept_fresh():
            yield worker


async def messenger_for(clients: Clients, team_id: str | None, enterprise_id: str | None) -> Messenger | None:
    """What speaks for the bot in a workspace; None where it is not installed."""
    client = await clients.for_team(team_id, enterprise_id)
    return None if client is None else SlackMessenger(client)
