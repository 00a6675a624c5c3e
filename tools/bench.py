"""``make bench``: speed and memory, each beside a yardstick measured in the same run.

Absolute times depend on the machine; the ratios are what to compare.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rich.table import Table

from bot.answering import AnswerService
from bot.cli.terminal import console
from bot.fitted import common_english_words
from bot.knowledge import load_knowledge
from bot.logs import configure_logging
from bot.settings import SHIPPED_KNOWLEDGE
from bot.understanding import fit
from tools.chaos import Plan, run_chaos
from tools.databases import NoPostgres
from tools.growth import grow
from tools.peers import compare
from tools.serving import measure


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

    asyncio.run(measure(screen))

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


if __name__ == "__main__":
    main()
