"""A question that was accepted is safe, is new only once, and has one owner at a time until it has its outcome."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.errors import RowError, StoreError
from bot.store import Outcome, Room, Store, Voter, engine_of
from bot.store.engine import ASK_AFTER_SECONDS, transaction
from bot.store.tables import misses, questions, reports, seen

from .databases import migrated
from .support import question, row_of, rows

DONE = Outcome("done", kind="answer", topics=("suta-rate",), confidence=0.9, reply_channel="C0ASK", reply_ts="1.2")
LONG = 60.0
OVER = -1.0  # a lease that has run out
# No database can store this; it stands for any row that is refused.
UNSTORABLE = {"value": {"quokka"}}


# Once


async def test_a_question_is_accepted_once_whichever_of_its_keys_comes_again(store: Store) -> None:
    assert await store.accept(question(), ["event 1", "message 1"])
    assert not await store.accept(question(), ["event 1", "message 1"])
    assert not await store.accept(question(), ["event 2", "message 1"])
    assert await store.accept(question(), ["event 3", "message 3"])
    assert len(await rows(store, questions)) == 2


async def test_of_many_at_once_one_is_new(store: Store) -> None:
    news = await asyncio.gather(*(store.accept(question(), [f"event {n}", "message"]) for n in range(150)))
    assert news.count(True) == 1
    assert len(await rows(store, questions)) == 1


async def test_two_workspaces_have_keys_of_their_own(store: Store) -> None:
    assert await store.accept(question(team_id="T0ONE"), ["message 1"])
    assert await store.accept(question(team_id="T0TWO"), ["message 1"])


async def test_the_same_keys_at_two_replicas_are_new_at_one_of_them(database_url: str, store: Store) -> None:
    other = Store(engine_of(database_url), "key", 90)
    try:
        keys = [[f"event {n}", f"message {n}"] for n in range(60)]
        ours = asyncio.gather(*(store.accept(question(), own) for own in keys))
        theirs = asyncio.gather(*(other.accept(question(), own) for own in reversed(keys)))
        first, second = await ours, await theirs
    finally:
        await other.engine.dispose()
    assert [(one, two) for one, two in zip(first, reversed(second), strict=True) if one == two] == []
    assert len(await rows(store, questions)) == 60


async def test_a_key_that_is_to_count_as_new_again_does(store: Store) -> None:
    click = question()
    await store.accept(click, ["click"])
    await store.finish(click, Outcome("failed", unseen=["click"]))
    assert await store.accept(question(), ["click"])


# Owners and leases


async def test_a_question_with_an_owner_is_nobody_elses_while_the_lease_runs(store: Store) -> None:
    await store.accept(question(), ["1"], owner="one", lease_seconds=LONG)
    assert await store.claim("two", 10, LONG) == []


async def test_a_question_without_an_owner_is_claimed_once_as_it_was_accepted(store: Store) -> None:
    accepted = question(surface="button", text=None, button={"action_id": "show_more", "value": "peo"})
    await store.accept(accepted, ["1"], lease_seconds=LONG)
    [claimed] = await store.claim("one", 10, LONG)
    assert (claimed.id, claimed.text, claimed.button) == (accepted.id, accepted.text, accepted.button)
    assert (claimed.may_be_sent, claimed.crashes) == (False, 0)
    assert await store.claim("two", 10, LONG) == []


async def test_where_an_owner_let_the_lease_run_out_the_next_one_knows_that_the_reply_may_be_sent(store: Store) -> None:
    await store.accept(question(), ["1"], owner="one", lease_seconds=OVER)
    [claimed] = await store.claim("two", 10, OVER)
    assert (claimed.may_be_sent, claimed.crashes) == (True, 1)
    [claimed] = await store.claim("three", 10, LONG)
    assert (claimed.may_be_sent, claimed.crashes) == (True, 2)


async def test_an_extended_lease_holds(store: Store) -> None:
    accepted = question()
    await store.accept(accepted, ["1"], owner="one", lease_seconds=OVER)
    assert await store.extend("one", [accepted.id], LONG) == {accepted.id}
    assert await store.claim("two", 10, LONG) == []


@pytest.mark.parametrize("may_be_sent", [True, False])
async def test_what_is_handed_back_is_claimed_after_its_delay_and_nobody_died_over_it(
    store: Store, may_be_sent: bool
) -> None:
    accepted = question()
    await store.accept(accepted, ["1"], owner="one", lease_seconds=LONG)
    await store.release("one", accepted, delay_seconds=300, may_be_sent=may_be_sent)
    await _move_clock(store, 200)
    assert await store.claim("two", 10, LONG) == []
    await _move_clock(store, 100)
    [claimed] = await store.claim("two", 10, LONG)
    assert (claimed.may_be_sent, claimed.crashes) == (may_be_sent, 0)
    assert claimed.age_seconds == pytest.approx(300, abs=60)


async def test_an_owner_who_came_too_late_changes_nothing(store: Store) -> None:
    accepted = question()
    await store.accept(accepted, ["1"], owner="one", lease_seconds=OVER)
    await store.claim("two", 10, LONG)
    assert await store.extend("one", [accepted.id], OVER) == set()
    await store.release("one", accepted, delay_seconds=0, may_be_sent=False)
    assert await store.claim("three", 10, LONG) == []


@pytest.mark.parametrize("left", ["handed back", "its owner dead", "to be checked for duplicates"])
async def test_a_clock_that_is_set_back_holds_up_no_question(store: Store, left: str) -> None:
    accepted = question()
    await store.accept(accepted, ["1"], owner="one", lease_seconds=300 if left == "its owner dead" else LONG)
    if left == "handed back":
        await store.release("one", accepted, delay_seconds=300, may_be_sent=False)
    elif left == "to be checked for duplicates":
        await store.finish(accepted, DONE, look_again_seconds=300)
    await _move_clock(store, -6_000)
    assert await store.claim("two", 10, LONG) == [], "its wait starts again, because its owner may be alive"
    await _move_clock(store, 200)
    assert await store.claim("two", 10, LONG) == []
    await _move_clock(store, 100)
    [claimed] = await store.claim("two", 10, LONG)
    assert (claimed.id, claimed.crashes) == (accepted.id, 1 if left == "its owner dead" else 0)
    assert claimed.age_seconds == 0


async def _move_clock(store: Store, seconds: float) -> None:
    """Make everything written so far that much older."""
    moved = {name: questions.c[name] - seconds for name in ("accepted_at", "due_at")}
    async with transaction(store.engine) as connection:
        await connection.execute(update(questions).values(moved))


async def test_replicas_that_claim_at_once_share_the_work(database_url: str, store: Store) -> None:
    for number in range(40):
        await store.accept(question(), [str(number)])
    other = Store(engine_of(database_url), "key", 90)
    try:
        claims = await asyncio.gather(*(one.claim("any", 10, LONG) for one in (store, other) for _ in range(3)))
    finally:
        await other.engine.dispose()
    ids = [claimed.id for claim in claims for claimed in claim]
    assert len(ids) == len(set(ids)) == 40


async def test_the_oldest_are_claimed_first(store: Store) -> None:
    accepted = [question() for _ in range(3)]
    for number, one in enumerate(accepted):
        await store.accept(one, [str(number)])
    claimed = await store.claim("one", 2, LONG)
    assert {one.id for one in claimed} == {one.id for one in accepted[:2]}


async def test_a_claim_is_limited_per_conversation_and_workspace(store: Store) -> None:
    busy = [question(channel_id="C0BUSY") for _ in range(5)]
    others = [question(channel_id="C0QUIET"), question(channel_id="C0BUSY", team_id="T0TWO")]
    for one in (*busy, *others):
        await store.accept(one, [one.id[:32]])
    claimed = await store.claim("one", 10, LONG, Room(per_workspace=3, per_conversation=2))
    assert [one.id for one in claimed] == [one.id for one in (*busy[:2], *others)]
    full = Room(2, 2, full_workspaces=["T0TWO"], full_conversations=[("T0ONE", "C0QUIET")])
    assert [one.id for one in await store.claim("one", 10, LONG, full)] == [one.id for one in busy[2:4]]


async def test_a_deferred_question_is_neither_claimed_nor_due(store: Store) -> None:
    await store.accept(question(), ["1"], delay_seconds=LONG)
    await store.accept(question(), ["2"], owner="one", lease_seconds=LONG)
    assert await store.claim("one", 10, LONG) == []
    assert (await store.due_count(), await store.open_count()) == (0, 2)
    await store.accept(question(), ["3"])
    assert (await store.due_count(), await store.open_count()) == (1, 3)


# The end


async def test_a_reply_to_check_for_duplicates_is_claimed_again_with_its_place_and_without_words(store: Store) -> None:
    asked = question()
    await store.accept(asked, ["1"], owner="one", lease_seconds=LONG)
    await store.finish(asked, DONE, look_again_seconds=0)
    assert await store.open_count() == 0
    [claimed] = await store.claim("two", 10, LONG)
    assert claimed.posted is not None
    assert (claimed.posted.channel_id, claimed.posted.ts, claimed.text) == ("C0ASK", "1.2", None)
    assert (await row_of(store, questions, asked.id))["state"] == "done"
    await store.close(claimed)
    assert (await row_of(store, questions, asked.id))["due_at"] is None


async def test_with_its_outcome_a_question_is_closed_and_its_words_are_gone(store: Store) -> None:
    asked = question(response_url="https://hooks.slack.com/secret", button={"value": "x"})
    await store.accept(asked, ["1"], owner="one", lease_seconds=OVER)
    assert await store.open_count() == 1
    await store.finish(asked, DONE)
    assert await store.open_count() == 0
    assert await store.claim("two", 10, LONG) == []
    row = await row_of(store, questions, asked.id)
    assert (row["text"], row["button"], row["response_url"], row["owner"]) == (None, None, None, None)
    assert (row["state"], row["kind"], row["topics"], row["reply_ts"]) == ("done", "answer", ["suta-rate"], "1.2")
    assert row["done_at"] >= row["accepted_at"]


async def test_a_question_that_was_answered_in_the_same_breath_is_written_once_and_closed(store: Store) -> None:
    asked = question(surface="command", message_ts=None, thread_ts=None)
    assert await store.record(asked, DONE, ["1"])
    assert not await store.record(question(), DONE, ["1"])
    [row] = await rows(store, questions)
    assert (row["state"], row["text"], row["due_at"], row["topics"]) == ("done", None, None, ["suta-rate"])
    assert await store.claim("one", 10, LONG) == []


async def test_what_comes_at_once_is_all_written(store: Store) -> None:
    asked = [question() for _ in range(250)]
    await asyncio.gather(*(store.accept(one, [one.id[:32]], owner="one", lease_seconds=LONG) for one in asked))
    await asyncio.gather(*(store.finish(one, DONE) for one in asked), store.accept(question(), ["another"]))
    assert await store.open_count() == 1
    assert len(await rows(store, seen)) == 251


async def test_a_database_that_is_gone_is_told_to_everybody_who_waits() -> None:
    gone = Store(engine_of("postgresql://nobody@127.0.0.1:1/nothing"), "key", 90)
    waiting = (gone.accept(question(), [str(number)]) for number in range(5))
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [StoreError] * 5


async def test_what_cannot_be_stored_is_not_repeated_in_its_error(store: Store) -> None:
    with pytest.raises(RowError) as raised:
        await store.accept(question(button=UNSTORABLE), ["1"])
    assert "quokka" not in str(raised.value)
    assert await store.accept(question(), ["2"])


async def test_a_row_that_is_refused_fails_for_itself_alone(store: Store) -> None:
    finished = [question() for _ in range(10)]
    await asyncio.gather(*(store.accept(one, [one.id[:32]]) for one in finished))
    incoming = [question(button=UNSTORABLE if number % 6 == 0 else None) for number in range(60)]
    results = await asyncio.gather(
        *(store.accept(one, [one.id[:32]]) for one in incoming),
        *(store.finish(one, DONE) for one in finished),
        return_exceptions=True,
    )
    assert [type(result) for result in results[:60:6]] == [RowError] * 10
    assert [result for result in results if not isinstance(result, RowError)] == [True] * 50 + [None] * 10
    assert await store.open_count() == 50


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("T0ONE\0", id="NUL"),
        pytest.param("T0\ud800", id="half of a character"),
        pytest.param("T" * 33, id="too long"),
        pytest.param(5, id="a number"),
        pytest.param({"id": "T0ONE"}, id="an object"),
    ],
)
async def test_whatever_an_id_is_it_is_stored_as_itself_and_as_no_other(store: Store, odd: Any) -> None:
    ids = ("enterprise_id", "channel_id", "message_ts", "thread_ts", "revision", "user_id")
    user_hash = store.user_hash(odd, odd)
    asked = question(team_id=odd, user_hash=user_hash, **dict.fromkeys(ids, odd))
    assert await store.accept(asked, ["1"])
    assert await store.accept(question(), ["1"]), "another workspace"
    assert not await store.accept(replace(asked, id="another"), ["1"])
    [known] = await store.exchange(replace(asked, revision=None))
    assert known.question_id == asked.id
    await store.switch_listening(odd, odd, listens=True, user_id=odd)
    assert (await store.channel_setting(odd, odd)).listens
    assert not (await store.channel_setting("T0ONE", "C0ASK")).listens
    assert await store.vote(Voter(odd, asked.id, user_hash), is_helpful=True)
    assert await store.vote(Voter(odd, odd, user_hash), is_helpful=True) is None
    await store.finish(asked, replace(DONE, miss="x", reply_channel=odd, reply_ts=odd))
    assert (await store.forget_workspace(odd)).misses == 1
    assert len(await rows(store, questions)) == 1


async def test_words_are_stored_without_what_no_database_takes(store: Store) -> None:
    asked = question(text="a\0b\ud800c", response_url="x\0y", button={"value": "a\0b\ud800"})
    assert await store.accept(asked, ["1"])
    row = await row_of(store, questions, asked.id)
    assert (row["text"], row["response_url"]) == ("ab?c", "xy")
    voter = Voter("T0ONE", asked.id, "0" * 64)
    await store.vote(voter, is_helpful=False)
    await store.report(voter, "peo\0", "d\0\udfff")
    await store.finish(asked, replace(DONE, miss="d\0e"))
    assert [miss["text"] for miss in await rows(store, misses)] == ["de"]
    assert [report["text"] for report in await rows(store, reports)] == ["d?"]


async def test_after_the_server_closed_every_connection_the_next_question_is_accepted(tmp_path: Path) -> None:
    async with migrated("postgresql", tmp_path) as url:
        engine, other = engine_of(url), engine_of(url)
        store = Store(engine, "key", 90)
        await store.accept(question(), ["1"])
        async with transaction(other) as connection:
            ours = "datname = current_database() AND pid <> pg_backend_pid()"
            await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
        await asyncio.sleep(ASK_AFTER_SECONDS + 0.1)
        assert await store.accept(question(), ["2"])
        await other.dispose()
        await engine.dispose()


async def test_whoever_gives_up_waiting_leaves_the_database_to_the_others(store: Store) -> None:
    for moment in (0.0, 0.0005, 0.002):
        waiting = [asyncio.create_task(store.open_count()) for _ in range(5)]
        await asyncio.sleep(moment)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    one = question()
    assert await store.accept(one, [one.id[:32]])
    assert await store.open_count() == 1
