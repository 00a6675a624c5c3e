"""A folder for a bot that runs as a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import KnowledgeBase
from tests.slack.processes import write_light_knowledge


@pytest.fixture
def bot_folder(tmp_path: Path, knowledge: KnowledgeBase) -> Path:
    write_light_knowledge(knowledge, tmp_path / "knowledge")
    return tmp_path
