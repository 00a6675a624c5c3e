"""How the worker goes about questions: many at once, refusals, what it may not look for, and what kills processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.answering import AnswerService
from bot.conversation.contents import Notice
from bot.conversation.deliveries import GIVE_UP_AFTER, Pace
from bot.conversation.messenger import Messenger, MessengerFor
from bot.conversation.replies import Replies
from bot.conversation.worker import MAX_CRASHES, Worker
from bot.live_answers import Answers
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.messages.notices import NOTICES
from bot.slack.metrics import Metrics
from bot.slack.sending import SlackMessenger
from bot.slack.web_api import api_session, posting_client
from bot.store import Question, Store, engine_of, open_store
from bot.store.engine import IN_MEMORY, transaction
from bot.store.tables import questions
from localslack import Message, Workspace
from tests.store.support import question, row_of, rows

ASK = "#ask"
QUICK = Pace(lease_seconds=20, poll_seconds=0.05, backoff_seconds=0.05, settle_seconds=0.05)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store(Settings(database_url=SecretStr(IN_MEMORY))) as opened:
        yield opened


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """Nobody is connected; the test accepts the questions."""
    async with Workspace(shipped_manifest()) as running:
        yield running


@asynccontextmanager
async def working(
    workspace: Workspace,
    store: Store,
    answers: AnswerService,
    pace: Pace = QUICK,
    messenger_for: MessengerFor | None = None,
) -> AsyncIterator[Worker]:
    async with api_session() as session:
        client = posting_client(workspace.bot_token, workspace.api_url, session)

        async def the_one(team_id: str | None, enterprise_id: str | None) -> Messenger:
            return SlackMessenger(client)

        worker = Worker(store, Replies(Answers(answers)), messenger_for or the_one, Metrics(), pace)
        async with worker.running():
            yield worker


async def asked(workspace: Workspace, **changes: Any) -> Question:
    """A question that stands in a channel."""
    message = await workspace.post("maya", ASK, "who handles unemployment claims?")
    place = {"channel_id": message.channel_id, "message_ts": message.ts, "thread_ts": message.ts}
    return replace(question(text=message.text, **place), **changes)


def replies(workspace: Workspace, to: Question) -> list[Message]:
    return workspace.messages(to.channel_id, to.message_ts)[1:]


async def until_all_done(store: Store) -> None:
    async with asyncio.timeout(10):
        while await store.open_count():
            await asyncio.sleep(0.02)


async def test_more_questions_than_hands_wait_in_the_store_and_are_all_answered(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    many = [await asked(workspace) for _ in range(60)]
    async with working(workspace, store, answers, replace(QUICK, at_once=4)) as worker:
        await asyncio.gather(*(worker.accept(one, [one.id[:32]]) for one in many))
        await until_all_done(store)
    assert [len(replies(workspace, one)) for one in many] == [1] * 60


async def test_hanging_calls_in_one_conversation_do_not_delay_others(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    hang_seconds = 0.5
    hanging = [await asked(workspace) for _ in range(4)]
    elsewhere = await workspace.post("maya", "#general", "who handles unemployment claims?")
    other = replace(await asked(workspace), channel_id=elsewhere.channel_id, message_ts=elsewhere.ts)
    workspace.fail_next("chat.postMessage", channel=ASK, times=4, is_done=True, late_seconds=hang_seconds)
    async with working(workspace, store, answers, replace(QUICK, at_once=4, in_conversation=2)) as worker:
        await asyncio.gather(*(worker.accept(one, [one.id[:32]]) for one in hanging))
        await worker.accept(replace(other, thread_ts=elsewhere.ts), ["other"])
        await until_all_done(store)
    hung = [call for call in workspace.traffic.calls("chat.postMessage") if call.arguments["channel"] == "C0ASK"]
    [reply] = workspace.messages("#general", elsewhere.ts)[1:]
    assert float(reply.ts) < hung[0].at + hang_seconds
    assert [len(replies(workspace, one)) for one in hanging] == [1] * 4


async def test_what_others_left_behind_is_picked_up(workspace: Workspace, store: Store, answers: AnswerService) -> None:
    left = await asked(workspace)
    await store.accept(left, ["1"])
    async with working(workspace, store, answers):
        await until_all_done(store)
    assert len(replies(workspace, left)) == 1


async def test_a_question_that_is_not_new_is_not_worked_on(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    first, again = await asked(workspace), await asked(workspace)
    async with working(workspace, store, answers) as worker:
        assert await worker.accept(first, ["1"])
        assert not await worker.accept(again, ["1"])
        await until_all_done(store)
    assert (len(replies(workspace, first)), replies(workspace, again)) == (1, [])


async def test_where_the_bot_may_not_look_it_rather_says_nothing_than_perhaps_twice(
    store: Store, answers: AnswerService
) -> None:
    manifest = shipped_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove("channels:history")
    async with Workspace(manifest) as workspace:
        lost = await asked(workspace)
        await store.accept(lost, ["1"], owner="a process that died", lease_seconds=-1)
        async with working(workspace, store, answers):
            await until_all_done(store)
        assert replies(workspace, lost) == []
    assert (await row_of(store, questions, lost.id))["state"] == "failed"


async def test_a_look_that_fails_is_repeated_before_anything_is_sent(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    lost = await asked(workspace)
    await store.accept(lost, ["1"], owner="a process that died", lease_seconds=-1)
    workspace.fail_next("conversations.replies", status=500, times=2)
    async with working(workspace, store, answers):
        await until_all_done(store)
    methods = [call.method for call in workspace.traffic.api_calls]
    assert methods == ["conversations.replies"] * 3 + ["chat.postMessage"]
    assert len(replies(workspace, lost)) == 1


async def test_in_a_long_thread_the_reply_is_found_on_whichever_page_it_stands(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    answered = await asked(workspace)
    for number in range(250):
        await workspace.post("andre", ASK, str(number), thread_ts=answered.message_ts)
    await store.accept(answered, ["1"], owner="a process that died", lease_seconds=-1)
    workspace.fail_next("chat.postMessage", is_done=True, is_lost=True)
    async with working(workspace, store, answers):
        await until_all_done(store)
    assert len([one for one in replies(workspace, answered) if one.bot_id]) == 1
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


async def test_a_question_that_kills_processes_gets_an_apology_and_is_not_tried_again(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    deadly = await asked(workspace)
    await store.accept(deadly, ["1"], owner="0", lease_seconds=-1)
    for number in range(1, MAX_CRASHES):
        await store.claim(str(number), 1, -1)
    async with working(workspace, store, answers):
        await until_all_done(store)
    assert [reply.text for reply in replies(workspace, deadly)] == [NOTICES[Notice.FAILED]]
    assert (await row_of(store, questions, deadly.id))["state"] == "failed"


async def test_an_hour_after_the_question_nothing_is_tried_any_more(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    late = await asked(workspace)
    await store.accept(late, ["1"])
    async with transaction(store.engine) as connection:
        await connection.execute(update(questions).values(accepted_at=questions.c.accepted_at - GIVE_UP_AFTER))
    workspace.fail_next("chat.postMessage", status=503, times=10)
    async with working(workspace, store, answers):
        await until_all_done(store)
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


async def test_where_the_bot_is_no_longer_installed_a_question_ends(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    async def nowhere(team_id: str | None, enterprise_id: str | None) -> None:
        return None

    async with working(workspace, store, answers, messenger_for=nowhere) as worker:
        await worker.accept(await asked(workspace), ["1"])
        await until_all_done(store)
    assert [row["state"] for row in await rows(store, questions)] == ["failed"]


async def test_a_database_that_fails_for_a_while_costs_no_question(
    workspace: Workspace, store: Store, answers: AnswerService
) -> None:
    left = await asked(workspace)
    await store.accept(left, ["1"])
    working_engine = store.engine
    async with working(workspace, store, answers):
        store.engine = engine_of("postgresql://nobody@127.0.0.1:1/none")
        await asyncio.sleep(0.3)
        store.engine = working_engine
        await until_all_done(store)
    assert len(replies(workspace, left)) == 1
