"""Channels say whether the bot listens; threads what was talked about; messages what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import update

from bot.store import ChannelSetting, Exchange, Outcome, Question, Store
from bot.store.conversations import THREAD_SECONDS
from bot.store.engine import transaction
from bot.store.tables import channels, questions

from .support import question, rows

MAYA, ANDRE = "a" * 64, "b" * 64
PARENT = "1700000000.000100"


def said(ts: str, user: str = MAYA, **changes: Any) -> Question:
    """Something said in the thread, so many seconds after its beginning."""
    return question(**{"message_ts": f"17000000{ts}.000100", "thread_ts": PARENT, "user_hash": user, **changes})


async def answered(
    store: Store, asked: Question, *topics: str, kind: str | None = "answer", places: Sequence[str] = ()
) -> Question:
    await store.accept(asked, [asked.id[:32]])
    await store.finish(asked, Outcome("done", kind=kind, topics=topics, places=places, reply_ts=f"{asked.message_ts}9"))
    return asked


# Channels


async def test_where_nobody_has_said_anything_the_bot_does_not_listen(store: Store) -> None:
    assert await store.channel_setting("T0ONE", "C0ASK") == ChannelSetting(False, None)


async def test_a_channel_is_switched_on_and_off_and_tells_by_whom(store: Store) -> None:
    await store.switch_listening("T0ONE", "C0ASK", listens=True, user_id="U0MAYA")
    assert await store.channel_setting("T0ONE", "C0ASK") == ChannelSetting(True, "U0MAYA")
    await store.switch_listening("T0ONE", "C0ASK", listens=False, user_id="U0ANDRE")
    assert await store.channel_setting("T0ONE", "C0ASK") == ChannelSetting(False, "U0ANDRE")


async def test_a_channel_of_the_same_id_in_another_workspace_is_another_one(store: Store) -> None:
    await store.switch_listening("T0ONE", "C0ASK", listens=True, user_id="U0MAYA")
    assert not (await store.channel_setting("T0TWO", "C0ASK")).listens


async def test_the_bot_introduces_itself_once_in_each_channel_however_often_it_joins(store: Store) -> None:
    first, again, elsewhere = question(), question(), question(channel_id="C0OTHER")
    assert await store.introduce(first)
    assert not await store.introduce(again)
    assert await store.introduce(first), "whoever takes over from a process that died goes on with it"
    assert await store.introduce(elsewhere)


async def test_an_introduction_leaves_what_was_said_before(store: Store) -> None:
    await store.switch_listening("T0ONE", "C0ASK", listens=True, user_id="U0MAYA")
    assert await store.introduce(question())
    assert await store.channel_setting("T0ONE", "C0ASK") == ChannelSetting(True, "U0MAYA")


async def test_who_switched_a_channel_can_be_forgotten_and_the_switch_stays(store: Store) -> None:
    await store.switch_listening("T0ONE", "C0ASK", listens=True, user_id="U0MAYA")
    await store.forget_user("U0MAYA")
    assert await store.channel_setting("T0ONE", "C0ASK") == ChannelSetting(True, None)


async def test_the_channels_of_a_workspace_go_with_it(store: Store) -> None:
    for team_id in ("T0ONE", "T0TWO"):
        await store.switch_listening(team_id, "C0ASK", listens=True, user_id="U0MAYA")
    await store.forget_workspace("T0ONE")
    assert [row["team_id"] for row in await rows(store, channels)] == ["T0TWO"]


# Threads


async def test_a_question_leans_on_the_answer_before_it_in_its_thread(store: Store) -> None:
    await answered(store, said("01"), "suta-rate")
    await answered(store, said("02"), "peo", "aso")
    assert (await store.shown_before(said("03"))).topics == ["peo", "aso"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"thread_ts": "1700000000.000200"}, id="another thread"),
        pytest.param({"channel_id": "C0OTHER"}, id="another channel"),
        pytest.param({"team_id": "T0TWO"}, id="another workspace"),
    ],
)
async def test_what_is_said_elsewhere_does_not_count(store: Store, other: dict[str, str]) -> None:
    await answered(store, said("01", **other), "suta-rate")
    assert list((await store.shown_before(said("02"))).topics) == []


@pytest.mark.parametrize("kind", ["choices", "none"])
async def test_what_was_no_answer_does_not_count(store: Store, kind: str) -> None:
    await answered(store, said("01"), "suta-rate", kind=kind)
    assert list((await store.shown_before(said("02"))).topics) == []


async def test_what_a_button_showed_counts(store: Store) -> None:
    await answered(store, said("01", surface="button"), "suta-rate", kind=None)
    assert (await store.shown_before(said("02"))).topics == ["suta-rate"]


async def test_of_two_people_each_goes_on_with_their_own_topic(store: Store) -> None:
    await answered(store, said("01", MAYA), "suta-rate")
    await answered(store, said("02", ANDRE), "employee-benefits")
    assert (await store.shown_before(said("03", MAYA))).topics == ["suta-rate"]
    assert (await store.shown_before(said("04", ANDRE))).topics == ["employee-benefits"]
    assert (await store.shown_before(said("05", "c" * 64))).topics == ["employee-benefits"], (
        "who asks for the first time"
    )


async def test_after_an_hour_a_thread_is_over(store: Store) -> None:
    await answered(store, said("01"), "suta-rate")
    for age, topics in ((THREAD_SECONDS - 60, ["suta-rate"]), (120, [])):
        async with transaction(store.engine) as connection:
            await connection.execute(update(questions).values(done_at=questions.c.done_at - age))
        assert list((await store.shown_before(said("02"))).topics) == topics


async def test_direct_messages_outside_threads_are_one_conversation(store: Store) -> None:
    place: dict[str, Any] = {"surface": "dm", "channel_id": "D0MAYA", "thread_ts": None}
    await answered(store, said("01", **place), "suta-rate")
    assert (await store.shown_before(said("02", **place))).topics == ["suta-rate"]


async def test_an_edited_question_does_not_lean_on_itself(store: Store) -> None:
    await answered(store, said("01"), "suta-rate")
    assert list((await store.shown_before(said("01", revision="1700000050.000100"))).topics) == []


# Messages


async def test_a_message_has_its_revisions_in_their_order(store: Store) -> None:
    edit = said("01", revision="1700000050.000100")
    await store.accept(edit, ["edit"])
    first = await answered(store, said("01"), "suta-rate")
    await answered(store, said("02"), "peo")
    await answered(store, said("01", surface="button"), "peo")
    assert await store.exchange(edit) == [
        Exchange(first.id, "channel", "", False, "answer", f"{first.message_ts}9"),
        Exchange(edit.id, "channel", "1700000050.000100", True, None, None),
    ]
