"""What many tests share: the shipped knowledge, the answers fitted on it, and the bot in a local workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answering import AnswerService
from bot.demo import bot_in_workspace
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.matching import fit
from bot.settings import SHIPPED_KNOWLEDGE
from bot.store.engine import IN_MEMORY
from bot.workspace import Workspace
from tests.slack.processes import write_light_knowledge


@pytest.fixture(autouse=True)
def store_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot in this process leaves no database behind, unless its test names one."""
    monkeypatch.setenv("DATABASE_URL", IN_MEMORY)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load_knowledge(SHIPPED_KNOWLEDGE)


@pytest.fixture(scope="session")
def answers(knowledge: KnowledgeBase) -> AnswerService:
    return AnswerService(knowledge, fit(knowledge, common_english_words()))


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    """The local workspace with the real bot connected over Socket Mode."""
    async with bot_in_workspace(answers) as running:
        yield running


@pytest.fixture
def bot_folder(tmp_path: Path, knowledge: KnowledgeBase) -> Path:
    """A folder for a bot that runs as a process of its own."""
    write_light_knowledge(knowledge, tmp_path / "knowledge")
    return tmp_path
