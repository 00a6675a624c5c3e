"""A short chaos run: three replicas die and are replaced under a failing Slack, and every question has one reply.

`make bench` runs a long one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.chaos import Plan, run_chaos
from tools.databases import NoPostgres


@pytest.mark.exhaustive
async def test_nothing_is_lost_and_nothing_is_answered_twice(bot_folder: Path) -> None:
    plan = Plan(
        events=240,
        kills=1,
        rolling_restarts=1,
        timeouts=0,
        # It takes a process for dead after a second.
        command=("-m", "tests.slack.hasty_bot"),
        environment={
            "KNOWLEDGE_DIR": str(bot_folder / "knowledge"),
            "XDG_CACHE_HOME": str(bot_folder / "cache"),
        },
    )
    try:
        result = await run_chaos(plan)
    except NoPostgres as missing:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(str(missing))
    assert (result.kills, result.restarts) == (1, 3)
    assert result.questions > 80
    assert (result.not_accepted, result.lost, result.twice) == (0, 0, 0)
    assert result.replies == result.questions
