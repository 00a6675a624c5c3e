"""What people think of a reply: one vote each, which they may change, and what they expected instead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from bot.store.clock import database_now
from bot.store.engine import Database, insert_into, transaction
from bot.store.tables import misses, reports, votes


@dataclass(frozen=True)
class Voter:
    """A person before one reply, which is known by the id of its question."""

    team_id: str
    question_id: str
    user_hash: str


async def vote(engine: Database, voter: Voter, *, is_helpful: bool) -> bool:
    """Count a person's vote in the place of their former one; whether it is another than before."""
    theirs = {"team_id": voter.team_id, "question_id": voter.question_id, "user_hash": voter.user_hash}
    values = {"is_helpful": is_helpful, "voted_at": database_now(engine)}
    async with transaction(engine) as connection:
        before = (await connection.execute(select(votes.c.is_helpful).filter_by(**theirs))).scalar()
        if before is None:
            # Two clicks at once: the later one wins, as it does one after the other.
            statement = insert_into(engine, votes).values(**theirs, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=list(theirs), set_=values))
        elif before != is_helpful:
            await connection.execute(update(votes).filter_by(**theirs).values(**values))
    return before != is_helpful


async def report(engine: Database, voter: Voter, expected_topic: str | None, text: str) -> None:
    """Keep what a person expected, in the place of what they said of this reply before."""
    theirs = {"team_id": voter.team_id, "question_id": voter.question_id, "user_hash": voter.user_hash}
    values = {"expected_topic": expected_topic, "text": text, "reported_at": database_now(engine)}
    statement = insert_into(engine, reports).values(**theirs, **values)
    async with transaction(engine) as connection:
        await connection.execute(statement.on_conflict_do_update(index_elements=list(theirs), set_=values))


async def words_of_miss(engine: Database, team_id: str, question_id: str) -> str | None:
    """The words of a question that had no answer; None where they are not kept, or not any more."""
    async with transaction(engine) as connection:
        text: str | None = (
            await connection.execute(select(misses.c.text).filter_by(team_id=team_id, id=question_id))
        ).scalar()
    return text
