"""Once everybody has been answered, nothing in the store says what they asked, but for what had no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.cli.demo import connected_to
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.tables import metadata, misses
from localslack import Workspace
from tests.store.databases import KINDS, Kind, migrated, migrated_file
from tests.store.support import rows

from .support import SURFACES, ask, buttons

# What is known, and what is not; each with a word of its own.
KNOWN = "who handles unemployment claims for Zanzibar Ltd?"
UNKNOWN = "which quokka won the football game last night"


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    kind: Kind = request.param
    async with migrated(kind, tmp_path) as url:
        yield url


def settings(database_url: str, workspace: Workspace, retention_days: int = 90) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token),
        slack_api_url=workspace.api_url,
        port=0,
        database_url=SecretStr(database_url),
        retention_days=retention_days,
    )


async def everything(store: Store) -> str:
    return str({table.name: await rows(store, table) for table in metadata.tables.values()})


@pytest.mark.parametrize("retention_days", [90, 0])
async def test_words_are_kept_of_what_had_no_answer_alone_and_ids_of_people_nowhere(
    answers: AnswerService, database_url: str, retention_days: int
) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        chosen = settings(database_url, workspace, retention_days)
        async with connected_to(workspace, chosen, answers):
            for surface in SURFACES:
                await ask(workspace, surface, UNKNOWN)
                reply = await ask(workspace, surface, KNOWN)
            (action_id, _), *_ = buttons(reply, "show_topic")
            await workspace.click("maya", reply, action_id=action_id)
            await workspace.settle()
        async with open_store(chosen) as store:
            kept = await everything(store)
            words = [miss["text"] for miss in await rows(store, misses)]
    assert "Zanzibar" not in kept
    assert "U0MAYA" not in kept
    assert "/response/" not in kept, "a response_url lets whoever has it speak"
    assert [UNKNOWN in text for text in words] == [True] * (len(SURFACES) if retention_days else 0)


async def left_in_files(folder: Path, *words: str) -> list[str]:
    """Which words are still in a file of the folder after the bot has had all the time it may need to erase them."""
    found = list(words)
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            while found:
                await asyncio.sleep(0.05)
                found = [word for word in found if is_in_a_file(folder, word)]
    return found


def is_in_a_file(folder: Path, word: str) -> bool:
    return any(word.encode() in file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize("retention_days", [90, 0])
async def test_what_is_erased_is_in_no_file_while_the_bot_runs(
    answers: AnswerService, tmp_path: Path, retention_days: int
) -> None:
    url = migrated_file(tmp_path / "kept.sqlite3")
    async with Workspace(shipped_manifest()) as workspace:
        chosen = settings(url, workspace, retention_days)
        async with connected_to(workspace, chosen, answers):
            for surface in SURFACES:
                await ask(workspace, surface, KNOWN)
                await ask(workspace, surface, UNKNOWN)
            # So much at once that pages of the file are split and joined.
            filler = [workspace.direct_message("andre", f"{KNOWN} {'quokka ' * number}") for number in range(40)]
            await asyncio.gather(*filler)
            await workspace.settle()
            assert await left_in_files(tmp_path, "Zanzibar") == []
            if retention_days:
                assert is_in_a_file(tmp_path, UNKNOWN)
                async with open_store(chosen) as elsewhere:
                    await elsewhere.forget_user("U0ANDRE")
                workspace.uninstall()
                await workspace.settle()
            assert await left_in_files(tmp_path, "quokka") == []
