"""What people think of a reply: one vote each, which they may change, and what they expected instead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from bot.store.clock import database_now
from bot.store.engine import Database, insert_into, transaction
from bot.store.tables import questions, reports, votes


@dataclass(frozen=True)
class Voter:
    """A person before one reply, which is known by the id of its question."""

    team_id: str
    question_id: str
    user_hash: str


async def vote(engine: Database, voter: Voter, *, is_helpful: bool) -> bool | None:
    """Count a person's vote, replacing their earlier one; whether it differs from that.

    Returns:
        None where there is no record of the question, or not any more: the vote is not counted.
    """
    theirs = {"team_id": voter.team_id, "question_id": voter.question_id, "user_hash": voter.user_hash}
    values = {"is_helpful": is_helpful, "voted_at": database_now(engine)}
    is_known = select(questions.c.id).filter_by(team_id=voter.team_id, id=voter.question_id)
    async with transaction(engine) as connection:
        if (await connection.execute(is_known)).scalar() is None:
            return None
        before = (await connection.execute(select(votes.c.is_helpful).filter_by(**theirs))).scalar()
        if before is None:
            # Two clicks at once: the later one wins, as it does one after the other.
            statement = insert_into(engine, votes).values(**theirs, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=list(theirs), set_=values))
        elif before != is_helpful:
            await connection.execute(update(votes).filter_by(**theirs).values(**values))
    return before != is_helpful


async def report(engine: Database, voter: Voter, expected_topic: str | None, text: str) -> bool:
    """Keep what a person expected, replacing what they said about this reply before.

    Returns:
        Whether it is kept: the form opens after a vote, so a report without one is dropped.
    """
    theirs = {"team_id": voter.team_id, "question_id": voter.question_id, "user_hash": voter.user_hash}
    values = {"expected_topic": expected_topic, "text": text, "reported_at": database_now(engine)}
    statement = insert_into(engine, reports).values(**theirs, **values)
    async with transaction(engine) as connection:
        if (await connection.execute(select(votes.c.is_helpful).filter_by(**theirs))).scalar() is None:
            return False
        await connection.execute(statement.on_conflict_do_update(index_elements=list(theirs), set_=values))
    return True
