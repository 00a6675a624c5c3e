"""What many tests share: the shipped knowledge, the answers fitted on it, and the bot in a local workspace."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web_app
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace
from bot.fitted import fitted_on
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.live_answers import load_answers
from bot.settings import SHIPPED_KNOWLEDGE, Settings
from bot.store.engine import IN_MEMORY
from localslack import Workspace
from tests.knowledge.support import Folder
from tests.shared import BRISK, PATIENT
from tests.slack.processes import write_light_knowledge
from tests.store import databases

# How long an example takes says how busy the machine is.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


def pytest_xdist_auto_num_workers() -> int:
    """One for each core, and one that works while another waits for a clock."""
    return min(os.cpu_count() or 1, 4) + 1


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays to the end; looking through it would hold up every bot."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def databases_ready() -> Iterator[None]:
    asyncio.run(databases.migrate_once())
    yield
    asyncio.run(databases.drop_spare())


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_servers() -> Iterator[None]:
    """aiohttp keeps the handlers of the last thousand servers, and with each of them a whole bot or workspace.

    The garbage collector then looks through all of these, for seconds in which nothing is answered.
    """
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt's own replies ask a proxy of the environment even for this machine; the bot's never do."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def store_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot in this process leaves no database behind, unless its test names one."""
    monkeypatch.setenv("DATABASE_URL", IN_MEMORY)


@pytest.fixture(autouse=True)
def logs_go_nowhere_else_afterwards() -> Iterator[None]:
    """A command that runs in this process sends all logs to a standard error that is closed after its test."""
    handlers = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = handlers
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    return load_knowledge(SHIPPED_KNOWLEDGE)


@pytest.fixture(scope="session")
def answers(knowledge: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> AnswerService:
    """What `make setup` has fitted, which `tests/live_answers/test_fitted.py` holds to be what a fit gives."""
    # After a change of the knowledge, the first of the processes that run the tests fits it for all.
    with (tmp_path_factory.getbasetemp().parent / "fitting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answers = AnswerService(knowledge, fitted_on(knowledge, Settings().cache_dir))
    gc.freeze()
    return answers


@pytest.fixture
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    """The local workspace with the real bot connected over Socket Mode."""
    async with bot_in_workspace(answers, pace=BRISK, timing=PATIENT) as running:
        yield running


@pytest.fixture(scope="session")
def light_folder(tmp_path_factory: pytest.TempPathFactory, knowledge: KnowledgeBase) -> Path:
    """Light knowledge, and in ``cache`` what was fitted on it."""
    folder = tmp_path_factory.mktemp("light")
    write_light_knowledge(knowledge, folder / "knowledge")
    load_answers(Settings(knowledge_dir=folder / "knowledge", xdg_cache_home=folder / "cache"))
    return folder


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with what is fitted on the small knowledge; to be copied."""
    folder = tmp_path_factory.mktemp("small")
    load_answers(Settings(knowledge_dir=Folder.small(folder).path, xdg_cache_home=folder / "cache"))
    return folder / "cache"


@pytest.fixture
def bot_folder(light_folder: Path, tmp_path: Path) -> Path:
    """A folder for a bot that runs as a process of its own."""
    return Path(shutil.copytree(light_folder, tmp_path, dirs_exist_ok=True))
