"""Takes questions under a lease, has each answered and the reply sent once, and records the outcome.

A question is in the store from before the ack until its outcome, so if a process dies, another one goes on with it.
The lease says who works on it. A worker that takes over after a lease has expired searches the conversation before it
sends, because the reply may be there already.
"""

from __future__ import annotations

import asyncio
import time
import traceback
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

import structlog

from bot.answering import Answer
from bot.conversation.capacity import Capacity, Pauses, conversation_of
from bot.conversation.deliveries import NO_QUESTIONS, NOT_WAITED_FOR, Deliverer, Job, LeaseLost, Pace
from bot.conversation.messenger import MessengerFor
from bot.conversation.periodic import periodically
from bot.conversation.replies import Delivery, Replies
from bot.conversation.steps import Conversation, NotYet, Step
from bot.errors import StoreError
from bot.store import Outcome, Question, Store

log = structlog.get_logger()

# Seconds.
# The worker keeps a question for a wait as short as this; for a longer one, it releases the question to the store.
SHORT_WAIT = 3.0
CLEAN_UP_EVERY = 3_600.0
# Seconds that a shutdown waits for questions that were already taken.
SHUTDOWN_SECONDS = 10.0
# A question during which this many processes crashed is taken to be the cause.
MAX_CRASHES = 3


class Recorder(Protocol):
    """Counts the answers."""

    def answered(self, kind: str, surface: str, seconds: float, *, is_miss: bool = False) -> None:
        """A question has its reply."""


class Worker:
    """Works for one process, inside `running`.

    Args:
        store: Where the questions are.
        replies: What to reply.
        messenger_for: Speaks for the bot in a workspace.
        recorder: Told about each reply.
        pace: How fast to work.
        daily: What else is done once a day, by the replica that cleans up.
    """

    def __init__(
        self,
        store: Store,
        replies: Replies,
        messenger_for: MessengerFor,
        recorder: Recorder,
        pace: Pace | None = None,
        daily: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._replies = replies
        self._conversation = Conversation(store, replies)
        self._recorder = recorder
        self._pace = pace or Pace()
        self._daily = daily
        self._owner = str(uuid.uuid4())
        self._jobs: dict[asyncio.Task[None], Job] = {}
        self._capacity = Capacity(self._pace.at_once, self._pace.in_workspace, self._pace.in_conversation)
        self._pauses = Pauses(self._pace.spacing_seconds)
        self._deliverer = Deliverer(replies, messenger_for, self._pauses, self._pace)
        self._others_under_way = 0
        # Something in the store waits for free capacity.
        self._is_behind = False
        self._is_stopping = False
        self._look = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside the context, questions are worked on; at its end, those taken are finished or released."""
        extending = periodically(self._extend_leases, self._pace.lease_seconds / 5)
        async with extending, periodically(self._clean_up, CLEAN_UP_EVERY):
            claiming = asyncio.create_task(self._claim_until_stopped())
            try:
                yield
            finally:
                # Not cancelled: what a claim cut short had claimed would wait for its lease to run out.
                self._is_stopping = True
                self._look.set()
                await claiming
                await self._finish()

    async def listens(self, team_id: str, channel_id: str) -> bool:
        """Whether plain questions are answered in a channel."""
        return (await self._store.channel_setting(team_id, channel_id)).listens

    @property
    def is_done(self) -> bool:
        """Whether nothing is being worked on, and nothing in the store waits for free capacity.

        Questions that were released for a later time do not count.
        """
        return not (self._jobs or self._others_under_way or self._is_behind)

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        """Marks other work that a shutdown waits for; Bolt keeps no reference to its listener tasks.

        It takes no capacity: slow calls of listeners must not delay questions.
        """
        self._others_under_way += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._others_under_way -= 1
            self._note_if_idle()

    # Taking

    async def accept(self, question: Question, keys: Sequence[str], overheard: Answer | None = None) -> bool:
        """Store a question, and start on it if there is capacity; whether it is new.

        Args:
            question: With an id of its own.
            keys: Idempotency keys.
            overheard: Its answer, if that was needed to tell whether it is for the bot. Not stored: another process
                finds it again.

        Raises:
            StoreError: It is not in the store.
        """
        async with self.under_way():
            turn_seconds = 0.0 if question.is_ephemeral else self._pauses.turn(conversation_of(question))
            is_held_up = turn_seconds > 0 or self._is_behind or self._is_stopping
            if is_held_up or not self._capacity.has_room_for(question):
                return await self._accept_for_later(question, keys, turn_seconds)
            return await self._accept_for_now(question, keys, overheard)

    async def _accept_for_now(self, question: Question, keys: Sequence[str], overheard: Answer | None) -> bool:
        leased_until = time.monotonic() + self._pace.lease_seconds
        is_new = False
        self._capacity.take(question)
        try:
            lease_seconds = self._pace.lease_seconds
            is_new = await self._store.accept(question, keys, owner=self._owner, lease_seconds=lease_seconds)
        finally:
            if not is_new:
                self._capacity.give_back(question)
        if is_new:
            self._begin(question, leased_until, overheard)
        return is_new

    async def _accept_for_later(self, question: Question, keys: Sequence[str], delay_seconds: float) -> bool:
        is_new = await self._store.accept(question, keys, delay_seconds=delay_seconds)
        if is_new and not delay_seconds:
            self._is_behind = True
            self._look_if_free()
        return is_new

    async def _claim_until_stopped(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._pace.poll_seconds)
            self._look.clear()
            if self._is_stopping:
                return
            with _logging_errors("questions_not_claimed"):
                await self._claim()

    async def _claim(self) -> None:
        free, room = self._capacity.free, self._capacity.room
        if free <= 0:
            return
        leased_until = time.monotonic() + self._pace.lease_seconds
        claimed = await self._store.claim(self._owner, free, self._pace.lease_seconds, room)
        for question in claimed:
            self._capacity.take(question)
            self._begin(question, leased_until)
        self._is_behind = self._capacity.may_have_left_some(claimed, room)
        if claimed:
            self._look_if_free()

    def _begin(self, question: Question, leased_until: float, overheard: Answer | None = None) -> None:
        job = Job(question, leased_until, question.may_be_sent)
        task = asyncio.create_task(self._work(job, overheard))
        self._jobs[task] = job
        self._is_idle.clear()
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._capacity.give_back(self._jobs.pop(task).question)
        self._look_if_free()
        self._note_if_idle()

    def _look_if_free(self) -> None:
        # Not for every single question that is done, so that one look brings back many.
        if self._is_behind and 2 * self._capacity.free >= self._pace.at_once:
            self._look.set()

    def _note_if_idle(self) -> None:
        if not self._jobs and not self._others_under_way:
            self._is_idle.set()

    # Working

    async def _work(self, job: Job, overheard: Answer | None) -> None:
        try:
            if job.question.posted is not None:
                await self._look_again(job)
            else:
                await self._answer(job, overheard)
        except LeaseLost:
            log.warning("lease_lost", question=job.question.id)
            await self._release(job, 0)
        except StoreError as error:
            # The lease runs out, and whoever takes over searches first.
            log.error("outcome_not_recorded", question=job.question.id, reason=str(error))
        except Exception as error:
            _log_bug("worker_failed", error, question=job.question.id)

    async def _answer(self, job: Job, overheard: Answer | None) -> None:
        step: Step = NotYet()
        while True:
            outcome = self._deliverer.paused(job)
            if outcome is None:
                if isinstance(step, NotYet):
                    step = await self._step(job.question, overheard)
                outcome = await self._deliverer.attempt(job, step)
            if isinstance(outcome, Outcome) and outcome.state == "done" and isinstance(step, Delivery) and step.then:
                # A worker that takes over searches for both parts.
                job.first = outcome
                job.may_be_sent = job.question.may_be_sent
                step = step.then
            elif isinstance(outcome, Outcome):
                # Once the first part is out, the button must not be pressed again, whatever became of the second.
                await self._finished(job, job.first or outcome)
                return
            elif outcome > SHORT_WAIT:
                await self._release(job, outcome)
                return
            else:
                await asyncio.sleep(outcome)

    async def _step(self, question: Question, overheard: Answer | None) -> Step:
        """What to do; an apology if a bug prevents that, and somebody waits for an answer."""
        try:
            if question.crashes < MAX_CRASHES:
                return await self._conversation.step(question, overheard)
            log.error("question_given_up", question=question.id, crashes=question.crashes)
        except StoreError:
            raise
        except Exception as error:
            _log_bug("answer_failed", error, question=question.id, team=question.team_id, surface=question.surface)
        if question.surface in NOT_WAITED_FOR or question.revision is not None:
            return self._replies.failed(question)
        return self._replies.apologize(question)

    async def _finished(self, job: Job, outcome: Outcome) -> None:
        needs_look = job.may_have_duplicate and outcome.reply_ts is not None
        first_look = next(iter(self._pace.look_again_seconds), None) if needs_look else None
        await self._store.finish(job.question, outcome, look_again_seconds=first_look)
        surface = job.question.surface
        if outcome.state == "done" and surface not in NO_QUESTIONS:
            is_miss = outcome.miss is not None
            self._recorder.answered(outcome.kind or surface, surface, job.age_seconds, is_miss=is_miss)

    async def _look_again(self, job: Job) -> None:
        """Look for duplicates of a reply that may have been posted twice."""
        assert job.question.posted is not None
        again_seconds = await self._deliverer.delete_duplicates(job, job.question.posted)
        if again_seconds is None:
            await self._store.close(job.question)
        else:
            await self._release(job, again_seconds)

    # Keeping and leaving

    async def _extend_leases(self) -> None:
        if not self._jobs:
            return
        leased_until = time.monotonic() + self._pace.lease_seconds
        jobs = list(self._jobs.values())
        ids = [job.question.id for job in jobs]
        with _logging_errors("leases_not_extended"):
            ours = await self._store.extend(self._owner, ids, self._pace.lease_seconds)
            for job in jobs:
                # The others were taken over while this process was held up, or are done by now.
                job.leased_until = leased_until if job.question.id in ours else 0.0

    async def _clean_up(self) -> None:
        with _logging_errors("not_cleaned_up"):
            if await self._store.clean_up():
                log.info("cleaned_up")
                if self._daily is not None:
                    await self._daily()

    async def _finish(self) -> None:
        try:
            await asyncio.wait_for(self._is_idle.wait(), SHUTDOWN_SECONDS)
        except TimeoutError:
            left = dict(self._jobs)
            log.warning("unfinished_work", seconds=SHUTDOWN_SECONDS, questions=len(left))
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            for job in left.values():
                # The platform may still carry out the canceled call.
                await self._release(job, self._pace.settle_seconds if job.may_be_sent else 0)

    async def _release(self, job: Job, delay_seconds: float) -> None:
        with _logging_errors("question_not_released"):
            may_be_sent = job.may_be_sent or job.first is not None
            await self._store.release(self._owner, job.question, delay_seconds=delay_seconds, may_be_sent=may_be_sent)


@contextmanager
def _logging_errors(event: str) -> Iterator[None]:
    """What fails now is tried again the next time; no error may end a loop that others rely on."""
    try:
        yield
    except StoreError as error:
        log.warning(event, reason=str(error))
    except Exception as error:
        _log_bug(event, error)


def _log_bug(event: str, error: Exception, **about: str) -> None:
    # Without the error's words, which may be the asker's.
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error(event, error=type(error).__name__, traceback=where, **about)
