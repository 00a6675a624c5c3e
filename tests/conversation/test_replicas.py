"""The topology of ``deploy/`` as processes: three replicas, one PostgreSQL, signed HTTP to each in turn.

In turn as the workspace sends it, and as the proxy of ``deploy/compose.yaml`` passes it on, with its file.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import aiohttp
import pytest

from bot.manifest import http_manifest
from localslack import Message, Workspace
from tests.slack.forks import Fork
from tests.slack.processes import ROOT, START_SECONDS, Ended, bot_process, ended, free_port, stopped
from tests.store.databases import postgres_database

ASK = "#ask"
QUESTIONS = (
    "Who handles unemployment claims?",
    "whose workers comp policy is it under a PEO?",
    "what is an ASO",
    "best pizza near the office?",
)
PAUSE_SECONDS = 0.08
# However long a replica takes to start.
MOST_QUESTIONS = 400
TOLD_AGAIN_EVERY = 5
REPLICAS = 3


CADDYFILE = ROOT / "deploy" / "Caddyfile"


class Replicas:
    """Several bots, each a process, that share a database."""

    def __init__(self, folder: Path, workspace: Workspace, database_url: str) -> None:
        self._folder = folder
        self._ports = [free_port() for _ in range(REPLICAS)]
        self._processes: dict[int, tuple[Fork, AsyncExitStack]] = {}
        self._environment = {
            "DATABASE_URL": database_url,
            "SLACK_API_URL": workspace.api_url,
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
        }
        self.ended: list[Ended] = []

    @property
    def origins(self) -> list[str]:
        """Where the replicas are reached, which a restart does not change."""
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    async def migrate(self) -> None:
        """As the job of its own that ``deploy/`` has for it."""
        async with bot_process(self._folder, self._environment, "migrate") as process:
            result = await ended(process)
        assert result.code == 0, result.stderr

    async def start(self, number: int) -> None:
        """Start one; it need not be ready when this returns."""
        stack = AsyncExitStack()
        environment = self._environment | {"PORT": str(self._ports[number])}
        process = await stack.enter_async_context(bot_process(self._folder, environment))
        self._processes[number] = process, stack

    async def ready(self) -> None:
        """Wait until all say that they are."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
            for origin in self.origins:
                while not await _is_ready(session, origin):
                    await asyncio.sleep(0.05)

    async def stop(self, number: int) -> None:
        """Stop one by SIGTERM, and wait until it has ended."""
        process, stack = self._processes.pop(number)
        self.ended.append(await stopped(process))
        await stack.aclose()

    async def close(self) -> None:
        """Stop all that run."""
        for number in list(self._processes):
            await self.stop(number)


# How Slack's requests come to the replicas: given where Slack sends to, and a folder to work in.
Connect: TypeAlias = Callable[[Workspace, Replicas, str, Path], Awaitable[AsyncExitStack]]


async def _is_ready(session: aiohttp.ClientSession, origin: str) -> bool:
    try:
        async with session.get(f"{origin}/readyz") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def in_turn(workspace: Workspace, replicas: Replicas, _: str, __: Path) -> AsyncExitStack:
    """Slack itself sends to each replica in turn."""
    workspace.balance(replicas.origins)
    return AsyncExitStack()


async def through_the_proxy(_: Workspace, replicas: Replicas, address: str, folder: Path) -> AsyncExitStack:
    """Slack sends to the proxy, which has the file of ``deploy/`` but for the addresses."""
    caddyfile = CADDYFILE.read_text(encoding="utf-8")
    for number, origin in enumerate(replicas.origins, start=1):
        caddyfile = caddyfile.replace(f"bot-{number}:3000", origin.removeprefix("http://"))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + caddyfile, encoding="utf-8")
    environment = {**os.environ, "PUBLIC_HOST": address, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = ("caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile"))
    proxy = await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    stack = AsyncExitStack()
    stack.push_async_callback(proxy.wait)
    stack.callback(proxy.terminate)
    return stack


@asynccontextmanager
async def replicas_at_work(folder: Path, connect: Connect) -> AsyncIterator[tuple[Workspace, Replicas]]:
    """Three replicas that answer, and Slack connected to them."""
    address = f"http://127.0.0.1:{free_port()}"
    async with Workspace(http_manifest(address)) as workspace, postgres_database() as url:
        replicas = Replicas(folder, workspace, url)
        await replicas.migrate()
        try:
            for number in range(REPLICAS):
                await replicas.start(number)
            async with await connect(workspace, replicas, address, folder):
                await replicas.ready()
                await workspace.wait_connected(timeout_seconds=30)
                yield workspace, replicas
        finally:
            await replicas.close()


@pytest.mark.parametrize(
    ("connect", "steady_seconds"),
    [
        pytest.param(in_turn, 1.5, id="in turn"),
        pytest.param(
            through_the_proxy,
            5.0,  # of which it may take four to notice a new replica
            id="through the proxy",
            marks=[
                pytest.mark.exhaustive,
                pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy"),
            ],
        ),
    ],
)
async def test_a_replica_that_is_stopped_and_started_loses_nothing_and_says_nothing_twice(
    bot_folder: Path, connect: Connect, steady_seconds: float
) -> None:
    async with replicas_at_work(bot_folder, connect) as (workspace, replicas):
        enough = asyncio.Event()
        asking = asyncio.create_task(_ask(workspace, enough))
        await asyncio.sleep(steady_seconds)
        await replicas.stop(1)
        await replicas.start(1)
        await replicas.ready()
        await asyncio.sleep(steady_seconds)
        enough.set()
        asked = await asking
        await workspace.settle(quiet_seconds=1.5, timeout_seconds=60)
        replies = [len(workspace.messages(ASK, message.ts)) - 1 for message in asked]
        posted = len(workspace.traffic.calls("chat.postMessage"))
    assert replies == [1] * len(asked)
    assert posted == len(asked)
    assert [result.code for result in replicas.ended] == [0] * (REPLICAS + 1)
    # Before and after, everybody had a share of the work.
    answered = [_answered(result) for result in replicas.ended]
    assert min(answered) > 0
    assert sum(answered) == len(asked)


async def _ask(workspace: Workspace, enough: asyncio.Event) -> list[Message]:
    """Mention the bot again and again, whether or not it answers. Now and then an event comes twice."""
    asked = []
    for question in itertools.islice(itertools.cycle(QUESTIONS), MOST_QUESTIONS):
        if enough.is_set():
            break
        asked.append(await workspace.mention("maya", ASK, question))
        await asyncio.sleep(PAUSE_SECONDS)
        if len(asked) % TOLD_AGAIN_EVERY == 0:
            await _tell_again(workspace, asked[-1])
    return asked


async def _tell_again(workspace: Workspace, message: Message) -> None:
    """Send an event once more, to whichever replica's turn it is, as Slack does when an ack was lost."""
    told = reversed(workspace.traffic.envelopes)
    await workspace.redeliver(next(one for one in told if one.payload["event"]["ts"] == message.ts))


def _answered(result: Ended) -> int:
    """How many questions a replica has answered, by its log."""
    lines = (json.loads(line) for line in result.stderr.splitlines())
    return sum(line["event"] == "question" for line in lines)
