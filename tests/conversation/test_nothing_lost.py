"""Whatever dies, stops or fails, a question that Slack got an ack for has one reply; on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy import select

from bot.answering import AnswerService
from bot.conversation.deliveries import Pace
from bot.conversation.replies import Replies
from bot.conversation.worker import Worker
from bot.live_answers import Answers
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.install.clients import Identity, OneWorkspace
from bot.slack.install.scopes import Granted
from bot.slack.install.tenancy import Tenancy
from bot.slack.install.workspaces import Workspaces
from bot.slack.metrics import Metrics
from bot.slack.run import messenger_for
from bot.slack.services import Services
from bot.slack.web_api import api_session, posting_client
from bot.store import engine_of, open_store
from bot.store.engine import transaction
from bot.store.tables import questions
from localslack import Message, Timing, Workspace
from tests.slack.forks import Fork
from tests.slack.processes import bot_process, connected, environment_of, local_workspace, stopped
from tests.store.databases import migrated, migrated_file

ASK = "#ask"
QUESTION = "Who handles unemployment claims?"
DONE_SECONDS = 60.0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.exhaustive)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with migrated(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def shared_url(tmp_path: Path) -> AsyncIterator[str]:
    """A database that several processes share."""
    async with migrated("postgresql", tmp_path) as url:
        yield url


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with local_workspace() as running:
        yield running


@pytest.fixture
async def patient_workspace() -> AsyncIterator[Workspace]:
    """One that goes on sending an event until there is somebody to take it, as Slack does for some minutes."""
    async with local_workspace(timing=Timing(retry_delays_seconds=(1.0,) * 30)) as running:
        yield running


def replica(workspace: Workspace, folder: Path, database_url: str) -> AbstractAsyncContextManager[Fork]:
    """A bot that takes a process for dead after a second."""
    environment = environment_of(workspace, DATABASE_URL=database_url)
    return bot_process(folder, environment, module="tests.slack.hasty_bot")


async def killed(process: Fork) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def all_done(database_url: str) -> list[str]:
    """Wait until no question is open; the states of all."""
    engine = engine_of(database_url)
    try:
        async with asyncio.timeout(DONE_SECONDS):
            while True:
                async with transaction(engine) as connection:
                    states = list((await connection.execute(select(questions.c.state))).scalars())
                if states and "open" not in states:
                    return states
                await asyncio.sleep(0.1)
    finally:
        await engine.dispose()


def replies(workspace: Workspace, asked: Message) -> list[Message]:
    return workspace.messages(asked.channel_id, asked.ts)[1:]


async def posts(workspace: Workspace, count: int) -> None:
    """Wait until the bot has tried to post so often."""
    changes = workspace.subscribe()
    async with asyncio.timeout(DONE_SECONDS):
        while len(workspace.traffic.calls("chat.postMessage")) < count:
            await anext(changes)
    changes.close()


# Killed


async def test_killed_after_the_ack_and_before_the_reply_the_next_process_to_replyonce(
    workspace: Workspace, bot_folder: Path, database_url: str
) -> None:
    async with replica(workspace, bot_folder, database_url) as first:
        await connected(workspace, first)
        workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=2)
        asked = await workspace.mention("maya", ASK, QUESTION)
        await posts(workspace, 1)
        await killed(first)
    assert replies(workspace, asked) == []
    async with replica(workspace, bot_folder, database_url) as second:
        await connected(workspace, second)
        assert await all_done(database_url) == ["done"]
        await stopped(second)
    [reply] = replies(workspace, asked)
    assert "Unemployment claims" in reply.text


@pytest.mark.parametrize("surface", ["channel", "dm"])
async def test_killed_after_the_reply_and_before_its_record_the_next_process_finds_it_and_says_no_more(
    workspace: Workspace, bot_folder: Path, database_url: str, surface: str
) -> None:
    async with replica(workspace, bot_folder, database_url) as first:
        await connected(workspace, first)
        workspace.fail_next("chat.postMessage", is_done=True, is_lost=True)
        if surface == "channel":
            await workspace.mention("maya", ASK, QUESTION)
        else:
            await workspace.direct_message("maya", QUESTION)
        await posts(workspace, 1)
        await killed(first)
    async with replica(workspace, bot_folder, database_url) as second:
        await connected(workspace, second)
        assert await all_done(database_url) == ["done"]
        await stopped(second)
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


async def test_killed_with_many_questions_in_hand_each_has_one_reply(
    patient_workspace: Workspace, bot_folder: Path, database_url: str
) -> None:
    workspace = patient_workspace
    async with replica(workspace, bot_folder, database_url) as first:
        await connected(workspace, first)
        asking = [asyncio.create_task(workspace.mention("maya", ASK, QUESTION)) for _ in range(80)]
        asked = await asyncio.gather(*asking)
        await posts(workspace, 5)
        await killed(first)
    # Those that had no ack yet are sent again.
    async with replica(workspace, bot_folder, database_url) as second:
        await connected(workspace, second)
        await workspace.settle(quiet_seconds=2, timeout_seconds=60)
        assert set(await all_done(database_url)) == {"done"}
        await stopped(second)
    assert {len(replies(workspace, one)) for one in asked} == {1}


# Stopped


async def test_stopped_with_a_question_that_cannot_be_answered_yet_the_next_process_replies(
    workspace: Workspace, bot_folder: Path, database_url: str
) -> None:
    async with replica(workspace, bot_folder, database_url) as first:
        await connected(workspace, first)
        workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=4)
        asked = await workspace.mention("maya", ASK, QUESTION)
        await posts(workspace, 1)
        result = await stopped(first)
        assert result.code == 0
    async with replica(workspace, bot_folder, database_url) as second:
        await connected(workspace, second)
        assert await all_done(database_url) == ["done"]
        await stopped(second)
    assert len(replies(workspace, asked)) == 1
    looks = workspace.traffic.calls("conversations.replies")
    assert looks == [], "who is told to wait has sent nothing, and nobody has to look"


# Several replicas, which need PostgreSQL


async def test_the_same_event_at_two_replicas_gets_one_reply(
    workspace: Workspace, bot_folder: Path, shared_url: str
) -> None:
    async with replica(workspace, bot_folder, shared_url) as one, replica(workspace, bot_folder, shared_url) as two:
        await connections(workspace, 2)
        asked = [await workspace.post("maya", ASK, "here") for _ in range(20)]
        for number, message in enumerate(asked):
            text = f"<@{workspace.bot_user_id}> {QUESTION}"
            event = {"type": "app_mention", "user": "U0MAYA", "text": text, "channel": "C0ASK", "ts": message.ts}
            # Each goes over the connection whose turn it is.
            for _ in range(2):
                await workspace.deliver(event, event_id=f"Ev{number}")
        await workspace.settle()
        await stopped(one)
        await stopped(two)
    assert {envelope.connection for envelope in workspace.traffic.events("app_mention")} == {1, 2}
    assert [len(replies(workspace, message)) for message in asked] == [1] * 20


async def test_what_a_killed_replica_had_in_hand_the_other_one_to_replyto(
    workspace: Workspace, bot_folder: Path, shared_url: str
) -> None:
    async with replica(workspace, bot_folder, shared_url) as one:
        await connected(workspace, one)
        workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=2)
        asked = await workspace.mention("maya", ASK, QUESTION)
        await posts(workspace, 1)
        async with replica(workspace, bot_folder, shared_url) as two:
            await connections(workspace, 2)
            await killed(one)
            assert await all_done(shared_url) == ["done"]
            await stopped(two)
    assert len(replies(workspace, asked)) == 1


async def test_a_replica_that_was_held_up_for_longer_than_its_lease_says_nothing_twice(
    workspace: Workspace, bot_folder: Path, shared_url: str
) -> None:
    async with replica(workspace, bot_folder, shared_url) as one:
        await connected(workspace, one)
        workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=1)
        asked = await workspace.mention("maya", ASK, QUESTION)
        await posts(workspace, 1)
        one.send_signal(signal.SIGSTOP)
        async with replica(workspace, bot_folder, shared_url) as two:
            await connections(workspace, 2)
            assert await all_done(shared_url) == ["done"]
            one.send_signal(signal.SIGCONT)
            await workspace.settle(quiet_seconds=2)
            await stopped(two)
        await stopped(one)
    assert len(replies(workspace, asked)) == 1


async def connections(workspace: Workspace, count: int) -> None:
    async with asyncio.timeout(DONE_SECONDS):
        while workspace.connection_count < count:
            await asyncio.sleep(0.05)


# The store is gone


async def test_without_the_store_nothing_is_acknowledged_so_that_slack_tells_again(
    answers: AnswerService, tmp_path: Path
) -> None:
    file = tmp_path / "store.sqlite3"
    url = migrated_file(file)
    identity = Identity(team_id="T0LOCAL", enterprise_id=None, bot_id="B0BOT", bot_user_id="U0BOT")
    async with open_store(Settings(database_url=SecretStr(url))) as store, api_session() as session:
        clients = OneWorkspace(posting_client("xoxb-local", "http://127.0.0.1:1/api/", session), identity)
        in_use, metrics = Answers(answers), Metrics()
        to_reply = Replies(in_use)
        worker = Worker(store, to_reply, partial(messenger_for, clients), metrics, Pace())
        client = posting_client("x", "http://127.0.0.1:1/", session)
        tenants = Tenancy(clients, Workspaces(store, clients, None, lambda _: client), Granted(), client.auth_test)
        services = Services(in_use, to_reply, lambda team_id: None, worker, store, metrics)
        app = build_app(client, tenants, services)
        await store.engine.dispose()
        file.unlink()
        event = {"type": "app_mention", "user": "U0MAYA", "channel": "C0ASK", "text": QUESTION, "ts": "1.2"}
        body = {"type": "event_callback", "team_id": "T0LOCAL", "event_id": "Ev0", "event": event}
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    assert response.status == 503
    assert response.headers["retry-after"] == ["5"]
