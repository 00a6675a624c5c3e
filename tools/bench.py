"""``make bench``: speed and memory, each beside a yardstick measured in the same run.

Absolute times depend on the machine; the ratios are what to compare.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil
from rapidfuzz import fuzz, process
from rich.table import Table
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.say.async_say import AsyncSay

from bot.answering import AnswerService
from bot.demo import bot_in_workspace
from bot.fitted import common_english_words
from bot.knowledge import load_knowledge
from bot.logs import configure_logging
from bot.manifest import shipped_manifest
from bot.matching import fit
from bot.settings import SHIPPED_KNOWLEDGE
from bot.slack.app import api_session, web_client
from bot.store.engine import IN_MEMORY
from bot.terminal import console
from bot.workspace import Workspace
from tools.chaos import Plan, run_chaos
from tools.databases import NoPostgres
from tools.growth import grow
from tools.peers import compare

MENTIONS = 300
MENTIONS_AT_ONCE = 20
STARTS = 5


@dataclass(frozen=True)
class Times:
    """Microseconds of many calls."""

    median: float
    p99: float


def main() -> None:
    """Measure everything and print a table each."""
    configure_logging("ERROR")
    knowledge = load_knowledge(SHIPPED_KNOWLEDGE)
    answers = AnswerService(knowledge, fit(knowledge, common_english_words()))
    phrasings = [text for texts in knowledge.phrasings.values() for text in texts]
    questions = [entry.question for entry in knowledge.entries.values()] + phrasings[::10]
    screen = console()

    ours = _times(answers.answer, questions)
    naive = _times(lambda question: process.extractOne(question, phrasings, scorer=fuzz.WRatio), questions[::10])
    table = Table(
        "a question", "median", "99th percentile", title=f"{len(phrasings):,} phrasings", title_justify="left"
    )
    table.add_row("peo-aso, whole decision", f"{ours.median:,.0f} µs", f"{ours.p99:,.0f} µs")
    table.add_row("rapidfuzz extractOne (WRatio)", f"{naive.median:,.0f} µs", f"{naive.p99:,.0f} µs")
    table.add_row("ratio", f"{ours.median / naive.median:.3f}", f"{ours.p99 / naive.p99:.3f}")
    screen.print(table)

    screen.print(compare(answers))
    screen.print(grow(knowledge))

    seconds, megabytes = asyncio.run(_start_of_run())
    screen.print(f"peo-aso run: connected after {seconds:.2f} s (median of {STARTS}), {megabytes:.0f} MB resident\n")

    rates = asyncio.run(_replies_per_second(answers))
    table = Table("mentions answered", "per second", title=f"{MENTIONS} mentions, {MENTIONS_AT_ONCE} at once")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}")
    table.add_row("ratio", f"{rates['peo-aso'] / rates['bare Bolt app, constant answer']:.2f}")
    screen.print(table)

    try:
        screen.print(asyncio.run(run_chaos(Plan())).table())
    except NoPostgres as missing:
        screen.print(f"No chaos run: {missing}")


def _times(call: Callable[[str], object], questions: Sequence[str]) -> Times:
    times = []
    for question in questions:
        started = time.perf_counter_ns()
        call(question)
        times.append((time.perf_counter_ns() - started) / 1_000)
    times.sort()
    return Times(statistics.median(times), times[int(len(times) * 0.99)])


async def _start_of_run() -> tuple[float, float]:
    """Seconds from the start of the process to its socket connection (median), and its resident megabytes then."""
    seconds, megabytes = [], []
    for _ in range(STARTS):
        async with Workspace(shipped_manifest()) as workspace:
            environment = {
                **os.environ,
                "SLACK_API_URL": workspace.api_url,
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "PORT": "0",
                "LOG_LEVEL": "ERROR",
                "DATABASE_URL": IN_MEMORY,
            }
            started = time.perf_counter()
            process_ = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
            await workspace.wait_connected(timeout_seconds=30)
            seconds.append(time.perf_counter() - started)
            megabytes.append(psutil.Process(process_.pid).memory_info().rss / 1e6)
            process_.terminate()
            await process_.wait()
    return statistics.median(seconds), statistics.median(megabytes)


async def _replies_per_second(answers: AnswerService) -> dict[str, float]:
    rates = {}
    async with bot_in_workspace(answers) as workspace:
        rates["peo-aso"] = await _rate(workspace)
    async with _bare_app() as workspace:
        rates["bare Bolt app, constant answer"] = await _rate(workspace)
    return rates


@asynccontextmanager
async def _bare_app() -> AsyncIterator[Workspace]:
    """The least that Bolt can do: one listener, one constant, the same client settings."""
    async with Workspace(shipped_manifest()) as workspace, api_session() as session:
        app = AsyncApp(client=web_client(workspace.bot_token, workspace.api_url, session))

        @app.event("app_mention")
        async def answer(event: dict[str, str], say: AsyncSay) -> None:
            await say(text="The same answer, always.", thread_ts=event["ts"])

        handler = AsyncSocketModeHandler(app, workspace.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await workspace.wait_connected()
        yield workspace
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _rate(workspace: Workspace) -> float:
    """Mentions answered in a second, with a bounded number waiting at any time."""
    room = asyncio.Semaphore(MENTIONS_AT_ONCE)

    async def ask(number: int) -> None:
        async with room:
            channel = "#ask-peo-aso"
            asked = await workspace.mention("maya", channel, f"who handles unemployment claims? ({number})")
            while len(workspace.messages(channel, asked.ts)) < 2:
                await asyncio.sleep(0.002)

    await ask(0)
    started = time.perf_counter()
    await asyncio.gather(*(ask(number) for number in range(1, MENTIONS + 1)))
    return MENTIONS / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
