"""docs/operating.md says how long everything is kept; the code keeps it that long."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.privacy import ANSWERED_DAYS, SEEN_SECONDS

OPERATING = (Path(__file__).parents[1] / "docs" / "operating.md").read_text(encoding="utf-8")
SECTION = OPERATING.partition("## What is kept")[2].partition("\n## ")[0]
RETENTION_DAYS = Settings.model_fields["retention_days"].default
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(
    ("what", "how_long"),
    [
        pytest.param("where a question and its reply stand", f"{ANSWERED_DAYS} days", id="records"),
        pytest.param("votes on replies", f"{ANSWERED_DAYS} days", id="votes"),
        pytest.param("that had no answer", f"`RETENTION_DAYS`, {RETENTION_DAYS} unless set", id="misses"),
        pytest.param("ids of events", f"{SEEN_SECONDS / 3_600:.0f} hours", id="seen"),
    ],
)
def test_the_page_for_operators_says_how_long(what: str, how_long: str) -> None:
    [row] = [row for row in ROWS if what in row.split("|")[1]]
    assert how_long in row.split("|")[3]
