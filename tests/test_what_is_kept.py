"""The README says how long what is kept is kept; the code keeps it that long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.privacy import ANSWERED_DAYS, SEEN_SECONDS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## What is kept")[2].partition("\n## ")[0]
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
def test_the_readme_says_how_long(what: str, how_long: str) -> None:
    [row] = [row for row in ROWS if what in row.split("|")[1]]
    assert how_long in row.split("|")[3]


def test_the_link_from_the_threat_model_leads_there() -> None:
    security = (Path(__file__).parents[1] / "SECURITY.md").read_text(encoding="utf-8")
    assert re.search(r"README\.md#what-is-kept", security)
