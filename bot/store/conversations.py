"""Where the bot speaks: channels that have let it, threads in which it has, and messages that it has answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from bot.store.clock import database_now
from bot.store.engine import Connected, Database, insert_into, transaction
from bot.store.model import Asked, ChannelSetting, Exchange, Question, Shown
from bot.store.tables import channels, misses, questions

# So long after an answer, what is said in its thread may lean on it.
THREAD_SECONDS = 3_600.0
# Answers of a thread that are looked at, the latest ones; an hour seldom has more.
_MOST_ANSWERS = 50
_ASKING = ("channel", "dm", "plain", "shortcut", "deletion", "external")


# Channels


async def channel_setting(engine: Database, team_id: str, channel_id: str) -> ChannelSetting:
    """What the bot has been told about a channel; where that is nothing, it answers when mentioned."""
    query = select(channels.c.listens, channels.c.switched_by).filter_by(team_id=team_id, channel_id=channel_id)
    async with transaction(engine) as connection:
        row = (await connection.execute(query)).one_or_none()
    return ChannelSetting(row.listens, row.switched_by) if row else ChannelSetting(False, None)


async def switch_listening(engine: Database, team_id: str, channel_id: str, *, listens: bool, user_id: str) -> None:
    """Let the bot answer plain questions in a channel, or no longer."""
    said = {"listens": listens, "switched_by": user_id, "switched_at": database_now(engine)}
    async with transaction(engine) as connection:
        await connection.execute(_upsert(engine, {"team_id": team_id, "channel_id": channel_id}, said, said))


async def introduce(engine: Database, question: Question) -> bool:
    """Whether this is the joining with which the bot introduces itself in a channel: the first one there."""
    which = {"team_id": question.team_id, "channel_id": question.channel_id}
    first = {"introduction": func.coalesce(channels.c.introduction, question.id)}
    noted = _upsert(engine, which, {"introduction": question.id, "listens": False}, first)
    async with transaction(engine) as connection:
        introduction = (await connection.execute(noted.returning(channels.c.introduction))).scalar_one()
    return bool(introduction == question.id)


def _upsert(engine: Database, which: dict[str, str], new: dict[str, Any], old: dict[str, Any]) -> Any:
    return insert_into(engine, channels).values(**which, **new).on_conflict_do_update(index_elements=[*which], set_=old)


async def forget_switcher(connection: Connected, user_id: str) -> None:
    """Erase who switched a channel; what was switched stays."""
    await connection.execute(update(channels).where(channels.c.switched_by == user_id).values(switched_by=None))


# Threads


async def shown_before(engine: Database, question: Question) -> Shown:
    """What a question may lean on: an answer in its conversation that is not older than an hour.

    Two people may ask in turns, so that it is the latest answer to the same person, or else the latest one.
    """
    asked_at = question.message_ts or ""
    if question.thread_ts == asked_at:
        # It begins its thread, as most mentions do: the database need not be asked.
        return Shown()
    query = (
        select(questions.c.user_hash, questions.c.topics, questions.c.places)
        .filter_by(team_id=question.team_id, channel_id=question.channel_id, thread_ts=question.thread_ts)
        # All of a thread was asked after its first message, which leaves the index less to read.
        .where(questions.c.message_ts >= (question.thread_ts or ""), questions.c.message_ts < asked_at)
        .where(questions.c.done_at > database_now(engine) - THREAD_SECONDS, questions.c.state == "done")
        # Offered choices are no topic yet; what a button shows is one, without a kind.
        .where(questions.c.kind.is_(None) | (questions.c.kind == "answer"))
        .order_by(questions.c.accepted_at.desc())
        .limit(_MOST_ANSWERS)
    )
    async with transaction(engine) as connection:
        answered = [
            (user, Shown(topics, places or ())) for user, topics, places in await connection.execute(query) if topics
        ]
    own = [shown for user, shown in answered if user == question.user_hash]
    return next(iter(own or [shown for _, shown in answered]), Shown())


# Messages


async def exchange(engine: Database, question: Question) -> Sequence[Exchange]:
    """What became of the message of a question at all its revisions, the first one first."""
    query = (
        select(
            questions.c.id,
            questions.c.surface,
            questions.c.revision,
            questions.c.state,
            questions.c.kind,
            questions.c.reply_ts,
        )
        .filter_by(team_id=question.team_id, channel_id=question.channel_id, message_ts=question.message_ts)
        .where(questions.c.surface.in_(_ASKING))
        .order_by(func.coalesce(questions.c.revision, ""))
    )
    async with transaction(engine) as connection:
        rows = (await connection.execute(query)).all()
    return [
        Exchange(row.id, row.surface, row.revision or "", row.state == "open", row.kind, row.reply_ts) for row in rows
    ]


async def asked(engine: Database, team_id: str, question_id: str) -> Asked | None:
    """What the record says of a question; None where there is none, or none any more."""
    c = questions.c
    told = select(c.channel_id, c.message_ts, c.user_hash, c.kind, c.topics, c.places, c.focus, misses.c.text)
    query = told.outerjoin_from(questions, misses, misses.c.id == c.id).where(c.team_id == team_id, c.id == question_id)
    async with transaction(engine) as connection:
        row = (await connection.execute(query.where(c.state == "done"))).one_or_none()
    return Asked(row[0], row[1], row[2], row[3], row[4] or (), row[5] or (), row[6], row[7]) if row else None


async def offered(engine: Database, button: Question) -> Sequence[str] | None:
    """The topics that the reply with a button offered; None where there is no record of that reply."""
    c = questions.c
    query = (
        select(c.topics)
        .filter_by(team_id=button.team_id, channel_id=button.channel_id, reply_ts=button.message_ts, kind="choices")
        # The question came before its reply, and in a thread after the first message: less of the index to read.
        .where(c.message_ts <= (button.message_ts or ""), c.message_ts >= (button.thread_ts or ""))
    )
    async with transaction(engine) as connection:
        found = (await connection.execute(query)).scalars().all()
    return [topic for topics in found for topic in topics or ()] if found else None
