"""What people think of a reply: one vote each, which may change; reports for as long as is set."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Table, update

from bot.store import Asked, Outcome, Store, Voter
from bot.store.engine import transaction
from bot.store.privacy import ANSWERED_DAYS
from bot.store.tables import reports, votes

from .support import question, rows

DAY = 86_400.0
REPLIES = [("T0ONE", "a reply"), ("T0ONE", "another reply"), ("T0TWO", "a reply of another workspace")]
MAYA, ANDRE = (Voter("T0ONE", "a reply", user * 64) for user in "ma")


@pytest.fixture(autouse=True)
async def replied(store: Store) -> None:
    """Questions that votes are on."""
    for team_id, question_id in REPLIES:
        await store.record(replace(question(team_id=team_id), id=question_id), Outcome("done", kind="answer"), [])


async def test_a_vote_and_what_was_expected_count_for_a_reply_alone_that_there_is_a_record_of(store: Store) -> None:
    for team_id, question_id in (("T0ONE", "no reply"), ("T0TWO", "a reply")):
        voter = Voter(team_id, question_id, MAYA.user_hash)
        assert await store.vote(voter, is_helpful=True) is None
        assert not await store.report(voter, None, "no")
    assert not await store.report(MAYA, None, "without a vote")
    assert [await rows(store, table) for table in (votes, reports)] == [[], []]


async def test_a_vote_may_change_and_counts_once(store: Store) -> None:
    assert await store.vote(MAYA, is_helpful=True)
    assert not await store.vote(MAYA, is_helpful=True), "the same again"
    assert await store.vote(MAYA, is_helpful=False)
    [kept] = await rows(store, votes)
    assert not kept["is_helpful"]


async def test_everybody_has_a_vote_and_every_reply_its_own(store: Store) -> None:
    others = [ANDRE, Voter("T0ONE", "another reply", MAYA.user_hash), Voter(*REPLIES[2], MAYA.user_hash)]
    for voter in (MAYA, *others):
        assert await store.vote(voter, is_helpful=True)
    assert len(await rows(store, votes)) == 4


async def test_two_votes_of_one_person_at_once_leave_one(store: Store) -> None:
    await asyncio.gather(*(store.vote(MAYA, is_helpful=bool(number % 2)) for number in range(6)))
    assert len(await rows(store, votes)) == 1


async def test_a_report_replaces_what_the_same_person_said_before(store: Store) -> None:
    await store.vote(MAYA, is_helpful=False)
    await store.report(MAYA, None, "no, the other one")
    await store.report(MAYA, "suta-rate", "")
    [kept] = await rows(store, reports)
    assert (kept["expected_topic"], kept["text"]) == ("suta-rate", "")


async def test_where_nothing_is_to_be_kept_no_report_is(store: Store) -> None:
    await store.vote(MAYA, is_helpful=False)
    await Store(store.engine, "key", 0).report(MAYA, None, "no, the other one")
    assert await rows(store, reports) == []


async def test_what_was_asked_is_found_in_its_workspace_only(store: Store) -> None:
    asked = question(text="is a quokka a dependent?")
    await store.accept(asked, ["1"])
    await store.finish(asked, Outcome("done", kind="none", miss=asked.text))
    record = Asked(asked.channel_id, asked.message_ts, asked.user_hash, "none", (), (), None, asked.text)
    assert await store.asked("T0ONE", asked.id) == record
    assert await store.asked("T0TWO", asked.id) is None


async def test_forgetting_a_person_erases_what_they_thought(store: Store) -> None:
    for user in ("U0MAYA", "U0ANDRE"):
        voter = Voter("T0ONE", "a reply", store.user_hash("T0ONE", user))
        await store.vote(voter, is_helpful=False)
        await store.report(voter, None, "no")
    erased = await store.forget_user("U0MAYA")
    assert (erased.votes, erased.reports) == (1, 1)
    theirs = store.user_hash("T0ONE", "U0ANDRE")
    assert {row["user_hash"] for table in (votes, reports) for row in await rows(store, table)} == {theirs}


async def test_forgetting_a_workspace_erases_what_was_thought_there(store: Store) -> None:
    for reply in REPLIES[1:]:
        await store.vote(Voter(*reply, MAYA.user_hash), is_helpful=True)
    await store.forget_workspace("T0ONE")
    assert [row["team_id"] for row in await rows(store, votes)] == ["T0TWO"]


@pytest.mark.parametrize(
    ("table", "column", "days"),
    [
        pytest.param(votes, "voted_at", ANSWERED_DAYS, id="votes, as long as the record of the question"),
        pytest.param(reports, "reported_at", 90, id="reports, as long as is set"),
    ],
)
@pytest.mark.parametrize("over", [False, True], ids=["not yet", "long enough"])
async def test_the_clean_up_removes_what_has_been_kept_long_enough(
    store: Store, table: Table, column: str, days: int, over: bool
) -> None:
    await store.vote(MAYA, is_helpful=False)
    await store.report(MAYA, None, "no")
    async with transaction(store.engine) as connection:
        age = days * DAY + (60 if over else -60)
        await connection.execute(update(table).values({column: table.c[column] - age}))
    await store.clean_up()
    assert len(await rows(store, table)) == (0 if over else 1)
