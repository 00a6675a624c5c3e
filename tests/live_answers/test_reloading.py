"""The knowledge is loaded anew while the bot runs: what is sound answers at once, what has a fault is refused."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace
from bot.errors import KnowledgeError
from bot.knowledge import KnowledgeBase
from bot.live_answers import LiveAnswers, Reloaded, load_answers
from bot.settings import Settings
from localslack import Message, Workspace
from tests.knowledge.support import ZEBRAS, Folder
from tests.scenarios.support import ASK, COMMAND, plain
from tests.shared import PATIENT
from tests.slack.forks import Fork
from tests.slack.processes import (
    bot_process,
    connected,
    environment_of,
    free_port,
    has_logged,
    local_workspace,
    stopped,
)
from tests.store.databases import migrated_file

# A slow machine may take long; nothing here says how long it should.
LONG_SECONDS = 30.0

# A source without a link is not shown.
NEW_PAGE = "title: Their new page\nlink: https://provider.example/page"
QUESTION = "Who handles unemployment claims?"
FILE = "comparison.yaml"
OLD = "The PEO manages unemployment claims."
NEW = "The PEO handles every claim."
ZEBRA_QUESTION = "Who feeds the zebras?"
ZEBRA_ANSWER = "The PEO feeds them."


@pytest.fixture
def folder(tmp_path: Path, small_cache: Path) -> Folder:
    shutil.copytree(small_cache, tmp_path / "cache")
    return Folder.small(tmp_path)


@dataclass(frozen=True)
class Bot:
    """The bot, connected to a workspace, and what it told of its knowledge."""

    workspace: Workspace
    answers: LiveAnswers
    outcomes: asyncio.Queue[Reloaded]

    async def reply(self, question: str = QUESTION) -> str:
        return await reply(self.workspace, question)

    async def says(self, words: str, question: str = QUESTION) -> None:
        await until_reply(self.workspace, question, lambda text: words in text)

    async def no_longer_says(self, words: str, question: str = QUESTION) -> None:
        await until_reply(self.workspace, question, lambda text: words not in text)

    async def told(self) -> Reloaded:
        async with asyncio.timeout(LONG_SECONDS):
            return await self.outcomes.get()


async def reply(workspace: Workspace, question: str) -> str:
    """All that a reply to the slash command says."""
    outcome = await workspace.slash("maya", ASK, COMMAND, question)
    assert outcome.message is not None, f"Slack says: {outcome.failure} {outcome.detail}"
    return said(outcome.message)


def said(message: Message) -> str:
    return plain(message.text)


async def until_reply(workspace: Workspace, question: str, holds: Callable[[str], bool]) -> None:
    async with asyncio.timeout(LONG_SECONDS):
        while not holds(await reply(workspace, question)):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def live_bot(folder: Folder, overlay: Path | None = None) -> AsyncIterator[Bot]:
    outcomes: asyncio.Queue[Reloaded] = asyncio.Queue()
    answers = LiveAnswers(settings_of(folder, overlay), on_change=outcomes.put_nowait)
    async with bot_in_workspace(answers, timing=PATIENT) as workspace:
        yield Bot(workspace, answers, outcomes)


def settings_of(folder: Folder, overlay: Path | None = None) -> Settings:
    return Settings(
        knowledge_dir=folder.path, knowledge_extra_dir=overlay, xdg_cache_home=folder.path.with_name("cache")
    )


# What is sound


@pytest.mark.parametrize(
    ("name", "old", "new", "question", "shown"),
    [
        pytest.param(FILE, OLD, NEW, QUESTION, NEW, id="what an entry says"),
        pytest.param(FILE, "title: Unemployment claims", "title: Jobless claims", QUESTION, "Jobless", id="its title"),
        pytest.param(FILE, "related: [peo]", "note: Mind the deadline.", QUESTION, "Mind the deadline", id="its note"),
        pytest.param(
            FILE,
            "who answers when a former employee files for unemployment",
            "purple elephants juggle teapots",
            "purple elephants juggle teapots",
            OLD,
            id="a phrasing",
        ),
        pytest.param(
            "phrasings.yaml",
            "explain the letters P E O",
            "seven mountains sing",
            "seven mountains sing",
            "co-employment",
            id="a phrasing beside the entries",
        ),
        pytest.param("vocabulary.yaml", "- hello", "- ahoy", "ahoy", "Hello", id="a greeting"),
        pytest.param("provider.yaml", "title: Their page", NEW_PAGE, QUESTION, "new page", id="a source"),
    ],
)
async def test_a_changed_word_is_in_the_answers(
    folder: Folder, name: str, old: str, new: str, question: str, shown: str
) -> None:
    async with live_bot(folder) as bot:
        assert shown not in await bot.reply(question)
        folder.replace(name, old, new)
        await bot.says(shown, question)
        outcome = await bot.told()
    assert isinstance(outcome, KnowledgeBase)
    assert len(outcome.entries) == 3
    assert outcome.digest == bot.answers.current.knowledge.digest


async def test_the_answers_end_up_as_those_of_a_bot_that_is_started_anew(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        folder.replace(FILE, OLD, "The PEO feeds zebras.")
        await bot.told()
        async with asyncio.timeout(LONG_SECONDS):
            while not same_understanding(bot.answers.current, load_answers(settings_of(folder))):
                await asyncio.sleep(0.05)


def same_understanding(one: AnswerService, other: AnswerService) -> bool:
    questions = (QUESTION, "feeds zebras", "what is a PEO", "who won the cup final")
    return all(one.answer(question).match == other.answer(question).match for question in questions)


async def test_a_file_that_is_added_is_answered_from_and_one_that_is_removed_is_not(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        folder.write("zebras.yaml", ZEBRAS)
        await bot.says(ZEBRA_ANSWER, ZEBRA_QUESTION)
        (folder.path / "zebras.yaml").unlink()
        await bot.no_longer_says(ZEBRA_ANSWER, ZEBRA_QUESTION)


async def test_an_editor_that_writes_beside_and_renames_is_noticed(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        beside = folder.path / f".{FILE}.swp"
        beside.write_text(folder.text(FILE).replace(OLD, NEW))
        beside.rename(folder.path / FILE)
        await bot.says(NEW)


async def test_the_overlay_is_watched_too(folder: Folder, tmp_path: Path) -> None:
    overlay = tmp_path / "own"
    overlay.mkdir()
    async with live_bot(folder, overlay) as bot:
        (overlay / "zebras.yaml").write_text(ZEBRAS)
        await bot.says(ZEBRA_ANSWER, ZEBRA_QUESTION)
        (overlay / "off.yaml").write_text("entries: [unemployment-claims]\n")
        await bot.no_longer_says(OLD)


def renamed(folder: Folder, other: Path) -> None:
    folder.path.rename(other.with_name("old"))
    other.rename(folder.path)


def deleted_and_copied(folder: Folder, other: Path) -> None:
    shutil.rmtree(folder.path)
    shutil.copytree(other, folder.path)


@pytest.mark.parametrize("replace", [renamed, deleted_and_copied])
async def test_a_folder_that_is_replaced_as_a_whole_is_noticed_and_watched_from_then_on(
    folder: Folder, tmp_path: Path, replace: Callable[[Folder, Path], None]
) -> None:
    other = Folder(shutil.copytree(folder.path, tmp_path / "other"))
    other.replace(FILE, OLD, NEW)
    async with live_bot(folder) as bot:
        replace(folder, other.path)
        await bot.says(NEW)
        folder.replace(FILE, NEW, OLD)
        await bot.says(OLD)


async def test_a_link_to_a_folder_that_is_switched_to_another_is_noticed(folder: Folder, tmp_path: Path) -> None:
    other = Folder(shutil.copytree(folder.path, tmp_path / "other"))
    other.replace(FILE, OLD, NEW)
    link, new_link = tmp_path / "link", tmp_path / "new-link"
    link.symlink_to(folder.path)
    new_link.symlink_to(other.path)
    async with live_bot(Folder(link)) as bot:
        await bot.reply()
        new_link.rename(link)
        await bot.says(NEW)


async def test_a_change_that_changes_nothing_is_not_told(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        folder.write(FILE, folder.text(FILE))
        folder.write("notes.txt", "not knowledge")
        folder.replace(FILE, OLD, NEW)
        assert isinstance(await bot.told(), KnowledgeBase)
        await bot.says(NEW)
        assert bot.outcomes.empty()


# What has a fault


async def test_a_fault_is_refused_and_told_with_file_and_line_while_the_old_answers_go_on(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        line = folder.line(FILE, "aso:")
        folder.replace(FILE, "    aso:", "    also:")
        refused = await bot.told()
        assert isinstance(refused, KnowledgeError)
        fault = next(fault for fault in refused.faults if "also" in fault.problem)
        assert (Path(fault.file).name, fault.line) == (FILE, line)
        assert OLD in await bot.reply()

        # Another change does not bring half of the refused knowledge in.
        folder.replace("provider.yaml", "title: Their page", NEW_PAGE)
        assert "new page" not in await bot.reply()

        folder.replace(FILE, "    also:", "    aso:")
        assert isinstance(await bot.told(), KnowledgeBase)
        assert "new page" in await bot.reply()
        assert bot.answers.refused is None


async def test_a_fault_that_is_taken_back_is_told_to_be_gone(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        sound = folder.text(FILE)
        folder.write(FILE, "entries: [")
        assert isinstance(await bot.told(), KnowledgeError)
        folder.write(FILE, sound)
        assert isinstance(await bot.told(), KnowledgeBase)
        assert bot.answers.refused is None


async def test_a_named_pipe_among_the_files_is_refused_and_the_next_change_is_taken_up(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        os.mkfifo(folder.path / "pipe.yaml")
        refused = await bot.told()
        assert isinstance(refused, KnowledgeError)
        assert "pipe.yaml" in str(refused)
        (folder.path / "pipe.yaml").unlink()
        assert isinstance(await bot.told(), KnowledgeBase)
        folder.replace(FILE, OLD, NEW)
        await bot.says(NEW)


async def test_a_file_that_is_written_in_pieces_ends_up_whole(folder: Folder) -> None:
    whole = folder.text(FILE).replace(OLD, NEW).encode()
    async with live_bot(folder) as bot:
        with (folder.path / FILE).open("wb", buffering=0) as file:
            for start in range(0, len(whole), 60):
                file.write(whole[start : start + 60])
                await asyncio.sleep(0.06)  # longer than the watch waits for more
        await bot.says(NEW)
        assert bot.answers.refused is None


async def test_a_folder_that_is_away_for_a_while_is_refused_and_taken_up_again(folder: Folder, tmp_path: Path) -> None:
    async with live_bot(folder) as bot:
        folder.path.rename(tmp_path / "away")
        assert isinstance(await bot.told(), KnowledgeError)
        assert OLD in await bot.reply()
        (tmp_path / "away").rename(folder.path)
        assert isinstance(await bot.told(), KnowledgeBase)
        folder.replace(FILE, OLD, NEW)
        await bot.says(NEW)


# Meanwhile


async def test_a_question_under_way_gets_the_answer_it_had_when_it_was_taken(folder: Folder) -> None:
    async with live_bot(folder) as bot:
        bot.workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=2)
        asked = await bot.workspace.mention("maya", ASK, QUESTION)
        folder.replace(FILE, OLD, NEW)
        await bot.says(NEW)
        assert len(bot.workspace.messages(ASK, asked.ts)) == 1, "not answered yet"
        under_way = await bot.workspace.next_message(ASK, asked.ts)
    assert OLD in said(under_way)


async def test_the_bot_goes_on_answering_while_the_knowledge_is_fitted(bot_folder: Path) -> None:
    folder = Folder(bot_folder / "knowledge")
    async with live_bot(folder) as bot:
        folder.write("zebras.yaml", ZEBRAS)
        while bot.outcomes.empty():
            # Slack says so where an acknowledgement took it too long.
            assert "Unemployment claims" in await bot.reply()
        assert isinstance(bot.outcomes.get_nowait(), KnowledgeBase)
        assert ZEBRA_ANSWER in await bot.reply(ZEBRA_QUESTION)


# In `run`


@asynccontextmanager
async def running(folder: Path, **environment: str) -> AsyncIterator[tuple[Workspace, Fork]]:
    migrated_file(folder / "peo-aso.sqlite3")
    async with (
        local_workspace() as workspace,
        bot_process(folder, environment_of(workspace, **environment)) as process,
    ):
        await connected(workspace, process)
        yield workspace, process


def logged(stderr: str, event: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in stderr.splitlines())
    return [line for line in lines if line["event"] == event]


async def test_run_logs_a_refusal_with_file_and_line_names_it_when_ready_and_takes_the_mended_file(
    folder: Folder,
) -> None:
    port = free_port()
    async with running(folder.path.parent, PORT=str(port)) as (workspace, process), aiohttp.ClientSession() as session:

        async def ready_text() -> str:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                    return await response.text() if response.status == 200 else ""
            except aiohttp.ClientConnectionError:
                return ""

        async def until_ready_says(wanted: Callable[[str], bool]) -> None:
            async with asyncio.timeout(LONG_SECONDS):
                while not wanted(await ready_text()):
                    await asyncio.sleep(0.05)

        await until_ready_says(lambda text: text.startswith("ready\n") and "refused" not in text)
        line = folder.line(FILE, "reviewed:")
        folder.replace(FILE, "reviewed: 2026-11-23", "reviewed: yesterday")
        await until_ready_says(lambda text: f"{FILE}:{line}: " in text)
        assert OLD in await reply(workspace, QUESTION)
        folder.replace(FILE, "reviewed: yesterday", "reviewed: 2026-11-23")
        await until_ready_says(lambda text: text.startswith("ready\n") and "refused" not in text)
        folder.replace(FILE, OLD, NEW)
        await until_reply(workspace, QUESTION, lambda text: NEW in text)
        result = await stopped(process)
    assert result.code == 0
    [refused] = logged(result.stderr, "knowledge_refused")
    assert (Path(refused["file"]).name, refused["line"], refused["more_faults"]) == (FILE, line, 0)
    assert "yesterday" in refused["message"]
    mended, changed = logged(result.stderr, "knowledge_reloaded")
    assert mended["entries"] == changed["entries"] == 3
    assert mended["digest"] != changed["digest"]


async def test_a_signal_loads_the_knowledge_anew_where_no_watch_can_see_a_change(
    folder: Folder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    (folder.path / FILE).rename(elsewhere)
    (folder.path / FILE).symlink_to(elsewhere)
    async with running(tmp_path) as (workspace, process):
        elsewhere.write_text(elsewhere.read_text().replace(OLD, NEW))
        process.send_signal(signal.SIGHUP)
        await until_reply(workspace, QUESTION, lambda text: NEW in text)
        result = await stopped(process)
    assert result.code == 0
    assert logged(result.stderr, "knowledge_reloaded")


async def test_a_signal_is_answered_in_the_log_even_where_nothing_has_changed(folder: Folder) -> None:
    async with running(folder.path.parent) as (_, process):
        process.send_signal(signal.SIGHUP)
        await has_logged(process, "knowledge_reloaded")
        assert (await stopped(process)).code == 0


async def test_a_file_system_without_notifications_is_polled_where_the_environment_asks_for_it(folder: Folder) -> None:
    async with running(folder.path.parent, WATCHFILES_FORCE_POLLING="true") as (workspace, _):
        await reply(workspace, QUESTION)
        folder.replace(FILE, OLD, NEW)
        await until_reply(workspace, QUESTION, lambda text: NEW in text)


async def test_a_stop_while_the_knowledge_is_fitted_leaves_in_order(bot_folder: Path) -> None:
    async with running(bot_folder) as (workspace, process):
        Folder(bot_folder / "knowledge").write("zebras.yaml", ZEBRAS)
        await reply(workspace, QUESTION)
        result = await stopped(process)
    assert result.code == 0
    assert "Traceback" not in result.stderr
