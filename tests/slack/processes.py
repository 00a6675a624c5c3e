"""The bot as a process of its own, connected to a workspace in this one."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.knowledge import KnowledgeBase
from bot.manifest import shipped_manifest
from bot.settings import SHIPPED_KNOWLEDGE
from localslack import Workspace
from tests.shared import PATIENT

from .forks import Fork, forked

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
EXIT_SECONDS = 60.0


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it printed."""

    code: int
    stdout: str
    stderr: str


async def stopped(process: Fork, number: signal.Signals = signal.SIGTERM) -> Ended:
    """Ask a process to end, and wait until it has."""
    process.send_signal(number)
    return await ended(process)


async def ended(process: Fork) -> Ended:
    """Wait until a process ends by itself."""
    async with asyncio.timeout(EXIT_SECONDS):
        await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, process.stdout, process.stderr)


async def has_logged(process: Fork, words: str) -> None:
    """Wait until a process has said something on its standard error."""
    async with asyncio.timeout(START_SECONDS):
        while words not in process.stderr:
            await asyncio.sleep(0.02)


def write_light_knowledge(knowledge: KnowledgeBase, folder: Path) -> None:
    """Write a knowledge base with all entries and few phrasings, which is fitted in a tenth of the time."""
    folder.mkdir()
    for path in SHIPPED_KNOWLEDGE.glob("*.yaml"):
        if not path.name.startswith("phrasings-"):
            shutil.copy(path, folder)
    few = {entry_id: phrasings[:12] for entry_id, phrasings in knowledge.phrasings.items()}
    outside = {"questions": knowledge.outside.questions[:100], "chatter": knowledge.outside.chatter[:100]}
    # JSON is YAML, and much faster to write.
    (folder / "phrasings.yaml").write_text(json.dumps({"phrasings": few}, ensure_ascii=False), encoding="utf-8")
    (folder / "outside.yaml").write_text(json.dumps(outside, ensure_ascii=False), encoding="utf-8")


def bot_process(
    folder: Path, environment: Mapping[str, str], *arguments: str, module: str = "bot"
) -> AbstractAsyncContextManager[Fork]:
    """Run the bot in a folder without a ``.env``, with nothing of Slack or a store around it but what is given.

    Args:
        folder: To run in; with what `write_light_knowledge` writes in ``knowledge``.
        environment: Variables on top of the system's own.
        arguments: Of its command line; without any, ``run``.
        module: A program of the tests in the place of the bot.
    """
    return forked(folder, {**surroundings(folder), **environment}, module, *(arguments or ("run",)))


def surroundings(folder: Path) -> dict[str, str]:
    """The variables around a process in a folder: the system's, and none of Slack's or of a store."""
    own = {"PYTHONPATH": str(ROOT), "KNOWLEDGE_DIR": str(folder / "knowledge"), "XDG_CACHE_HOME": str(folder / "cache")}
    return {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DATABASE_"))} | own


def local_workspace(**changes: Any) -> Workspace:
    """A workspace with the shipped manifest, for a bot that a test starts itself."""
    return Workspace(shipped_manifest(), **{"timing": PATIENT, **changes})


async def connected(workspace: Workspace, process: Fork) -> None:
    """Wait until a process has connected to a workspace; fails with what it printed where it ends instead."""
    connecting = asyncio.create_task(workspace.wait_connected(START_SECONDS))
    ending = asyncio.create_task(process.wait())
    await asyncio.wait({connecting, ending}, return_when=asyncio.FIRST_COMPLETED)
    if ending.done():
        connecting.cancel()
        raise AssertionError(f"The bot ended before it was connected: {await ended(process)}")
    ending.cancel()
    await connecting


def environment_of(workspace: Workspace, **more: str) -> dict[str, str]:
    """What connects the bot to a workspace over Socket Mode, with its health on a free port."""
    return {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "PORT": "0",
        **more,
    }


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
