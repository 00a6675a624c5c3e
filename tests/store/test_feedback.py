"""What people think of a reply: one vote each, which may change; reports for as long as is set."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Table, update

from bot.store import Outcome, Store, Voter
from bot.store.engine import transaction
from bot.store.privacy import ANSWERED_DAYS
from bot.store.tables import reports, votes

from .support import question, rows

DAY = 86_400.0
MAYA, ANDRE = (Voter("T0ONE", "a reply", user * 64) for user in "ma")


async def test_a_vote_may_change_and_counts_once(store: Store) -> None:
    assert await store.vote(MAYA, is_helpful=True)
    assert not await store.vote(MAYA, is_helpful=True), "the same again"
    assert await store.vote(MAYA, is_helpful=False)
    [kept] = await rows(store, votes)
    assert not kept["is_helpful"]


async def test_everybody_has_a_vote_and_every_reply_its_own(store: Store) -> None:
    others = [ANDRE, Voter("T0ONE", "another reply", MAYA.user_hash), Voter("T0TWO", "a reply", MAYA.user_hash)]
    for voter in (MAYA, *others):
        assert await store.vote(voter, is_helpful=True)
    assert len(await rows(store, votes)) == 4


async def test_two_votes_of_one_person_at_once_leave_one(store: Store) -> None:
    await asyncio.gather(*(store.vote(MAYA, is_helpful=bool(number % 2)) for number in range(6)))
    assert len(await rows(store, votes)) == 1


async def test_a_report_replaces_what_the_same_person_said_before(store: Store) -> None:
    await store.report(MAYA, None, "no, the other one")
    await store.report(MAYA, "suta-rate", "")
    [kept] = await rows(store, reports)
    assert (kept["expected_topic"], kept["text"]) == ("suta-rate", "")


async def test_where_nothing_is_to_be_kept_no_report_is(store: Store) -> None:
    await Store(store.engine, "key", 0).report(MAYA, None, "no, the other one")
    assert await rows(store, reports) == []


async def test_the_words_of_a_miss_are_found_in_its_workspace_only(store: Store) -> None:
    asked = question(text="is a quokka a dependent?")
    await store.accept(asked, ["1"])
    await store.finish(asked, Outcome("done", kind="none", miss=asked.text))
    assert await store.words_of_miss("T0ONE", asked.id) == asked.text
    assert await store.words_of_miss("T0TWO", asked.id) is None


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
    for team_id in ("T0ONE", "T0TWO"):
        await store.vote(Voter(team_id, "a reply", MAYA.user_hash), is_helpful=True)
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
