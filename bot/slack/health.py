"""Is the process alive, can it answer, and what does it count?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.errors import StoreError
from bot.live_answers import Answers
from bot.slack.install.tenancy import Tenancy
from bot.slack.metrics import CONTENT_TYPE, Metrics
from bot.slack.web_api import UNANSWERED
from bot.store.store import Store

log = structlog.get_logger()

# What is wrong with a part of the bot; None where nothing is.
Check: TypeAlias = Callable[[], Awaitable[str | None]]
Note: TypeAlias = Callable[[], str | None]

# Seconds. A part that does not say how it is within so long is not well.
CHECK_SECONDS = 3.0
# Whoever asks more often gets the same answer, so that asking costs the database nothing.
SAME_ANSWER_SECONDS = 1.0
# Slack is asked whether it answers after so long without a call, and not believed to after so long without an answer:
# within a minute, who asks every ten seconds knows.
QUIET_SECONDS = 20.0
SILENT_SECONDS = 40.0
SIGN_OF_LIFE_SECONDS = 2.0

READY_WITH_FAULTS = "ready, with faults"


@dataclass(frozen=True)
class Report:
    """How the bot is.

    Attributes:
        is_ready: Whether it can take a question and answer it.
        text: A line for each part.
    """

    is_ready: bool
    text: str


class Readiness:
    """Tells whether the bot can answer, and what keeps it from that.

    Args:
        answers: Their knowledge is named. Knowledge that was refused leaves the bot ready: the one before it answers.
        checks: Asked each time, by the name of the part.
        notes: Faults that leave the bot able to answer most of what it is asked, by their name.
    """

    def __init__(self, answers: Answers, checks: Mapping[str, Check], notes: Mapping[str, Note] | None = None) -> None:
        self._answers = answers
        self._checks = checks
        self._notes = notes or {}
        self._lock = asyncio.Lock()
        self._last: tuple[float, Report] | None = None
        self._was_ready = True

    async def report(self) -> Report:
        """How the bot is now."""
        async with self._lock:
            if self._last is None or time.monotonic() - self._last[0] >= SAME_ANSWER_SECONDS:
                faults = dict(zip(self._checks, await asyncio.gather(*map(_asked, self._checks.values())), strict=True))
                self._last = time.monotonic(), self._reported(faults)
            return self._last[1]

    def _reported(self, faults: Mapping[str, str | None]) -> Report:
        is_ready = not any(faults.values())
        if is_ready != self._was_ready:
            self._was_ready = is_ready
            wrong = {part: fault for part, fault in faults.items() if fault}
            log.warning("not_ready", **wrong) if wrong else log.info("ready_again")
        notes = {name: note() for name, note in self._notes.items()}
        lines = [READY_WITH_FAULTS if is_ready and any(notes.values()) else "ready" if is_ready else "not ready"]
        lines += [f"{part}: {fault or 'ok'}" for part, fault in (*faults.items(), *notes.items())]
        return Report(is_ready, "\n".join([*lines, f"knowledge: {self._knowledge()}"]) + "\n")

    def _knowledge(self) -> str:
        knowledge = self._answers.current.knowledge
        in_use = f"{len(knowledge.entries)} entries, version {version_of(self._answers)}"
        refused = self._answers.refused
        return f"{in_use}; the present files were refused: {refused.faults[0]}" if refused else in_use


def version_of(answers: Answers) -> str:
    """The knowledge in use, as logs and metrics name it."""
    return answers.current.knowledge.digest[:12]


async def _asked(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"does not answer within {CHECK_SECONDS:.0f} s"


def database_check(ping: Callable[[], Awaitable[None]]) -> Check:
    """Whether the database can be reached. Why not stands in the log, not here: the error names hosts."""

    async def check() -> str | None:
        try:
            await ping()
        except StoreError:
            return "cannot be reached"
        return None

    return check


def socket_check(is_connected: Callable[[], Awaitable[bool]]) -> Check:
    """Whether the Socket Mode connection stands and Slack answers its pings."""

    async def check() -> str | None:
        return None if await is_connected() else "not connected over Socket Mode"

    return check


def web_api_check(metrics: Metrics, ask: Callable[[], Awaitable[object]]) -> Check:
    """Whether Slack's Web API answers, by the last call that it answered.

    Args:
        metrics: Know when that was.
        ask: Makes a call, where nothing else has for a while.
    """

    async def check() -> str | None:
        if metrics.slack_silent_seconds >= QUIET_SECONDS:
            # Whatever comes of it, the metrics know whether Slack answered.
            with suppress(SlackApiError, *UNANSWERED):
                async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                    await ask()
        seconds = metrics.slack_silent_seconds
        return None if seconds < SILENT_SECONDS else f"the Web API has not answered for {seconds:.0f} s"

    return check


def both(first: Check, second: Check) -> Check:
    """What is wrong with the first, or else with the second."""

    async def check() -> str | None:
        return await first() or await second()

    return check


class Operators:
    """What operators ask a bot for.

    Args:
        answers: Their knowledge is named.
        metrics: The counters of this bot.
        store: Asked for a sign of life, and for the length of the queue.
        tenants: Know whether Slack answers, and what it has granted.
        slack: Whether Slack reaches the bot.
    """

    def __init__(self, answers: Answers, metrics: Metrics, store: Store, tenants: Tenancy, slack: Check) -> None:
        self._answers = answers
        self._metrics = metrics
        self._store = store
        checks = {
            "slack": both(slack, web_api_check(metrics, tenants.sign_of_life)),
            "database": database_check(store.ping),
        }
        notes = {"scopes": tenants.granted.note, "listeners": metrics.listener_note}
        self.readiness = Readiness(answers, checks, notes)

    @property
    def health(self) -> list[web.RouteDef]:
        """``/healthz``: the event loop answers. ``/readyz``: 200 where it can answer questions, else 503."""
        return [web.get("/healthz", self._healthz), web.get("/readyz", self._readyz)]

    @property
    def metrics(self) -> web.RouteDef:
        """``/metrics``, as Prometheus reads it."""
        return web.get("/metrics", self._show_metrics)

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        report = await self.readiness.report()
        return web.Response(text=report.text, status=200 if report.is_ready else 503)

    async def _show_metrics(self, _: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                length: int | None = await self._store.open_count()
        except (StoreError, TimeoutError):
            length = None
        page = self._metrics.page(knowledge_version=version_of(self._answers), queue_length=length)
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE})
