"""Under every reply: one vote a person, what they expected instead, and why it is this reply."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import connected_to
from bot.knowledge import KnowledgeBase
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.messages.feedback import Grounds, with_foot
from bot.slack.messages.layout import Reply
from bot.store import engine_of
from bot.store.engine import transaction
from bot.store.tables import questions, reports, votes
from localslack import Message, View, Workspace
from tests.store.databases import migrated_file

from .support import (
    A_QUESTION,
    ASK,
    ITS_TITLE,
    OFF_TOPIC,
    Surface,
    ask,
    buttons,
    elements,
    plain,
    posts,
    until,
    vote,
    vote_values,
    with_button,
)


@asynccontextmanager
async def kept_bot(answers: AnswerService, url: str, retention_days: int = 90) -> AsyncIterator[Workspace]:
    """The bot with a store that a test can look into."""
    async with Workspace(shipped_manifest()) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            port=0,
            database_url=SecretStr(url),
            retention_days=retention_days,
        )
        async with connected_to(workspace, settings, answers):
            yield workspace


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated_file(tmp_path / "kept.sqlite3")


@pytest.fixture
async def workspace(answers: AnswerService, url: str) -> AsyncIterator[Workspace]:
    async with kept_bot(answers, url) as running:
        yield running


async def kept(url: str, table: Any) -> list[dict[str, Any]]:
    engine = engine_of(url)
    async with transaction(engine) as connection:
        found = [dict(row) for row in (await connection.execute(select(table))).mappings()]
    await engine.dispose()
    return found


async def modal(workspace: Workspace, user: str = "maya") -> View:
    await until(workspace, lambda: bool(workspace.views(user)))
    [view] = workspace.views(user)
    return view


def texts(view: View) -> str:
    return plain(str([block.get("text") or block.get("elements") for block in view.blocks]))


# Votes


@pytest.mark.parametrize("surface", ["channel", "thread", "dm", "command"])
@pytest.mark.parametrize(
    ("question", "choosy"),
    [
        pytest.param(A_QUESTION, False, id="an answer"),
        pytest.param(A_QUESTION, True, id="choices"),
        pytest.param(OFF_TOPIC, False, id="nothing found"),
    ],
)
async def test_every_kind_of_reply_can_be_voted_on(
    answers: AnswerService, url: str, surface: Surface, question: str, choosy: bool
) -> None:
    own = copy(answers)
    if choosy:
        own.thresholds = Thresholds(answer=1.01, choices=0.0)
    async with kept_bot(own, url) as workspace:
        reply = await ask(workspace, surface, question)
        await vote(workspace, reply, "Helpful")
        await workspace.settle()
        [told] = [one for one in workspace.ephemerals("maya", reply.channel_id) if one.ts != reply.ts]
    assert "Thank you" in told.text
    assert told.thread_ts == reply.thread_ts
    [one] = await kept(url, votes)
    assert one["is_helpful"]
    assert one["question_id"] in [row["id"] for row in await kept(url, questions)]


async def test_a_person_has_one_vote_which_may_change(workspace: Workspace, url: str) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    for label in ("Helpful", "Helpful", "Not helpful"):
        await vote(workspace, reply, label)
    await workspace.settle()
    [one] = await kept(url, votes)
    assert not one["is_helpful"]
    assert len(workspace.ephemerals("maya", ASK)) == 1, "the same vote again is no news"


async def test_nobody_sees_the_votes_of_others(workspace: Workspace, url: str) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    before = posts(workspace)
    await vote(workspace, reply, "Helpful", "maya")
    await vote(workspace, reply, "Not helpful", "andre")
    await workspace.settle()
    assert len(await kept(url, votes)) == 2
    assert posts(workspace) == before
    assert workspace.message(ASK, reply.ts) == reply
    assert workspace.ephemerals("priya", ASK) == []
    assert not any("U0" in str(row) for row in await kept(url, votes)), "no ids of users"


async def test_a_topic_shown_by_a_button_can_be_voted_on_too(workspace: Workspace, url: str) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    await workspace.click("maya", reply, action_id="show_topic:0")
    topic = await workspace.next_message(ASK)
    await vote(workspace, topic, "Helpful")
    await vote(workspace, reply, "Not helpful")
    assert vote_values(topic) != vote_values(reply)
    assert len(await kept(url, votes)) == 2


async def test_votes_on_replies_that_do_not_exist_are_not_counted(workspace: Workspace, url: str) -> None:
    for _ in range(3):
        value = f"helpful|{uuid.uuid4()}"
        message = await with_button(workspace, "vote", value)
        await workspace.click("maya", message, action_id="vote", value=value)
    await workspace.settle()
    assert await kept(url, votes) == []
    assert "no record" in workspace.ephemerals("maya", ASK)[0].text


# What was expected


async def test_not_helpful_asks_what_was_expected(workspace: Workspace, knowledge: KnowledgeBase, url: str) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    await vote(workspace, reply, "Not helpful")
    view = await modal(workspace)
    [select_block] = [block for block in view.blocks if block.get("block_id") == "topic"]
    offered = [option["value"] for group in select_block["element"]["option_groups"] for option in group["options"]]
    assert offered == list(knowledge.entries)
    words = "<!channel> I meant the <@U0ANDRE> rate"
    outcome = await workspace.submit_view(view, {"topic": "suta-rate", "words": words})
    assert (outcome.failure, outcome.errors) == (None, {})
    assert workspace.views("maya") == []
    [report] = await kept(url, reports)
    assert (report["expected_topic"], report["text"]) == ("suta-rate", words)
    assert vote_values(reply)["Helpful"].endswith(report["question_id"])
    assert posts(workspace) == 1, "nobody hears of it"


@pytest.mark.parametrize("way", ["sent empty", "skipped"])
async def test_saying_what_was_expected_is_optional(workspace: Workspace, url: str, way: str) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    await vote(workspace, reply, "Not helpful")
    view = await modal(workspace)
    await (workspace.submit_view(view) if way == "sent empty" else workspace.close_view(view))
    assert await kept(url, reports) == []
    assert len(await kept(url, votes)) == 1


async def test_a_form_of_an_older_version_is_taken_as_far_as_it_goes(workspace: Workspace, url: str) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    await vote(workspace, reply, "Not helpful")
    view = await modal(workspace)
    form = {name: view.body[name] for name in ("type", "callback_id", "private_metadata", "title", "submit")}
    older = form | {"blocks": [block for block in view.blocks if block.get("block_id") != "topic"]}
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    await client.views_update(view_id=view.id, view=older)
    outcome = await workspace.submit_view(view, {"words": "the rate"})
    assert (outcome.failure, outcome.errors) == (None, {})
    [report] = await kept(url, reports)
    assert (report["expected_topic"], report["text"]) == (None, "the rate")


async def test_what_is_expected_of_another_reply_than_was_voted_on_is_not_kept(workspace: Workspace, url: str) -> None:
    other = vote_values(await ask(workspace, "channel", A_QUESTION))["Helpful"].partition("|")[2]
    reply = await ask(workspace, "channel", A_QUESTION)
    await vote(workspace, reply, "Not helpful")
    view = await modal(workspace)
    form = {name: view.body[name] for name in ("type", "callback_id", "title", "submit", "blocks")}
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    for question_id in (other, str(uuid.uuid4())):
        await client.views_update(view_id=view.id, view=form | {"private_metadata": question_id})
        outcome = await workspace.submit_view(view, {"words": "the rate"})
        assert "no record" in str(outcome.errors)
    assert await kept(url, reports) == []


async def test_where_nothing_is_kept_nobody_is_asked(answers: AnswerService, url: str) -> None:
    async with kept_bot(answers, url, retention_days=0) as workspace:
        reply = await ask(workspace, "channel", A_QUESTION)
        await vote(workspace, reply, "Not helpful")
        await until(workspace, lambda: bool(workspace.ephemerals("maya", ASK)))
        assert workspace.views("maya") == []
    assert len(await kept(url, votes)) == 1


async def test_where_the_window_does_not_open_the_voter_is_told_all_the_same(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    workspace.fail_next("views.open", "expired_trigger_id")
    await vote(workspace, reply, "Not helpful")
    await until(workspace, lambda: bool(workspace.ephemerals("maya", ASK)))
    assert "counted" in workspace.ephemerals("maya", ASK)[0].text


# Why


async def why(workspace: Workspace, reply: Message) -> None:
    assert buttons(reply, "why") == [("why", "Why this answer?")]
    outcome = await workspace.click("andre", reply, action_id="why")
    assert outcome.failure is None


@pytest.mark.parametrize("surface", ["channel", "dm"])
async def test_why_tells_confidence_source_and_review(
    workspace: Workspace, knowledge: KnowledgeBase, surface: Surface
) -> None:
    reply = await ask(workspace, surface, "so who deals with unemployment claims when we let people go, under a PEO?")
    entry = knowledge.entries["unemployment-claims"]
    user = "andre" if surface == "channel" else "maya"
    await workspace.click(user, reply, action_id="why")
    shown = texts(await modal(workspace, user))
    assert "% sure" in shown
    assert entry.title in shown
    assert f"Reviewed {entry.reviewed.day}" in shown
    assert knowledge.provider.title in shown
    assert "Not helpful" in shown


@pytest.mark.parametrize("surface", ["channel", "command"])
async def test_nobodys_words_travel_in_the_button(workspace: Workspace, surface: Surface) -> None:
    asked = "so who deals with unemployment claims when we let Xaviera go, under a PEO?"
    [button] = [one for one in elements(await ask(workspace, surface, asked)) if one["action_id"] == "why"]
    kind, percent, topics = button["value"].split("|")
    assert (kind, topics) == ("answer", "unemployment-claims")
    assert percent.isdecimal()


async def test_why_of_a_refusal_names_what_came_nearest(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", "how much vacation do plumbers in our union get?")
    await why(workspace, reply)
    shown = texts(await modal(workspace, "andre"))
    assert "too little" in shown


async def test_where_the_window_does_not_open_why_is_told_in_a_message(workspace: Workspace) -> None:
    reply = await ask(workspace, "channel", A_QUESTION)
    workspace.fail_next("views.open", "internal_error", status=500, times=2)
    await why(workspace, reply)
    await until(workspace, lambda: bool(workspace.ephemerals("andre", ASK)))
    [told] = workspace.ephemerals("andre", ASK)
    assert ITS_TITLE in told.text
    assert told.thread_ts == reply.thread_ts


@pytest.mark.parametrize("value", ["", "why", "answer|x|peo", "answer|97", "answer|97|peo|aso"])
def test_a_button_that_is_not_ours_tells_nothing(value: str) -> None:
    assert Grounds.parse(value) is None


def test_labels_say_to_a_screen_reader_what_they_are_about() -> None:
    foot = with_foot(Reply("x", []), "id", Grounds("answer", 90, ["peo"])).blocks[-1]
    [buttons] = foot["elements"]
    spoken: Mapping[str, str] = {
        name: buttons[name]["accessibility_label"] for name in ("positive_button", "negative_button")
    }
    assert spoken == {
        "positive_button": "This reply was helpful",
        "negative_button": "This reply was not helpful",
    }
