"""The docs lead where they say, and name everything that can be set, typed and measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.commands import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
REAL = ROOT / "tests" / "questions" / "real"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", REAL / "README.md"]
PAGES += [ROOT / "localslack" / "README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
MOST_README_LINES = 150


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_docs_leads_to_a_file_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8"))
    for path, anchor in links:
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{path} is not there"
        assert not anchor or anchor in anchors(target), f"{path} has no heading #{anchor}"


def test_the_readme_is_short_enough_to_finish() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MOST_README_LINES


def test_the_pages_for_operators_name_every_setting() -> None:
    names = {name.upper() for name in Settings.model_fields}
    assert {name for name in names if f"`{name}`" not in OPERATING} == set()
    assert {name for name in names if not re.search(rf"^(# )?{name}=", EXAMPLE, re.MULTILINE)} == set()


def test_the_page_for_operators_names_every_command() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert {name for name in commands if f"`peo-aso {name}" not in OPERATING} == set()
