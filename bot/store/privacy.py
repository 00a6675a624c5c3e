"""What is kept of people, and its end: keyed hashes, forgetting, the daily clean-up."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, column, delete, select, table, union, update

from bot.store.clock import database_now
from bot.store.conversations import forget_switcher
from bot.store.engine import Connected, Database, erase_traces, insert_into, transaction
from bot.store.tables import (
    channels,
    chores,
    departures,
    keys,
    misses,
    organizations,
    questions,
    reports,
    seen,
    votes,
)

# Of slack_sdk's store; named here, for most installations need nothing else of it.
_oauth_states = table("slack_oauth_states", column("expire_at", DateTime))

_USERS_KEY = "users"
_CLEAN_UP = "clean-up"
_DAY_SECONDS = 86_400.0
# Slack tells again for a day where it is asked to (delayed events: https://docs.slack.dev/apis/events-api#retries).
SEEN_SECONDS = 25 * 3_600.0
# A question that a replica has taken is worked on for an hour at most, and written down at the end.
_LATE_SECONDS = 2 * 3_600.0
# Without their words. So long an edit finds its reply, and a button under it knows that it was pressed.
ANSWERED_DAYS = 30
_OF_PEOPLE = (questions, misses, votes, reports)
# Workspaces with their organizations. A question knows its own, which counts where the note has been lost in a race.
_MEMBERS = union(
    select(questions.c.team_id, questions.c.enterprise_id).where(questions.c.enterprise_id.is_not(None)),
    select(organizations.c.team_id, organizations.c.enterprise_id),
)


@dataclass(frozen=True)
class Erased:
    """How many rows of each kind are gone."""

    questions: int
    misses: int
    votes: int
    reports: int

    def __add__(self, other: Erased) -> Erased:
        return Erased(**{name: count + getattr(other, name) for name, count in vars(self).items()})


def user_hash(key: str, team_id: str, user_id: str) -> str:
    """A person in one workspace as 64 hexadecimal digits that only whoever has the key can make from the id.

    With the workspace in it, so that a person in two of them is two.
    """
    person = f"{team_id}:{user_id}".encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), person, hashlib.sha256).hexdigest()


async def shared_key(engine: Database) -> str:
    """The key that is kept in the store; made by whoever comes first."""
    made = {"name": _USERS_KEY, "value": secrets.token_hex(32)}
    async with transaction(engine) as connection:
        await connection.execute(insert_into(engine, keys).values(made).on_conflict_do_nothing())
        key: str = (await connection.execute(select(keys.c.value).where(keys.c.name == _USERS_KEY))).scalar_one()
    return key


async def forget_user(engine: Database, key: str, user_id: str) -> Erased:
    """Erase everything of a person, in every workspace; what is still open goes unanswered."""
    async with transaction(engine) as connection:
        total = Erased(0, 0, 0, 0)
        for team_id in await _workspaces(connection):
            is_theirs = {"team_id": team_id, "user_hash": user_hash(key, team_id, user_id)}
            total += await _erase(connection, is_theirs)
        await forget_switcher(connection, user_id)
    await erase_traces(engine)
    return total


async def forget_workspace(engine: Database, team_id: str) -> Erased:
    """Erase everything of a workspace that has put the bot out."""
    async with transaction(engine) as connection:
        for table_of_workspace in (seen, organizations, channels):
            await connection.execute(delete(table_of_workspace).filter_by(team_id=team_id))
        return await _erase(connection, {"team_id": team_id})


async def note_departure(engine: Database, team_id: str) -> None:
    """Remember that a workspace has left: something of it may come in late."""
    noted = insert_into(engine, departures).values(team_id=team_id, left_at=database_now(engine))
    async with transaction(engine) as connection:
        await connection.execute(
            noted.on_conflict_do_update(index_elements=["team_id"], set_={"left_at": noted.excluded.left_at})
        )


async def departed(engine: Database) -> Sequence[str]:
    """The workspaces that left so long ago that nothing of them comes in any more."""
    long_ago = departures.c.left_at < database_now(engine) - _LATE_SECONDS
    async with transaction(engine) as connection:
        return (await connection.execute(select(departures.c.team_id).where(long_ago))).scalars().all()


async def forget_departure(engine: Database, team_id: str) -> None:
    """Forget that a workspace has ever been there."""
    async with transaction(engine) as connection:
        await connection.execute(delete(departures).filter_by(team_id=team_id))


async def note_organization(engine: Database, team_id: str, enterprise_id: str) -> None:
    """Remember which organization a workspace belongs to."""
    noted = insert_into(engine, organizations).values(team_id=team_id, enterprise_id=enterprise_id)
    async with transaction(engine) as connection:
        await connection.execute(
            noted.on_conflict_do_update(index_elements=["team_id"], set_={"enterprise_id": enterprise_id})
        )


async def workspaces(engine: Database) -> dict[str, str | None]:
    """Every workspace that something is kept of, with its organization."""
    async with transaction(engine) as connection:
        known: dict[str, str | None] = {team: enterprise for team, enterprise in await connection.execute(_MEMBERS)}
        return dict.fromkeys(await _workspaces(connection)) | known


async def _workspaces(connection: Connected) -> Sequence[str]:
    teams = union(*(select(table_of_people.c.team_id) for table_of_people in _OF_PEOPLE))
    return (await connection.execute(teams)).scalars().all()


async def workspaces_of(engine: Database, enterprise_id: str) -> list[str]:
    """The workspaces of an organization, as far as they are known."""
    members = _MEMBERS.subquery()
    query = select(members.c.team_id).where(members.c.enterprise_id == enterprise_id).order_by(members.c.team_id)
    async with transaction(engine) as connection:
        return list((await connection.execute(query)).scalars())


async def _erase(connection: Connected, which: dict[str, str]) -> Erased:
    counts = {table.name: (await connection.execute(delete(table).filter_by(**which))).rowcount for table in _OF_PEOPLE}
    return Erased(**counts)


async def clean_up(engine: Database, retention_days: int) -> bool:
    """Remove what has been kept long enough: words at each call, the rest where no replica has done so for a day.

    Args:
        engine: Of the store.
        retention_days: For the words of misses and reports. It may have been less since the last call.

    Returns:
        Whether it was our turn for the rest.
    """
    now = database_now(engine)
    async with transaction(engine) as connection:
        await connection.execute(delete(misses).where(misses.c.asked_at < now - retention_days * _DAY_SECONDS))
        await connection.execute(delete(reports).where(reports.c.reported_at < now - retention_days * _DAY_SECONDS))
        never = insert_into(engine, chores).values(name=_CLEAN_UP, last_at=0.0).on_conflict_do_nothing()
        await connection.execute(never)
        # Or the clock was set back since the last time.
        is_its_time = (chores.c.last_at <= now - _DAY_SECONDS) | (chores.c.last_at > now)
        is_due = (chores.c.name == _CLEAN_UP) & is_its_time
        if not (await connection.execute(update(chores).where(is_due).values(last_at=now))).rowcount:
            return False
        await connection.execute(delete(seen).where(seen.c.seen_at < now - SEEN_SECONDS))
        await connection.execute(delete(questions).where(questions.c.done_at < now - ANSWERED_DAYS * _DAY_SECONDS))
        # A vote means something together with the record of its question.
        await connection.execute(delete(votes).where(votes.c.voted_at < now - ANSWERED_DAYS * _DAY_SECONDS))
        # Of those who set out to install the bot and never came back. slack_sdk writes UTC without saying so.
        expired = _oauth_states.c.expire_at < datetime.now(UTC).replace(tzinfo=None)
        await connection.execute(delete(_oauth_states).where(expired))
    return True
