"""``peo-aso run``: check, connect, serve, and leave in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.answering import AnswerService
from bot.errors import KnowledgeError, SettingsError
from bot.logs import configure_logging
from bot.manifest import EVENTS_PATH
from bot.reloading import Answers, LiveAnswers, Outcome
from bot.settings import Settings
from bot.slack.app import api_session, build_app, web_client
from bot.slack.clients import OneWorkspace
from bot.slack.health import health_routes
from bot.slack.service import SlackService
from bot.slack.tokens import Tokens, check_app_token, check_bot_token, read_tokens

log = structlog.get_logger()

# Seconds that a shutdown waits for questions that were already taken.
SHUTDOWN_SECONDS = 10


def run_bot(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM.

    Raises:
        PeoAsoError: The settings, the knowledge base or a token is wrong; nothing has been connected then.
    """
    configure_logging(settings.log_level)
    tokens = read_tokens(settings)
    answers = LiveAnswers(settings, on_change=_log_change)
    asyncio.run(_run(settings, tokens, answers))


def _log_change(outcome: Outcome) -> None:
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
    async with connected_bot(settings, tokens, answers):
        log.info("running", mode="socket" if tokens.app else "http", entries=len(answers.current.knowledge.entries))
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def connected_bot(settings: Settings, tokens: Tokens, answers: AnswerService | Answers) -> AsyncIterator[None]:
    """The bot, connected to Slack inside the context; outside it, everything it took is finished and closed."""
    in_use = answers if isinstance(answers, Answers) else Answers(answers)
    async with api_session() as session:
        client = web_client(tokens.bot, settings.slack_api_url, session)
        clients = OneWorkspace(client, await check_bot_token(client))
        app, service = build_app(client, clients, in_use, signing_secret=tokens.signing_secret)
        if tokens.app:
            await check_app_token(client, tokens.app)
            mode = _socket_mode(settings, app, in_use, tokens.app)
        else:
            mode = _http_mode(settings, app, in_use)
        async with mode, in_use.kept_fresh():
            yield
        await _finish(service)


@asynccontextmanager
async def _socket_mode(settings: Settings, app: AsyncApp, answers: Answers, app_token: str) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        async with _server(settings, health_routes(handler.client.is_connected, answers), required=False):
            yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _http_mode(settings: Settings, app: AsyncApp, answers: Answers) -> AsyncIterator[None]:
    async def always_ready() -> bool:
        return True

    from_slack = app.server(path=EVENTS_PATH).handle_post_requests

    async def take(request: web.Request) -> web.StreamResponse:
        try:
            return await from_slack(request)
        except (ValueError, AttributeError, TypeError):
            # Bolt reads a body before it checks the signature; what it cannot read is none of Slack's.
            return web.Response(status=400, text="not a request of Slack's\n")

    requests = web.post(EVENTS_PATH, take)
    async with _server(settings, [requests, *health_routes(always_ready, answers)], required=True):
        yield


@asynccontextmanager
async def _server(settings: Settings, routes: list[web.RouteDef], *, required: bool) -> AsyncIterator[None]:
    """Serve health, and in HTTP mode Slack's requests. Without the latter, a taken port costs only the health."""
    site = web.Application()
    site.add_routes(routes)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        await _listen(runner, settings, required=required)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings, *, required: bool) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        if required:
            reason = error.strerror or type(error).__name__
            raise SettingsError(f"Cannot listen on {address} ({reason}). Set HOST and PORT to a free one.") from None
        log.warning("health_not_served", address=address, remedy="set PORT to a free one")


async def _finish(service: SlackService) -> None:
    if not await service.finished(SHUTDOWN_SECONDS):
        log.warning("unfinished_work", seconds=SHUTDOWN_SECONDS)
