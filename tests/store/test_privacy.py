"""What is kept of people, for how long, and how it is erased."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Table, update

from bot.settings import Settings
from bot.store import Outcome, Store, open_store
from bot.store.engine import Database, transaction
from bot.store.privacy import ANSWERED_DAYS, SEEN_SECONDS, shared_key, user_hash
from bot.store.tables import metadata, misses, questions, seen

from .databases import migrated_file
from .support import question, rows

DAY = 86_400.0
WORDS = "is the quokka a dependent?"
DONE = Outcome("done", kind="answer", topics=("peo",))
MISS = Outcome("done", kind="none", miss=WORDS, nearest=("employee-benefits",))


async def everything(store: Store) -> str:
    return str([await rows(store, table) for table in metadata.tables.values()])


async def asked_by(store: Store, user_id: str, key: str, outcome: Outcome, team_id: str = "T0ONE") -> None:
    asked = question(team_id=team_id, text=WORDS, user_hash=store.user_hash(team_id, user_id))
    await store.accept(asked, [key])
    await store.finish(asked, outcome)


async def test_the_words_of_a_question_that_was_answered_are_nowhere(store: Store) -> None:
    await asked_by(store, "U0MAYA", "1", DONE)
    assert "quokka" not in await everything(store)


async def test_the_words_of_a_miss_are_kept_for_the_owners(store: Store) -> None:
    await asked_by(store, "U0MAYA", "1", MISS)
    [miss] = await rows(store, misses)
    assert (miss["text"], miss["nearest"], miss["team_id"]) == (WORDS, ["employee-benefits"], "T0ONE")


async def test_where_nothing_is_to_be_kept_not_even_a_miss_is(store: Store) -> None:
    keeps_nothing = Store(store.engine, "key", 0)
    await asked_by(keeps_nothing, "U0MAYA", "1", MISS)
    assert "quokka" not in await everything(store)


async def test_no_user_id_is_kept(store: Store) -> None:
    await asked_by(store, "U0MAYA", "1", MISS)
    assert "U0MAYA" not in await everything(store)


def test_a_user_is_the_same_under_one_key_in_one_workspace_only() -> None:
    same = user_hash("key", "T0ONE", "U0MAYA")
    assert same == user_hash("key", "T0ONE", "U0MAYA")
    others = [("other", "T0ONE", "U0MAYA"), ("key", "T0TWO", "U0MAYA"), ("key", "T0ONE", "U0ANDRE")]
    assert same not in [user_hash(*other) for other in others]


async def test_the_key_is_made_once_and_shared(store: Store) -> None:
    assert await shared_key(store.engine) == await shared_key(store.engine)
    assert len(await shared_key(store.engine)) == 64


async def test_a_key_from_the_environment_wins_and_is_not_kept(tmp_path: Any) -> None:
    url, key = SecretStr(migrated_file(tmp_path / "x.sqlite3")), "a key of sixteen and more"
    async with open_store(Settings(database_url=url, hash_key=SecretStr(key))) as store:
        assert store.user_hash("T0ONE", "U0MAYA") == user_hash(key, "T0ONE", "U0MAYA")
        assert key not in await everything(store)


async def test_forgetting_a_person_erases_them_everywhere_and_nobody_else(store: Store) -> None:
    for number, team_id in enumerate(("T0ONE", "T0TWO")):
        await asked_by(store, "U0MAYA", f"maya {number}", MISS, team_id)
        await asked_by(store, "U0ANDRE", f"andre {number}", MISS, team_id)
    erased = await store.forget_user("U0MAYA")
    assert (erased.questions, erased.misses) == (2, 2)
    left = {row["user_hash"] for table in (questions, misses) for row in await rows(store, table)}
    assert left == {store.user_hash("T0ONE", "U0ANDRE"), store.user_hash("T0TWO", "U0ANDRE")}


@pytest.mark.parametrize("who", ["a person", "a workspace"])
async def test_who_is_forgotten_while_the_reply_is_on_its_way_leaves_nothing(store: Store, who: str) -> None:
    asked = question(text=WORDS, user_hash=store.user_hash("T0ONE", "U0MAYA"))
    await store.accept(asked, ["1"])
    await (store.forget_user("U0MAYA") if who == "a person" else store.forget_workspace("T0ONE"))
    await store.finish(asked, MISS)
    assert "quokka" not in await everything(store)


@pytest.mark.parametrize("surface", ["channel", "deletion"])
@pytest.mark.parametrize("is_answered_first", [True, False], ids=["after the answer", "before the answer"])
async def test_a_miss_goes_with_the_words_that_were_edited_or_deleted(
    store: Store, surface: str, is_answered_first: bool
) -> None:
    asked, other = question(text=WORDS), question(text=WORDS, message_ts="1700000000.000200")
    change = question(surface=surface, text="which wombat?", revision="1700000001.000000")
    for number, one in enumerate((asked, other)):
        await store.accept(one, [str(number)])
    if is_answered_first:
        await store.finish(asked, MISS)
    await store.accept(change, ["change"])
    assert await rows(store, misses) == []
    if not is_answered_first:
        await store.finish(asked, MISS)
    await store.finish(change, replace(MISS, miss="which wombat?") if surface == "channel" else Outcome("done"))
    await store.finish(other, MISS)
    kept = [miss["text"] for miss in await rows(store, misses)]
    assert kept == (["which wombat?"] if surface == "channel" else []) + [WORDS]


async def test_where_less_is_to_be_kept_than_before_what_is_too_old_goes_at_the_start(store: Store) -> None:
    await asked_by(store, "U0MAYA", "1", MISS)
    assert await store.clean_up()
    await _age(store.engine, misses, "asked_at", 30 * DAY)
    assert not await Store(store.engine, "key", 31).clean_up()
    assert len(await rows(store, misses)) == 1
    assert not await Store(store.engine, "key", 0).clean_up()
    assert await rows(store, misses) == []


async def test_forgetting_a_workspace_erases_it_and_no_other(store: Store) -> None:
    for team_id in ("T0ONE", "T0TWO"):
        await asked_by(store, "U0MAYA", "1", MISS, team_id)
    erased = await store.forget_workspace("T0ONE")
    assert (erased.questions, erased.misses) == (1, 1)
    assert {row["team_id"] for table in (questions, misses, seen) for row in await rows(store, table)} == {"T0TWO"}


@pytest.mark.parametrize(
    ("table", "column", "kept_seconds"),
    [
        pytest.param(seen, "seen_at", SEEN_SECONDS, id="what was seen, 25 hours"),
        pytest.param(questions, "done_at", ANSWERED_DAYS * DAY, id="what was answered, 30 days"),
        pytest.param(misses, "asked_at", 90 * DAY, id="misses, as long as is set"),
    ],
)
async def test_the_clean_up_removes_what_has_been_kept_long_enough(
    store: Store, table: Table, column: str, kept_seconds: float
) -> None:
    await asked_by(store, "U0MAYA", "1", MISS)
    await _age(store.engine, table, column, kept_seconds - 60)
    assert await store.clean_up()
    assert len(await rows(store, table)) == 1
    await _age(store.engine, table, column, 120)
    assert not await store.clean_up(), "once a day"
    assert len(await rows(store, table)) == (0 if table is misses else 1), "but words at once"
    await _age(store.engine, metadata.tables["chores"], "last_at", DAY)
    assert await store.clean_up()
    assert await rows(store, table) == []


async def test_the_clean_up_goes_on_after_the_clock_was_set_back(store: Store) -> None:
    assert await store.clean_up()
    await _age(store.engine, metadata.tables["chores"], "last_at", -365 * DAY)
    assert await store.clean_up()


async def test_the_clean_up_leaves_open_questions_alone(store: Store) -> None:
    await store.accept(question(), ["1"])
    await _age(store.engine, questions, "accepted_at", 1_000 * DAY)
    await store.clean_up()
    assert len(await rows(store, questions)) == 1


async def _age(engine: Database, table: Table, column: str, seconds: float) -> None:
    async with transaction(engine) as connection:
        await connection.execute(update(table).values({column: table.c[column] - seconds}))
