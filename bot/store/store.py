"""The store: what the rest of the bot asks of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy import delete as delete_from

from bot.settings import Settings
from bot.store import conversations, feedback, privacy
from bot.store.clock import database_now
from bot.store.columns import storable_id
from bot.store.engine import Database, engine_of, insert_into, transaction
from bot.store.feedback import Voter
from bot.store.gathering import Gathering
from bot.store.migrating import check_schema, migrate_apart
from bot.store.model import Asked, ChannelSetting, Exchange, Outcome, Posted, Question, Room, Shown
from bot.store.privacy import Erased
from bot.store.tables import misses, questions, seen


@dataclass(frozen=True)
class _Accepted:
    """A question that comes in; with an ``outcome`` it was answered in the same breath."""

    question: Question
    keys: Sequence[str]
    owner: str | None = None
    lease_seconds: float = 0.0
    delay_seconds: float = 0.0
    outcome: Outcome | None = None

    @property
    def seen(self) -> set[tuple[str, str]]:
        """Its keys with their workspace, as `seen` has them."""
        return {(storable_id(self.question.team_id), storable_id(key)) for key in self.keys}


@dataclass(frozen=True)
class _Finished:
    question: Question
    outcome: Outcome
    look_again_seconds: float | None


_Write: TypeAlias = _Accepted | _Finished

# Smaller steps back are rounding or a clock being adjusted gradually.
_CLOCK_SECONDS = 1.0
# Of a question, what is written when it comes in.
_GIVEN = (
    "id",
    "team_id",
    "enterprise_id",
    "surface",
    "channel_id",
    "message_ts",
    "thread_ts",
    "user_hash",
    "user_id",
    "text",
    "button",
    "response_url",
    "revision",
)
_TOLD = ("state", "kind", "topics", "places", "focus", "confidence", "reply_channel", "reply_ts")


class Store:
    """The operations on the tables. Each is safe in the database when it returns.

    All raise `StoreError` where the database cannot be used.

    Args:
        engine: On a database with the schema of this code.
        key: For the hashes of users.
        retention_days: How long the words of misses are kept; 0 keeps none.
    """

    def __init__(self, engine: Database, key: str, retention_days: int) -> None:
        self.engine = engine
        self._key = key
        self.retention_days = retention_days
        self._writes = Gathering(self._write)
        self._now = database_now(engine)
        self._is_postgres = engine.dialect.name == "postgresql"
        self._insert_seen = self._statement_for_seen()
        self._insert_question = self._statement_for_question()
        self._finish_question = self._statement_for_finish()
        self._insert_miss = self._statement_for_miss()
        self._delete_former_misses = self._statement_for_former_misses()
        self._wait_anew = self._statement_for_a_clock_set_back()

    async def ping(self) -> None:
        """Ask the database for a sign of life."""
        async with transaction(self.engine) as connection:
            await connection.execute(text("SELECT 1"))

    # Questions

    async def accept(
        self,
        question: Question,
        keys: Sequence[str],
        *,
        owner: str | None = None,
        lease_seconds: float = 0.0,
        delay_seconds: float = 0.0,
    ) -> bool:
        """Take a question in, unless one of its keys has been seen.

        Args:
            question: With an id of its own.
            keys: What Slack's second telling of it would share; up to 32 characters each.
            owner: Who works on it from now on; None leaves it to whoever claims it.
            lease_seconds: How long the owner has, until `extend`.
            delay_seconds: Without an owner, how long before it can be claimed.

        Returns:
            Whether it is new.
        """
        return await self._writes.add(_Accepted(question, keys, owner, lease_seconds, delay_seconds))

    async def record(self, question: Question, outcome: Outcome, keys: Sequence[str]) -> bool:
        """Take in a question that has its answer already; see `accept`."""
        return await self._writes.add(_Accepted(question, keys, outcome=outcome))

    async def mark(self, team_id: str, keys: Sequence[str]) -> bool:
        """Count keys as seen, as `accept` does, without a question; whether all of them are new."""
        rows = [{"team_id": team_id, "key": key} for key in sorted(keys)]
        async with transaction(self.engine) as connection:
            unseen = await connection.run_sync(lambda inside: inside.execute(self._insert_seen, rows).all())
        return len(unseen) == len(rows)

    async def unmark(self, team_id: str, keys: Sequence[str]) -> None:
        """Count keys as new again."""
        async with transaction(self.engine) as connection:
            await connection.execute(delete_from(seen).where(seen.c.team_id == team_id, seen.c.key.in_(keys)))

    async def finish(self, question: Question, outcome: Outcome, *, look_again_seconds: float | None = None) -> None:
        """Write down what became of a question, and erase its words.

        Args:
            question: As it was accepted or claimed.
            outcome: What became of it.
            look_again_seconds: When it can be claimed again to check for duplicates of the reply; None for never.
        """
        await self._writes.add(_Finished(question, outcome, look_again_seconds))

    async def close(self, question: Question) -> None:
        """A question that is done needs no further check for duplicates."""
        closed = update(questions).where(questions.c.id == question.id).values(owner=None, due_at=None)
        async with transaction(self.engine) as connection:
            await connection.execute(closed)

    async def claim(self, owner: str, limit: int, lease_seconds: float, room: Room | None = None) -> list[Question]:
        """Take over questions that are due and that nobody works on, the first due first.

        One whose owner let the lease run out died over it, perhaps after it had sent the reply.

        Args:
            owner: Who works on them from now on.
            limit: How many at most.
            lease_seconds: As of `accept`.
            room: Limits per workspace and conversation; None for no limits.
        """
        was_owned = questions.c.owner.is_not(None)
        claimed = (
            update(questions)
            .where(questions.c.id.in_(self._unlocked(self._due(limit, room))))
            .values(
                owner=owner,
                **self._due_in(lease_seconds),
                deaths=questions.c.deaths + case((was_owned, 1), else_=0),
                may_be_sent=or_(questions.c.may_be_sent, was_owned),
            )
            .returning(
                questions,
                (self._now - questions.c.accepted_at).label("age_seconds"),
                (self._now - questions.c.done_at).label("posted_seconds"),
            )
        )
        async with transaction(self.engine) as connection:
            await connection.execute(self._wait_anew)
            rows = (await connection.execute(claimed)).mappings().all()
        return [_question(row) for row in rows]

    def _due(self, limit: int, room: Room | None) -> Select[tuple[str]]:
        due = select(questions.c.id).where(questions.c.due_at <= self._now).order_by(questions.c.due_at).limit(limit)
        return due if room is None else due.where(questions.c.id.in_(self._with_room(room)))

    def _with_room(self, room: Room) -> Select[tuple[str]]:
        """What is due, within the limit of each conversation, and then within that of each workspace."""
        conversation = (questions.c.team_id, questions.c.channel_id)
        due = select(questions.c.id, questions.c.team_id, questions.c.due_at, _rank(questions, *conversation))
        due = due.where(questions.c.due_at <= self._now)
        if room.full_workspaces:
            due = due.where(questions.c.team_id.not_in(room.full_workspaces))
        if room.full_conversations:
            due = due.where(tuple_(*conversation).not_in(room.full_conversations))
        first = due.subquery()
        of_conversations = select(first.c.id, _rank(first, first.c.team_id)).where(
            first.c.rank <= room.per_conversation
        )
        of_workspaces = of_conversations.subquery()
        return select(of_workspaces.c.id).where(of_workspaces.c.rank <= room.per_workspace)

    def _due_in(self, seconds: float | BindParameter[float]) -> dict[str, Any]:
        return {"due_at": self._now + seconds, "wait_seconds": seconds}

    def _unlocked(self, due: Select[tuple[str]]) -> Select[tuple[str]]:
        # What another replica is claiming right now is left to it. SQLite has one writer anyway.
        return due.with_for_update(skip_locked=True) if self._is_postgres else due

    async def extend(self, owner: str, ids: Sequence[str], lease_seconds: float) -> set[str]:
        """Keep what an owner works on for so long from now; the ids of what is still theirs."""
        is_theirs = (questions.c.owner == owner) & questions.c.id.in_(ids)
        extended = update(questions).where(is_theirs).values(self._due_in(lease_seconds)).returning(questions.c.id)
        async with transaction(self.engine) as connection:
            return set((await connection.execute(extended)).scalars())

    async def hand_back(self, owner: str, question: Question, *, delay_seconds: float, may_be_sent: bool) -> None:
        """Leave a question to whoever claims it, after a delay.

        Args:
            owner: Who has it; where that is somebody else by now, it stays theirs.
            question: As it was accepted or claimed.
            delay_seconds: Nobody takes it before.
            may_be_sent: Whether its reply may have reached Slack.
        """
        left = {"owner": None, **self._due_in(delay_seconds), "may_be_sent": may_be_sent}
        is_theirs = (questions.c.owner == owner) & (questions.c.id == question.id)
        async with transaction(self.engine) as connection:
            await connection.execute(update(questions).where(is_theirs).values(left))

    async def open_count(self) -> int:
        """How many questions have no outcome yet."""
        return await self._count((questions.c.due_at.is_not(None)) & (questions.c.state == "open"))

    async def due_count(self) -> int:
        """How many questions wait to be claimed now; those deferred to a later time do not count."""
        return await self._count(questions.c.due_at <= self._now)

    async def _count(self, which: ColumnElement[bool]) -> int:
        async with transaction(self.engine) as connection:
            counted = select(func.count()).select_from(questions).where(which)
            return int((await connection.execute(counted)).scalar_one())

    # Conversations

    async def channel_setting(self, team_id: str, channel_id: str) -> ChannelSetting:
        """What the bot has been told about a channel."""
        return await conversations.channel_setting(self.engine, team_id, channel_id)

    async def switch_listening(self, team_id: str, channel_id: str, *, listens: bool, user_id: str) -> None:
        """Let the bot answer plain questions in a channel, or no longer."""
        await conversations.switch_listening(self.engine, team_id, channel_id, listens=listens, user_id=user_id)

    async def introduce(self, question: Question) -> bool:
        """Whether this is the joining with which the bot introduces itself in a channel: the first one there."""
        return await conversations.introduce(self.engine, question)

    async def shown_before(self, question: Question) -> Shown:
        """What a question may lean on: see `conversations.shown_before`."""
        return await conversations.shown_before(self.engine, question)

    async def exchange(self, question: Question) -> Sequence[Exchange]:
        """What became of the message of a question at all its revisions, the first one first."""
        return await conversations.exchange(self.engine, question)

    async def asked(self, team_id: str, question_id: str) -> Asked | None:
        """What the record says of a question; None where there is none, or none any more."""
        return await conversations.asked(self.engine, team_id, question_id)

    async def offered(self, button: Question) -> Sequence[str] | None:
        """The topics that the reply with a button offered; None where there is no record of that reply."""
        return await conversations.offered(self.engine, button)

    # What people think of the replies

    async def vote(self, voter: Voter, *, is_helpful: bool) -> bool | None:
        """Count a person's vote: see `feedback.vote`."""
        return await feedback.vote(self.engine, voter, is_helpful=is_helpful)

    async def report(self, voter: Voter, expected_topic: str | None, text: str) -> bool:
        """Keep what a person expected instead of a reply, if reports are kept: see `feedback.report`."""
        return bool(self.retention_days) and await feedback.report(self.engine, voter, expected_topic, text)

    # Privacy

    def user_hash(self, team_id: str, user_id: str) -> str:
        """What a person is called in the store."""
        return privacy.user_hash(self._key, team_id, user_id)

    async def forget_user(self, user_id: str) -> Erased:
        """Erase everything of a person, in every workspace."""
        return await privacy.forget_user(self.engine, self._key, user_id)

    async def forget_workspace(self, team_id: str) -> Erased:
        """Erase everything of a workspace that has put the bot out."""
        return await privacy.forget_workspace(self.engine, team_id)

    async def note_departure(self, team_id: str) -> None:
        """Remember that a workspace has left: something of it may come in late."""
        await privacy.note_departure(self.engine, team_id)

    async def departed(self) -> Sequence[str]:
        """The workspaces that left so long ago that nothing of them comes in any more."""
        return await privacy.departed(self.engine)

    async def forget_departure(self, team_id: str) -> None:
        """Forget that a workspace has ever been there."""
        await privacy.forget_departure(self.engine, team_id)

    async def note_organization(self, team_id: str, enterprise_id: str) -> None:
        """Remember which organization a workspace belongs to."""
        await privacy.note_organization(self.engine, team_id, enterprise_id)

    async def workspaces(self) -> dict[str, str | None]:
        """Every workspace that something is kept of, with its organization."""
        return await privacy.workspaces(self.engine)

    async def workspaces_of(self, enterprise_id: str) -> list[str]:
        """The workspaces of an organization, as far as they are known."""
        return await privacy.workspaces_of(self.engine, enterprise_id)

    async def clean_up(self) -> bool:
        """Remove what has been kept long enough: words at once, the rest once a day by one replica; whether that was us
        now.
        """
        return await privacy.clean_up(self.engine, self.retention_days)

    # Writing

    async def _write(self, writes: Sequence[_Write]) -> list[bool]:
        async with transaction(self.engine) as connection:
            new = await connection.run_sync(self._write_all, writes)
        return [isinstance(write, _Finished) or write.question.id in new for write in writes]

    def _write_all(self, connection: Connection, writes: Sequence[_Write]) -> set[str]:
        """Write everything; the ids of what is new of what comes in."""
        incoming = [write for write in writes if isinstance(write, _Accepted)]
        new = self._take_in(connection, incoming) if incoming else set()
        endings = [write for write in writes if isinstance(write, _Finished)]
        finished = [(write.question, write.outcome) for write in endings]
        if endings:
            connection.execute(self._finish_question, [_ending(write) for write in endings])
        told = [(one.question, one.outcome) for one in incoming if one.outcome and one.question.id in new]
        self._keep_misses(connection, finished + told)
        changed = [one.question for one in incoming if one.question.id in new] + [question for question, _ in finished]
        self._erase_former_misses(connection, [question for question in changed if question.revision is not None])
        self._unsee(connection, finished)
        return new

    def _take_in(self, connection: Connection, incoming: Sequence[_Accepted]) -> set[str]:
        # In one order everywhere, so that two replicas with the same keys wait for each other, and never in a circle.
        keys = sorted(set[tuple[str, str]]().union(*(one.seen for one in incoming)))
        rows = [{"team_id": team_id, "key": key} for team_id, key in keys]
        unseen = {(team, key) for team, key in connection.execute(self._insert_seen, rows)} if rows else set()
        new = []
        for one in incoming:
            if one.seen <= unseen:
                unseen -= one.seen
                new.append(one)
        if new:
            connection.execute(self._insert_question, [_row(one) for one in new])
        return {one.question.id for one in new}

    def _keep_misses(self, connection: Connection, ended: Sequence[tuple[Question, Outcome]]) -> None:
        rows = [
            {
                "question_id": question.id,
                "its_text": outcome.miss,
                "its_nearest": list(outcome.nearest),
            }
            for question, outcome in ended
            if outcome.miss is not None
        ]
        if rows and self.retention_days:
            connection.execute(self._insert_miss, rows)

    def _erase_former_misses(self, connection: Connection, changes: Sequence[Question]) -> None:
        """Erase the words of what was edited or deleted, once that is known and again once all before it has ended."""
        names = ("team_id", "channel_id", "message_ts", "revision")
        rows = [{f"its_{name}": getattr(change, name) for name in names} for change in changes]
        if rows:
            connection.execute(self._delete_former_misses, rows)

    def _unsee(self, connection: Connection, ended: Sequence[tuple[Question, Outcome]]) -> None:
        rows = [{"team": question.team_id, "its_key": key} for question, outcome in ended for key in outcome.unseen]
        if rows:
            is_it = (seen.c.team_id == bindparam("team")) & (seen.c.key == bindparam("its_key"))
            connection.execute(delete_from(seen).where(is_it), rows)

    def _statement_for_seen(self) -> Any:
        inserted = insert_into(self.engine, seen).values(seen_at=self._now).on_conflict_do_nothing()
        return inserted.returning(seen.c.team_id, seen.c.key)

    def _statement_for_question(self) -> Any:
        lease: Any = bindparam("lease_seconds", type_=questions.c.due_at.type)
        is_done = bindparam("is_done", type_=questions.c.may_be_sent.type)
        return insert(questions).values(
            accepted_at=self._now,
            due_at=case((is_done, None), else_=self._now + lease),
            wait_seconds=lease,
            done_at=case((is_done, self._now), else_=None),
            deaths=0,
            may_be_sent=literal(False),
        )

    def _statement_for_miss(self) -> Any:
        """Keep a miss, unless its question was erased meanwhile, or edited or deleted."""
        c, later = questions.c, questions.alias("later")
        same_message = and_(*(later.c[name] == c[name] for name in ("team_id", "channel_id", "message_ts")))
        is_outdated = exists().where(same_message, later.c.revision > func.coalesce(c.revision, ""))
        its_text = bindparam("its_text", type_=misses.c.text.type)
        its_nearest = bindparam("its_nearest", type_=misses.c.nearest.type)
        kept = select(c.id, c.team_id, c.user_hash, its_text, its_nearest, self._now)
        kept = kept.where(c.id == bindparam("question_id", type_=c.id.type), ~is_outdated)
        return insert(misses).from_select(["id", "team_id", "user_hash", "text", "nearest", "asked_at"], kept)

    def _statement_for_former_misses(self) -> Any:
        c = questions.c
        is_same = and_(*(c[name] == bindparam(f"its_{name}") for name in ("team_id", "channel_id", "message_ts")))
        former = select(c.id).where(
            is_same, func.coalesce(c.revision, "") < bindparam("its_revision", type_=c.revision.type)
        )
        return delete_from(misses).where(misses.c.id.in_(former))

    def _statement_for_a_clock_set_back(self) -> Any:
        """A question due later than its wait allows starts that wait again from now."""
        c = questions.c
        is_late = (c.due_at > self._now) & (c.due_at > self._now + c.wait_seconds + _CLOCK_SECONDS)
        return update(questions).where(is_late).values(due_at=self._now + c.wait_seconds)

    def _statement_for_finish(self) -> Any:
        told = {name: bindparam(name, type_=questions.c[name].type) for name in _TOLD}
        erased = {"user_id": None, "text": None, "button": None, "response_url": None}
        # NULL, and so never claimed again, without a check to come.
        wait = bindparam("look_again_seconds", type_=questions.c.due_at.type)
        return (
            update(questions)
            .where(questions.c.id == bindparam("question_id"))
            .values({**told, **erased, "owner": None, **self._due_in(wait), "done_at": self._now})
        )


def _rank(table: FromClause, *columns: ColumnElement[str]) -> ColumnElement[int]:
    """The rank of each row by due time, among rows with the same values in these columns."""
    return func.row_number().over(partition_by=columns, order_by=table.c.due_at).label("rank")


def _row(accepted: _Accepted) -> dict[str, Any]:
    outcome = accepted.outcome
    row = {name: getattr(accepted.question, name) for name in _GIVEN}
    row |= {name: None for name in _TOLD} | {"state": "open", "owner": accepted.owner}
    if outcome is not None:
        row |= _of(outcome) | {"user_id": None, "text": None}
    lease_seconds = accepted.lease_seconds if accepted.owner else accepted.delay_seconds
    return row | {"lease_seconds": lease_seconds, "is_done": outcome is not None}


def _ending(finished: _Finished) -> dict[str, Any]:
    its = {"question_id": finished.question.id, "look_again_seconds": finished.look_again_seconds}
    return its | _of(finished.outcome)


def _of(outcome: Outcome) -> dict[str, Any]:
    told = {name: getattr(outcome, name) for name in _TOLD}
    return told | {"topics": list(outcome.topics), "places": list(outcome.places) or None}


def _question(row: RowMapping) -> Question:
    given = {name: row[name] for name in _GIVEN}
    posted = None if row["reply_ts"] is None else Posted(row["reply_channel"], row["reply_ts"], row["posted_seconds"])
    return Question(
        **given,
        may_be_sent=row["may_be_sent"],
        deaths=row["deaths"],
        age_seconds=max(0.0, row["age_seconds"]),
        posted=posted,
    )


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of this installation, closed at the end. A SQLite file is made and brought up to date by itself.

    Raises:
        StoreError: The database cannot be used, or its schema is older than this code.
    """
    engine = engine_of(settings.database_url.get_secret_value())
    try:
        if engine.dialect.name == "sqlite":
            await migrate_apart(engine)
        else:
            await check_schema(engine)
        key = settings.hash_key.get_secret_value() if settings.hash_key else await privacy.shared_key(engine)
        yield Store(engine, key, settings.retention_days)
    finally:
        await engine.dispose()
