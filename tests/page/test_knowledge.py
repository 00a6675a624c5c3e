"""Owners change a file and see the next answer change, or what is wrong with the file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from bot.cli.demo import bot_in_workspace, tell_of_knowledge
from bot.knowledge import KnowledgeBase
from bot.live_answers import LiveAnswers
from bot.settings import Settings
from localslack import Workspace
from localslack.browser import Window
from tests.slack.processes import write_light_knowledge

from .support import PEO_SIDE, QUESTION


@pytest_asyncio.fixture(loop_scope="session")
async def edited(tmp_path: Path, knowledge: KnowledgeBase) -> AsyncIterator[tuple[Workspace, Path]]:
    """A workspace as the demo makes it, and the file of knowledge behind it."""
    folder = tmp_path / "knowledge"
    write_light_knowledge(knowledge, folder)
    answers = LiveAnswers(Settings(knowledge_dir=folder, cache_dir=tmp_path / "cache"))
    async with bot_in_workspace(answers) as workspace:
        answers.on_change = partial(tell_of_knowledge, workspace)
        [file] = [path for path in folder.glob("*.yaml") if PEO_SIDE in path.read_text(encoding="utf-8")]
        yield workspace, file


async def test_a_changed_file_changes_the_next_answer_and_a_mistake_is_named(
    opened: Callable[..., Awaitable[Window]], edited: tuple[Workspace, Path]
) -> None:
    workspace, file = edited
    window = await opened(workspace)
    original = file.read_text(encoding="utf-8")
    notice = window.tab.locator(".notice")

    file.write_text(original.replace(PEO_SIDE, "The PEO does all of it."), encoding="utf-8")
    await expect(notice).to_contain_text("has been read again")
    await expect(await window.ask(QUESTION)).to_contain_text("The PEO does all of it.")

    file.write_text(original.replace("title:", "titel:", 1), encoding="utf-8")
    await expect(notice).to_contain_text(f"{file.name}:")
    await expect(notice).to_contain_text("has no 'title'")
    await window.button("Close thread").click()
    await window.say(f"/peo-vs-aso {QUESTION}")
    await expect(window.channel.last).to_contain_text("The PEO does all of it.")

    file.write_text(original, encoding="utf-8")
    await expect(notice).to_contain_text("has been read again")
    await window.say(f"/peo-vs-aso {QUESTION}")
    await expect(window.channel.last).to_contain_text(PEO_SIDE)
