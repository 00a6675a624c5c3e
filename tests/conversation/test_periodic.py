"""Work in rounds comes again and again, and at the end is cut short only where it takes too long."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation import periodic
from bot.conversation.periodic import periodically


async def test_the_work_is_done_again_and_again_until_the_end() -> None:
    done = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal done
        done += 1
        if done == 3:
            enough.set()

    async with periodically(work, 0.001):
        await enough.wait()
    after = done
    await asyncio.sleep(0.01)
    assert done == after


async def test_a_round_under_way_at_the_end_is_finished() -> None:
    has_begun, may_end = asyncio.Event(), asyncio.Event()
    finished = []

    async def work() -> None:
        has_begun.set()
        await may_end.wait()
        finished.append("a round")

    async with periodically(work, 60):
        await has_begun.wait()
        asyncio.get_running_loop().call_later(0.01, may_end.set)
    assert finished == ["a round"]


async def test_a_round_that_takes_too_long_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "LAST_RUN_SECONDS", 0.01)
    was_cut_short = False

    async def work() -> None:
        nonlocal was_cut_short
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cut_short = True
            raise

    async with periodically(work, 60):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert was_cut_short
