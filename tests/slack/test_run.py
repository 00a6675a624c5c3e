"""``run`` as a process of its own: refuses what cannot work, answers, tells the truth about itself, leaves in order."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from localslack import Message, Workspace
from tests.slack.install.test_tokens import APP_IS_BOT, APP_ORIGIN, BOT_IS_APP, BOT_ORIGIN, NO_APP, NO_BOT
from tests.store.databases import migrated_file, postgres_database

from .forks import Fork
from .processes import bot_process, connected, ended, environment_of, free_port, local_workspace, stopped

ASK = "#ask"
QUESTION = "Who handles unemployment claims?"


@asynccontextmanager
async def running(workspace: Workspace, folder: Path, **environment: str) -> AsyncIterator[Fork]:
    """The bot, connected to the workspace."""
    migrated_file(folder / "peo-aso.sqlite3")
    async with bot_process(folder, environment_of(workspace, **environment)) as process:
        await connected(workspace, process)
        yield process


async def reply_to_mention(workspace: Workspace) -> Message:
    asked = await workspace.mention("maya", ASK, QUESTION)
    return await workspace.next_message(ASK, asked.ts)


# What cannot work


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, [NO_BOT, NO_APP], id="missing tokens"),
        pytest.param(
            {"SLACK_BOT_TOKEN": "xapp-local-workspace-app", "SLACK_APP_TOKEN": "xoxb-local-workspace-bot"},
            [BOT_IS_APP, APP_IS_BOT],
            id="swapped tokens",
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN": "xoxb-revoked"},
            [f"Slack does not accept SLACK_BOT_TOKEN (invalid_auth). It needs xoxb-...: {BOT_ORIGIN}"],
            id="a bot token that Slack refuses",
        ),
        pytest.param(
            {"SLACK_APP_TOKEN": "xapp-revoked"},
            [f"Slack does not accept SLACK_APP_TOKEN (invalid_auth). It needs xapp-...: {APP_ORIGIN}"],
            id="an app token that Slack refuses",
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN": "xoxb-revoked", "SLACK_APP_TOKEN": "xapp-revoked"},
            [
                f"Slack does not accept SLACK_BOT_TOKEN (invalid_auth). It needs xoxb-...: {BOT_ORIGIN}",
                f"Slack does not accept SLACK_APP_TOKEN (invalid_auth). It needs xapp-...: {APP_ORIGIN}",
            ],
            id="two tokens that Slack refuses",
        ),
    ],
)
async def test_tokens_that_are_not_right_are_refused_a_line_each_before_anything_is_connected(
    bot_folder: Path, changes: dict[str, str], lines: list[str]
) -> None:
    async with (
        local_workspace() as workspace,
        bot_process(bot_folder, environment_of(workspace, **changes)) as process,
    ):
        result = await ended(process)
        assert workspace.connection_count == 0
    assert result.code == 1
    assert result.stderr.splitlines() == lines
    assert result.stdout == ""


async def test_a_database_without_its_tables_is_refused_in_one_line_that_says_what_to_run(bot_folder: Path) -> None:
    async with local_workspace() as workspace, postgres_database() as url:
        environment = environment_of(workspace, DATABASE_URL=url)
        async with bot_process(bot_folder, environment) as process:
            result = await ended(process)
        assert workspace.connection_count == 0
    assert result.code == 1
    assert result.stderr.splitlines() == ["The database has no tables yet. Run: peo-aso migrate"]


# What works


async def test_with_right_tokens_a_mention_is_answered_and_a_signal_ends_the_bot_in_order(bot_folder: Path) -> None:
    async with local_workspace() as workspace, running(workspace, bot_folder) as process:
        reply = await reply_to_mention(workspace)
        result = await stopped(process)
        assert workspace.connection_count == 0
    assert "Unemployment claims" in reply.text
    assert result.code == 0
    assert "Traceback" not in result.stderr


async def test_a_signal_ends_a_start_that_waits_for_slack(bot_folder: Path) -> None:
    async with local_workspace() as workspace:
        workspace.fail_next("auth.test", "ratelimited", retry_after_seconds=30)
        async with bot_process(bot_folder, environment_of(workspace)) as process:
            await first_call(workspace, "auth.test", seconds=60)
            started = time.monotonic()
            result = await stopped(process)
    assert result.code == 0
    assert "Traceback" not in result.stderr
    # It would have waited for 30 s more.
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("no_proxy", ["", "example.com"])
async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(bot_folder: Path, no_proxy: str) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    environment = {"HTTPS_PROXY": dead, "HTTP_PROXY": dead, "NO_PROXY": no_proxy}
    async with local_workspace() as workspace, running(workspace, bot_folder, **environment):
        outcome = await workspace.slash("maya", ASK, "/peo-vs-aso", QUESTION)
        reply = await reply_to_mention(workspace)
    assert outcome.message is not None
    assert "Unemployment claims" in outcome.message.text
    assert "Unemployment claims" in reply.text


async def test_what_was_taken_before_the_signal_is_finished_after_it(bot_folder: Path) -> None:
    async with local_workspace() as workspace, running(workspace, bot_folder) as process:
        workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=1)
        asked = await workspace.mention("maya", ASK, QUESTION)
        await first_call(workspace, "chat.postMessage")  # refused; the bot now waits before it asks again
        process.send_signal(signal.SIGINT)
        result = await ended(process)
    assert result.code == 0
    [_, reply] = workspace.messages(ASK, asked.ts)
    assert "Unemployment claims" in reply.text


async def first_call(workspace: Workspace, method: str, seconds: float = 10) -> None:
    changes = workspace.subscribe()
    async with asyncio.timeout(seconds):
        while not workspace.traffic.calls(method):
            await anext(changes)
    changes.close()


# What it tells about itself


async def test_health_and_readiness_tell_the_truth(bot_folder: Path) -> None:
    port = free_port()
    workspace = local_workspace()
    await workspace.start()
    async with running(workspace, bot_folder, PORT=str(port)) as process, aiohttp.ClientSession() as session:

        async def status(path: str) -> int:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                return response.status

        await until_status(session, port, "/readyz", 200)
        assert await status("/healthz") == 200
        await workspace.stop()
        await until_status(session, port, "/readyz", 503)
        assert await status("/healthz") == 200
        result = await stopped(process)
    assert result.code == 0


async def until_status(session: aiohttp.ClientSession, port: int, path: str, wanted: int) -> None:
    """Ask until the answer is the one wanted: the bot learns of a change in its own time."""
    url = f"http://127.0.0.1:{port}{path}"
    async with asyncio.timeout(10):
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == wanted:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)


async def test_a_taken_port_costs_the_health_and_not_the_answers(bot_folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        async with local_workspace() as workspace, running(workspace, bot_folder, PORT=port) as process:
            reply = await reply_to_mention(workspace)
            result = await stopped(process)
    assert "Unemployment claims" in reply.text
    assert result.code == 0
    assert port in result.stderr
    assert "PORT" in result.stderr
