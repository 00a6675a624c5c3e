"""``migrate`` and ``forget`` as a shell sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.store import Outcome, open_store
from bot.store.migrating import newest_revision
from tests.slack.processes import Ended, bot_process, ended

from .databases import migrated_file
from .support import question


async def peo_aso(folder: Path, *arguments: str, database_url: str) -> Ended:
    """Run a command in a folder without a ``.env``."""
    async with bot_process(folder, {"DATABASE_URL": database_url}, *arguments) as process:
        return await ended(process)


async def test_migrate_says_where_the_database_is_now(tmp_path: Path, empty_url: str) -> None:
    first = await peo_aso(tmp_path, "migrate", database_url=empty_url)
    again = await peo_aso(tmp_path, "migrate", database_url=empty_url)
    assert (first.code, first.stderr) == (0, "")
    assert first.stdout == f"The database is at revision {newest_revision()}.\n"
    assert again.stdout == f"The database is at revision {newest_revision()}, as it was.\n"


@pytest.mark.parametrize("command", [["migrate"], ["forget", "--user", "U0MAYA"]])
async def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path: Path, command: list[str]) -> None:
    result = await peo_aso(tmp_path, *command, database_url="postgresql://me:hunter2@127.0.0.1:1/none")
    assert result.code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "hunter2" not in result.stderr


async def test_forget_says_how_much_it_has_erased(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    url = migrated_file(file)
    async with open_store(Settings(database_url=SecretStr(url))) as store:
        for number in range(2):
            asked = question(user_hash=store.user_hash("T0ONE", "U0MAYA"))
            await store.record(asked, Outcome("done", miss="the words" if number else None), [str(number)])
    result = await peo_aso(tmp_path, "forget", "--user", "U0MAYA", database_url=url)
    assert (
        result.stdout
        == f"Erased of U0MAYA: 2 questions, 1 unanswered one, 0 votes, 0 reported answers. Database: {file}\n"
    )
    again = await peo_aso(tmp_path, "forget", "--user", "U0MAYA", database_url=url)
    assert again.stdout == (
        f"Erased of U0MAYA: 0 questions, 0 unanswered ones, 0 votes, 0 reported answers. Database: {file}\n"
    )


@pytest.mark.parametrize("user", ["bogus", "maya@example.org", "u0maya", "U0 MAYA"])
async def test_forget_takes_only_an_id_of_slacks(tmp_path: Path, user: str) -> None:
    result = await peo_aso(tmp_path, "forget", "--user", user, database_url="sqlite:///kept.sqlite3")
    assert result.code == 2
    assert "is not a Slack id" in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["forget", "--user", "U0MAYA"], ["reencrypt"]])
async def test_what_changes_a_database_says_where_none_is_and_makes_no_new_one(
    tmp_path: Path, command: list[str]
) -> None:
    result = await peo_aso(tmp_path, *command, database_url="sqlite:///kept.sqlite3")
    expected = (
        f"There is no database at {tmp_path / 'kept.sqlite3'}. "
        "Run this in the folder that the bot runs in, or set DATABASE_URL.\n"
    )
    assert (result.code, result.stdout, result.stderr) == (1, "", expected)
    assert list(tmp_path.iterdir()) == []
