"""When Slack refuses, slows down or reconnects, or the bot has a bug: no crash, no silence, no secrets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import copy
from functools import partial
from typing import Any, Literal

import pytest
from pydantic import SecretStr
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import bot_in_workspace
from bot.conversation.contents import Notice
from bot.conversation.deliveries import Pace
from bot.conversation.replies import Replies
from bot.conversation.worker import Worker
from bot.knowledge import KnowledgeBase
from bot.live_answers import Answers
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.install.clients import Identity, OneWorkspace
from bot.slack.install.scopes import Granted
from bot.slack.install.tenancy import Tenancy
from bot.slack.install.workspaces import Workspaces
from bot.slack.messages.notices import NOTICES
from bot.slack.metrics import Metrics
from bot.slack.run import messenger_for
from bot.slack.services import Services
from bot.slack.web_api import api_session, posting_client
from bot.store import open_store
from bot.store.engine import IN_MEMORY
from localslack import RESPONSE_URL, ApiCallRecord, NotJson, Workspace
from tests.shared import PATIENT
from tests.slack.processes import free_port

from .bot_with_a_bug import MARKER, BuggyAnswers
from .support import (
    A_QUESTION,
    ASK,
    ITS_TITLE,
    Surface,
    ask,
    buttons,
    by_model,
    labelled_sides_in_text,
    plain,
    posts,
    replies,
    title,
    title_of,
    until,
)

PLACES: list[Surface] = ["channel", "dm"]


# Slack refuses


@pytest.mark.parametrize("surface", PLACES)
async def test_where_slack_refuses_the_blocks_the_text_says_the_same(
    workspace: Workspace, knowledge: KnowledgeBase, surface: Surface
) -> None:
    row = knowledge.rows[-1]
    workspace.fail_next("chat.postMessage", "invalid_blocks")
    reply = await ask(workspace, surface, row.question)
    assert reply.blocks == ()
    assert plain(reply.text).startswith(row.title)
    assert by_model(labelled_sides_in_text(reply)) == {"ASO": row.aso, "PEO": row.peo}
    await workspace.settle()
    assert len(workspace.traffic.calls("chat.postMessage")) == 2


@pytest.mark.parametrize("error", ["invalid_attachments", "only_one_table_allowed", "some_future_error"])
async def test_any_error_about_content_ends_in_one_reply_of_text_alone(workspace: Workspace, error: str) -> None:
    workspace.fail_next("chat.postMessage", error)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    [reply] = replies(workspace, asked)
    assert (reply.blocks, reply.metadata is None) == ((), False)
    assert plain(reply.text).startswith(ITS_TITLE)
    assert [call.error for call in workspace.traffic.calls("chat.postMessage")] == [error, None]
    assert workspace.ephemerals("maya", ASK) == []


async def test_a_reply_whose_metadata_slack_rejects_comes_without_metadata(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "metadata_too_large")
    reply = await ask(workspace, "channel", A_QUESTION)
    assert reply.metadata is None
    assert plain(reply.text).startswith(ITS_TITLE)


@pytest.mark.parametrize("surface", [*PLACES, "command"])
async def test_where_slack_refuses_the_blocks_behind_a_button_the_text_says_the_same(
    workspace: Workspace, surface: Surface, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, surface, A_QUESTION)
    (action_id, label), *_ = buttons(reply, "show_topic")
    workspace.fail_next(RESPONSE_URL if surface == "command" else "chat.postMessage", "invalid_blocks")
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle()
    if surface == "command":
        new = workspace.ephemerals("maya", ASK)[-1]
    else:
        new = await workspace.next_message(reply.channel_id)
    assert new.blocks == ()
    assert plain(new.text).startswith(title_of(knowledge, label))


async def test_where_slack_refuses_the_blocks_of_a_chosen_answer_the_text_says_the_same(
    answers: AnswerService, knowledge: KnowledgeBase
) -> None:
    unsure = copy(answers)
    unsure.thresholds = Thresholds(answer=1.01, choices=0.0)
    async with bot_in_workspace(unsure, timing=PATIENT) as workspace:
        offer = await ask(workspace, "channel", A_QUESTION)
        (action_id, label), *_ = buttons(offer, "choose_topic")
        workspace.fail_next("chat.update", "invalid_blocks")
        await workspace.click("maya", offer, action_id=action_id)
        await workspace.settle()
        answer = workspace.message(ASK, offer.ts)
    assert answer is not None
    assert answer.blocks == ()
    assert plain(answer.text).startswith(title_of(knowledge, label))


@pytest.mark.parametrize("surface", PLACES)
@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param("internal_error", 200, id="an internal error"),
        pytest.param("internal_error", 500, id="an internal error with status 500"),
        pytest.param("service_unavailable", 503, id="a maintenance"),
    ],
)
async def test_after_a_failure_that_passes_the_reply_comes_once(
    workspace: Workspace, error: str, status: int, surface: Surface
) -> None:
    workspace.fail_next("chat.postMessage", error, status=status)
    assert title(await ask(workspace, surface, A_QUESTION)) == ITS_TITLE
    await workspace.settle()
    assert len(looks(workspace)) == 1, "Slack may have posted it: looked for before it is sent again"
    assert len(workspace.traffic.calls("chat.postMessage")) == 2


@pytest.mark.parametrize("surface", PLACES)
@pytest.mark.parametrize("is_lost", [False, True], ids=["said otherwise", "said nothing"])
async def test_a_reply_that_slack_posted_although_it_did_not_say_so_is_not_sent_again(
    workspace: Workspace, surface: Surface, is_lost: bool
) -> None:
    workspace.fail_next("chat.postMessage", status=500, is_done=True, is_lost=is_lost)
    reply = await ask(workspace, surface, A_QUESTION)
    await until(workspace, lambda: bool(looks(workspace)))
    await workspace.settle()
    assert title(reply) == ITS_TITLE
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


async def test_a_proxys_response_in_place_of_a_response_urls_is_no_refusal(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    (action_id, label), *_ = buttons(reply, "show_topic")
    workspace.fail_next(RESPONSE_URL, status=403, page=NotJson("<h1>Blocked</h1>"))
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle()
    assert [title(message) for message in workspace.ephemerals("maya", ASK)] == [ITS_TITLE, title_of(knowledge, label)]


def looks(workspace: Workspace) -> list[ApiCallRecord]:
    """The times that the bot has looked for a reply of its own."""
    return workspace.traffic.calls("conversations.replies") + workspace.traffic.calls("conversations.history")


async def test_what_one_person_alone_sees_comes_after_a_failure_too(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    (action_id, label), *_ = buttons(reply, "show_topic")
    workspace.fail_next(RESPONSE_URL, status=500)
    await workspace.click("maya", reply, action_id=action_id)
    await until(workspace, lambda: len(workspace.ephemerals("maya", ASK)) == 2)
    await workspace.settle()
    assert [title(message) for message in workspace.ephemerals("maya", ASK)] == [ITS_TITLE, title_of(knowledge, label)]


@pytest.mark.parametrize("error", ["is_archived", "restricted_action"])
async def test_after_a_refusal_the_next_question_is_answered(workspace: Workspace, error: str) -> None:
    workspace.fail_next("chat.postMessage", error)
    refused = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    assert replies(workspace, refused) == []
    assert len(workspace.traffic.calls("chat.postMessage")) == 1, "what Slack refuses once, it refuses again"
    assert title(await ask(workspace, "channel", A_QUESTION)) == ITS_TITLE


async def test_a_reply_that_slack_finds_too_long_comes_in_words_alone(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "msg_too_long")
    reply = await ask(workspace, "channel", A_QUESTION)
    assert reply.blocks == ()
    assert plain(reply.text).startswith(ITS_TITLE)


async def test_a_mention_where_the_bot_cannot_post_is_answered_in_a_direct_message(workspace: Workspace) -> None:
    ts = "1700000000.000100"
    text = f"<@{workspace.bot_user_id}> {A_QUESTION}"
    event = {"type": "app_mention", "user": "U0MAYA", "text": text, "channel": "C0RANDOM", "ts": ts}
    delivery = await workspace.deliver(event)
    await delivery.settled()
    reply = await workspace.next_message(workspace.direct_channel("maya"))
    assert delivery.acked is not None
    assert ITS_TITLE in reply.text
    await workspace.settle()
    assert [call.error for call in workspace.traffic.calls("chat.postMessage")] == ["not_in_channel", None]


async def test_told_to_slow_down_the_bot_waits_and_answers_once(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=1)
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    assert title(reply) == ITS_TITLE
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1
    refused, sent = workspace.traffic.calls("chat.postMessage")
    assert (refused.error, sent.error) == ("ratelimited", None)
    assert sent.at - refused.at >= 1


# The connection


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_after_slack_renews_the_connection_questions_are_answered(
    workspace: Workspace, reason: Literal["warning", "refresh_requested"]
) -> None:
    await workspace.refresh_connections(reason)
    await workspace.wait_connected()
    assert title(await ask(workspace, "channel", A_QUESTION)) == ITS_TITLE
    assert title(await ask(workspace, "command", A_QUESTION)) == ITS_TITLE


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_a_question_after_several_renewals_gets_one_reply(workspace: Workspace) -> None:
    for _ in range(3):
        await workspace.refresh_connections()
        await workspace.wait_connected()
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1


# The bot has a bug


@pytest.fixture
def buggy_answers(answers: AnswerService) -> AnswerService:
    return BuggyAnswers.over(answers)


@pytest.fixture
async def buggy(buggy_answers: AnswerService) -> AsyncIterator[Workspace]:
    async with bot_in_workspace(buggy_answers, timing=PATIENT) as running:
        yield running


SURFACES_WITH_BUGS: list[Surface] = ["channel", "thread", "dm", "command"]


@pytest.mark.parametrize("surface", SURFACES_WITH_BUGS)
async def test_a_bug_is_told_in_one_plain_sentence_where_the_answer_would_have_stood(
    buggy: Workspace, surface: Surface
) -> None:
    reply = await ask(buggy, surface, f"what about {MARKER}?")
    await buggy.settle()
    assert reply.text == NOTICES[Notice.FAILED]
    assert reply.blocks == ()
    assert (reply.thread_ts is not None) == (surface in ("channel", "thread"))
    assert (reply.ephemeral_to is not None) == (surface == "command")
    assert posts(buggy) + len(buggy.ephemerals("maya", ASK)) == 1


def test_the_sentence_for_a_bug_says_what_to_do_and_nothing_technical() -> None:
    assert len(NOTICES[Notice.FAILED]) < 160
    assert "again" in NOTICES[Notice.FAILED]
    assert [word for word in ("Error", "Traceback", "exception", "None") if word in NOTICES[Notice.FAILED]] == []


@pytest.mark.parametrize("surface", SURFACES_WITH_BUGS)
async def test_after_a_bug_the_next_question_is_answered(buggy: Workspace, surface: Surface) -> None:
    await ask(buggy, surface, MARKER)
    assert title(await ask(buggy, surface, A_QUESTION)) == ITS_TITLE


@pytest.mark.parametrize("surface", ["channel", "dm", "command"])
async def test_a_bug_behind_a_button_is_told_to_the_one_who_pressed_it(buggy: Workspace, surface: Surface) -> None:
    reply = await ask(buggy, surface, A_QUESTION)
    before = posts(buggy)
    (action_id, _), *_ = buttons(reply, "show_topic")
    outcome = await buggy.click("maya", reply, action_id=action_id)
    await buggy.settle()
    assert outcome.failure is None
    told = buggy.ephemerals("maya", reply.channel_id)[-1]
    assert told.text == NOTICES[Notice.FAILED]
    assert posts(buggy) == before
    if reply.ephemeral_to:
        assert title(buggy.ephemerals("maya", ASK)[0]) == ITS_TITLE, "the answer stays"


async def test_a_bug_and_an_unreachable_slack_together_do_no_harm(buggy_answers: AnswerService) -> None:
    problems: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    identity = Identity(team_id="T0LOCAL", enterprise_id=None, bot_id="B0BOT", bot_user_id="U0BOT")
    settings = Settings(database_url=SecretStr(IN_MEMORY))
    async with open_store(settings) as store, api_session() as session:
        client = posting_client("xoxb-local", f"http://127.0.0.1:{free_port()}/api/", session)
        clients = OneWorkspace(client, identity)
        in_use, metrics = Answers(buggy_answers), Metrics()
        to_reply = Replies(in_use)
        worker = Worker(store, to_reply, partial(messenger_for, clients), metrics, Pace(backoff_seconds=4))
        tenants = Tenancy(clients, Workspaces(store, clients, None, lambda _: client), Granted(), client.auth_test)
        services = Services(in_use, to_reply, lambda team_id: None, worker, store, metrics)
        app = build_app(client, tenants, services)
        event = {"type": "app_mention", "user": "U0MAYA", "channel": "C0ASK", "text": MARKER, "ts": "1.2"}
        body = {"type": "event_callback", "team_id": "T0LOCAL", "event_id": "Ev0", "event": event}
        async with worker.running():
            response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        assert response.status == 200
        assert await store.open_count() == 1, "it waits for Slack to come back"
    assert problems == []
