"""Takes questions under a lease, answers them, sends the reply once, and writes down what became of them.

A question is in the store from before the ack until its outcome, so that whatever dies, somebody goes on with it. The
lease says who; whoever takes over from an owner who let it run out looks in the conversation before sending, because
the reply may stand there already. https://docs.slack.dev/messaging/message-metadata

Slack may carry out a failed call seconds later. So the worker waits before it looks, and if it may have sent a reply
twice, it looks again later and deletes the duplicate.
"""

from __future__ import annotations

import asyncio
import random
import time
import traceback
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.capacity import Hands, Pauses, place_of
from bot.conversation.periodic import in_rounds
from bot.conversation.service import How, Prepared, SlackService
from bot.conversation.steps import Conversation, NotYet, Step, Withdrawal
from bot.errors import StoreError
from bot.slack.install.clients import DEAD_TOKEN
from bot.slack.messages.answers import Reply, error_text, in_private_reply
from bot.slack.metrics import Metrics
from bot.slack.payloads.containers import visible_thread
from bot.slack.sending import (
    RATE_LIMITED,
    TROUBLES,
    Person,
    Trouble,
    delete_copies,
    find_replies,
    permalink,
    post,
    respond,
    tell,
    trouble_of,
    update,
    withdraw,
)
from bot.store import Outcome, Posted, Question, Store

log = structlog.get_logger()

# Seconds.
LONGEST_BACKOFF = 60.0
# A wait as short as this is sat out with the question in hand; for a longer one, it goes back to the store.
SHORT_WAIT = 3.0
# An answer that comes an hour after the question is of no use.
GIVE_UP_AFTER = 3_600.0
CLEAN_UP_EVERY = 3_600.0
# Seconds that a shutdown waits for questions that were already taken.
SHUTDOWN_SECONDS = 10.0
# A question over which so many processes died is one that kills them.
MOST_DEATHS = 3
# Nobody asked, so that nobody is counted; nobody addressed the bot, so that nobody waits for it.
_NO_QUESTIONS = ("joining", "deletion")
_NOT_WAITED_FOR = (*_NO_QUESTIONS, "plain")

# By workspace and organization; None where the bot is not installed.
ClientFor = Callable[[str | None, str | None], Awaitable[AsyncWebClient | None]]


@dataclass(frozen=True)
class Pace:
    """How a worker goes about it.

    Attributes:
        lease_seconds: After this long without a sign of life from its owner, a question is anybody's. A message is
            sent only while half of it is left, which is as long as a call may take.
        poll_seconds: How often to look for what others left behind.
        backoff_seconds: How long to wait before the first of further tries.
        settle_seconds: How long to wait before looking for the message of a failed call, which Slack may still post.
        look_again_seconds: When to look for duplicates of a reply that may have been sent twice. The last look has to
            cover calls that hang: we give up after 10 s, and Slack may post up to half a minute after that.
        at_once: Questions in hand; what comes beyond them waits in the store, where any replica may take it.
        in_workspace: The most of these from one workspace.
        in_conversation: The most of these from one conversation.
        spacing_seconds: Between messages that a rate limit has deferred.
    """

    lease_seconds: float = 20.0
    poll_seconds: float = 1.0
    backoff_seconds: float = 0.5
    settle_seconds: float = 3.0
    look_again_seconds: Sequence[float] = (5.0, 60.0)
    at_once: int = 50
    in_workspace: int = 30
    in_conversation: int = 10
    spacing_seconds: float = 0.1


class _LeaseLost(Exception):
    """We were held up, and somebody else may have the question by now."""


@dataclass
class _Job:
    """A question in hand.

    Attributes:
        ours_until: By this process's clock, when its lease runs out.
        may_be_sent: Whether its reply, or what is being sent of it, may have reached Slack.
        first: What became of the first part of its reply, where that is out and another follows.
        may_stand_twice: Its reply may have been posted more than once.
    """

    question: Question
    ours_until: float
    may_be_sent: bool
    first: Outcome | None = None
    may_stand_twice: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def age_seconds(self) -> float:
        return self.question.age_seconds + time.monotonic() - self.began


class Worker:
    """Works for one process, inside `running`.

    Args:
        store: Where the questions are.
        service: Answers them.
        client_for: The client that posts in a workspace. It must not repeat a call by itself: what failed may have
            been done.
        metrics: Told of each reply.
        pace: How to go about it.
        daily: What else is done once a day, by the replica that cleans up.
    """

    def __init__(
        self,
        store: Store,
        service: SlackService,
        client_for: ClientFor,
        metrics: Metrics,
        pace: Pace | None = None,
        daily: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._service = service
        self._conversation = Conversation(store, service)
        self._client_for = client_for
        self._metrics = metrics
        self._pace = pace or Pace()
        self._daily = daily
        self._owner = str(uuid.uuid4())
        self._jobs: dict[asyncio.Task[None], _Job] = {}
        self._hands = Hands(self._pace.at_once, self._pace.in_workspace, self._pace.in_conversation)
        self._pauses = Pauses(self._pace.spacing_seconds)
        self._others_under_way = 0
        # Something waits in the store for a free hand.
        self._is_behind = False
        self._is_stopping = False
        self._look = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside the context, questions are worked on; at its end, those in hand are finished or handed back."""
        extending = in_rounds(self._extend_leases, self._pace.lease_seconds / 5)
        async with extending, in_rounds(self._clean_up, CLEAN_UP_EVERY):
            claiming = asyncio.create_task(self._claim_again_and_again())
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
        """Whether nothing is under way, and nothing waits in the store for a free hand.

        What was handed back for a later time is not looked at.
        """
        return not (self._jobs or self._others_under_way or self._is_behind)

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        """Marks other work that a shutdown waits for; Bolt keeps no reference to its listener tasks.

        It does not take a hand: slow calls of listeners must not delay questions.
        """
        self._others_under_way += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._others_under_way -= 1
            self._tell_if_idle()

    # Taking

    async def accept(self, question: Question, keys: Sequence[str]) -> bool:
        """Take a question into the store, and into hand where one is free; whether it is new.

        Raises:
            StoreError: It is not in the store.
        """
        async with self.under_way():
            turn_seconds = 0.0 if question.is_ephemeral else self._pauses.turn(place_of(question))
            is_held_up = turn_seconds > 0 or self._is_behind or self._is_stopping
            if is_held_up or not self._hands.has_room_for(question):
                return await self._accept_for_later(question, keys, turn_seconds)
            return await self._accept_for_now(question, keys)

    async def _accept_for_now(self, question: Question, keys: Sequence[str]) -> bool:
        ours_until = time.monotonic() + self._pace.lease_seconds
        is_new = False
        self._hands.take(question)
        try:
            lease_seconds = self._pace.lease_seconds
            is_new = await self._store.accept(question, keys, owner=self._owner, lease_seconds=lease_seconds)
        finally:
            if not is_new:
                self._hands.give_back(question)
        if is_new:
            self._begin(question, ours_until)
        return is_new

    async def _accept_for_later(self, question: Question, keys: Sequence[str], delay_seconds: float) -> bool:
        is_new = await self._store.accept(question, keys, delay_seconds=delay_seconds)
        if is_new and not delay_seconds:
            self._is_behind = True
            self._look_if_free()
        return is_new

    async def _claim_again_and_again(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._pace.poll_seconds)
            self._look.clear()
            if self._is_stopping:
                return
            with _going_on("questions_not_claimed"):
                await self._claim()

    async def _claim(self) -> None:
        free, room = self._hands.free, self._hands.room
        if free <= 0:
            return
        ours_until = time.monotonic() + self._pace.lease_seconds
        claimed = await self._store.claim(self._owner, free, self._pace.lease_seconds, room)
        for question in claimed:
            self._hands.take(question)
            self._begin(question, ours_until)
        self._is_behind = self._hands.may_have_left_some(claimed, room)
        if claimed:
            self._look_if_free()

    def _begin(self, question: Question, ours_until: float) -> None:
        job = _Job(question, ours_until, question.may_be_sent)
        task = asyncio.create_task(self._work(job))
        self._jobs[task] = job
        self._is_idle.clear()
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._hands.give_back(self._jobs.pop(task).question)
        self._look_if_free()
        self._tell_if_idle()

    def _look_if_free(self) -> None:
        # Not for every single free hand, so that a look brings back many questions.
        if self._is_behind and 2 * self._hands.free >= self._pace.at_once:
            self._look.set()

    def _tell_if_idle(self) -> None:
        if not self._jobs and not self._others_under_way:
            self._is_idle.set()

    # Working

    async def _work(self, job: _Job) -> None:
        try:
            await self._until_done(job)
        except _LeaseLost:
            log.warning("lease_lost", question=job.question.id)
            await self._hand_back(job, 0)
        except StoreError as error:
            # The lease runs out, and whoever takes over looks first.
            log.error("outcome_not_recorded", question=job.question.id, reason=str(error))
        except Exception as error:
            _log_bug("worker_failed", error, question=job.question.id)

    async def _until_done(self, job: _Job) -> None:
        if job.question.posted is not None:
            await self._look_again(job, job.question.posted)
            return
        step: Step = NotYet()
        while True:
            outcome = self._held_up(job)
            if outcome is None:
                if isinstance(step, NotYet):
                    step = await self._step(job.question)
                outcome = await self._try(job, step)
            if isinstance(outcome, Outcome) and outcome.state == "done" and isinstance(step, Prepared) and step.then:
                # Whoever takes over looks for both parts.
                job.first = outcome
                job.may_be_sent = job.question.may_be_sent
                step = step.then
                continue
            if isinstance(outcome, Outcome):
                # Where the first part is out, the button must not be pressed again, whatever became of the second.
                outcome = job.first or outcome
                await self._store.finish(job.question, outcome, look_again_seconds=self._first_look(job, outcome))
                self._count(job, outcome)
                return
            if outcome > SHORT_WAIT:
                await self._hand_back(job, outcome)
                return
            await asyncio.sleep(outcome)

    def _held_up(self, job: _Job) -> Outcome | float | None:
        """When to try again because the conversation is paused; None if it is not."""
        if job.question.is_ephemeral or not self._pauses.is_on(place_of(job.question)):
            return None
        return self._after(Trouble(RATE_LIMITED, passes=True, may_be_sent=False), job)

    def _first_look(self, job: _Job, outcome: Outcome) -> float | None:
        is_needed = job.may_stand_twice and outcome.reply_ts is not None
        return next(iter(self._pace.look_again_seconds), None) if is_needed else None

    async def _look_again(self, job: _Job, posted: Posted) -> None:
        """Delete duplicates of a reply that may have been posted twice."""
        question = job.question
        client = await self._client_of(question)
        try:
            copies = await delete_copies(client, question, posted) if client is not None else 0
        except TROUBLES as error:
            trouble = trouble_of(error)
            log.warning("copies_not_looked_for", question=question.id, code=trouble.code)
            if trouble.passes and job.age_seconds < GIVE_UP_AFTER:
                await self._hand_back(job, self._wait_after(trouble, job))
                return
        else:
            if copies:
                log.info("copies_deleted", question=question.id, copies=copies)
        later = [seconds for seconds in self._pace.look_again_seconds if seconds > posted.age_seconds]
        if later:
            await self._hand_back(job, later[0] - posted.age_seconds)
        else:
            await self._store.close(question)

    def _count(self, job: _Job, outcome: Outcome) -> None:
        if outcome.state == "done" and job.question.surface not in _NO_QUESTIONS:
            surface = job.question.surface
            self._metrics.answered(outcome.kind or surface, surface, job.age_seconds, is_miss=outcome.miss is not None)

    async def _step(self, question: Question) -> Step:
        """What to do; an apology where a bug keeps us from it, and whoever asked waits for us."""
        try:
            if question.deaths >= MOST_DEATHS:
                log.error("question_given_up", question=question.id, deaths=question.deaths)
            else:
                return await self._conversation.step(question)
        except StoreError:
            raise
        except Exception as error:
            _log_bug("answer_failed", error, question=question.id, team=question.team_id, surface=question.surface)
        if question.surface in _NOT_WAITED_FOR or question.revision is not None:
            return self._service.refused(question)
        how: How = "respond" if question.response_url else "post"
        return Prepared(Reply(error_text(), []), self._service.refused(question), how)

    async def _try(self, job: _Job, step: Step) -> Outcome | float:
        """Do it; the outcome, or in how many seconds to try again."""
        if isinstance(step, Outcome):
            return step
        if isinstance(step, NotYet):
            return self._after(Trouble("earlier_revision_open", passes=True, may_be_sent=False), job)
        was_sent_before = job.may_be_sent
        try:
            return await self._send(job, step)
        except TROUBLES as error:
            trouble = trouble_of(error)
        if trouble.code in DEAD_TOKEN and job.question.response_url:
            # The address of a click works without a token; whoever pressed need not wait for a new installation.
            trouble = replace(trouble, passes=False)
        job.may_be_sent = was_sent_before or trouble.may_be_sent
        outcome = self._after(trouble, job, is_looked_for=isinstance(step, Prepared) and step.how == "post")
        # Where a reply may stand already, a second one in private would be one too many.
        is_over = isinstance(outcome, Outcome) and not (was_sent_before or trouble.passes)
        if is_over and isinstance(step, Prepared) and not (job.first and step.how == "replace"):
            await self._tell_in_private(job.question, step)
        return outcome

    async def _tell_in_private(self, question: Question, prepared: Prepared) -> None:
        """What Slack takes nowhere else, for the one who asked alone."""
        client = await self._client_of(question)
        if client is None or question.user_id is None or question.surface in _NOT_WAITED_FOR:
            return
        thread_ts = None if question.is_ephemeral else visible_thread(question.thread_ts, question.message_ts)
        person = Person(question.user_id, question.channel_id, thread_ts, question.response_url)
        if not await tell(client, person, prepared.instead or in_private_reply(prepared.reply)):
            log.error("nothing_shown", question=question.id, team=question.team_id)

    async def _send(self, job: _Job, prepared: Prepared | Withdrawal) -> Outcome:
        question = job.question
        client = await self._client_of(question)
        if client is None:
            log.info("not_installed", question=question.id, team=question.team_id)
            return self._service.refused(question)
        if isinstance(prepared, Withdrawal):
            is_gone = await withdraw(client, question, prepared.reply_ts)
            left = None if is_gone else prepared.reply_ts
            return Outcome("done", kind="silent", reply_channel=left and question.channel_id, reply_ts=left)
        if prepared.link is not None:
            url = await permalink(client, question.channel_id, prepared.link.message_ts)
            prepared = replace(prepared, reply=prepared.link.reply(url))
        # Where the reply stands, if not where the question belongs.
        if prepared.channel_id is not None:
            question = replace(question, channel_id=prepared.channel_id, thread_ts=None)
        # An update puts the same in the same place. What one person alone sees cannot be looked for, and is sent again:
        # the button could not be pressed once more.
        if job.may_be_sent and prepared.how == "post":
            job.may_stand_twice = True
            found = await _found(client, question)
            if found:
                log.info("reply_found", question=question.id)
                return replace(prepared.outcome, reply_channel=question.channel_id, reply_ts=found[0])
        if time.monotonic() > job.ours_until - self._pace.lease_seconds / 2:
            raise _LeaseLost
        job.may_be_sent = True
        if prepared.how in ("respond", "replace"):
            await respond(client, question, prepared.reply, replace_original=prepared.how == "replace")
            return prepared.outcome
        with self._pausing(question):
            if prepared.how == "update":
                in_place_of = prepared.in_place_of or str(question.message_ts)
                reply_ts = await update(client, question, prepared.reply, in_place_of)
            else:
                reply_ts = await post(client, question, prepared.reply)
        return replace(prepared.outcome, reply_channel=question.channel_id, reply_ts=reply_ts)

    @contextmanager
    def _pausing(self, question: Question) -> Iterator[None]:
        """Pause the conversation if Slack answers with a rate limit."""
        try:
            yield
        except TROUBLES as error:
            trouble = trouble_of(error)
            if trouble.after_seconds is not None:
                self._pauses.begin(place_of(question), min(trouble.after_seconds, GIVE_UP_AFTER))
            raise

    async def _client_of(self, question: Question) -> AsyncWebClient | None:
        # What an organization as a whole has installed has no workspace.
        team_id = None if question.team_id == question.enterprise_id else question.team_id
        return await self._client_for(team_id, question.enterprise_id)

    def _after(self, trouble: Trouble, job: _Job, *, is_looked_for: bool = False) -> Outcome | float:
        """What follows from a failed call; ``is_looked_for``: the next try looks for its message first."""
        question = job.question
        if trouble.passes and job.age_seconds < GIVE_UP_AFTER:
            wait = self._wait_after(trouble, job)
            if is_looked_for and trouble.may_be_sent:
                wait = max(wait, self._pace.settle_seconds)
            log.warning("reply_delayed", question=question.id, code=trouble.code, seconds=round(wait, 1))
            return wait
        log.error("reply_refused", question=question.id, code=trouble.code, team=question.team_id)
        return self._service.refused(question)

    def _wait_after(self, trouble: Trouble, job: _Job) -> float:
        if trouble.code == RATE_LIMITED and (turn := self._pauses.turn(place_of(job.question))):
            return turn
        # Twice as old at each try, which is exponential without a count; the jitter keeps replicas apart.
        wait = trouble.after_seconds or min(LONGEST_BACKOFF, max(self._pace.backoff_seconds, job.age_seconds))
        return wait * random.uniform(1, 1.2)

    # Keeping and leaving

    async def _extend_leases(self) -> None:
        if not self._jobs:
            return
        ours_until = time.monotonic() + self._pace.lease_seconds
        jobs = list(self._jobs.values())
        ids = [job.question.id for job in jobs]
        with _going_on("leases_not_extended"):
            ours = await self._store.extend(self._owner, ids, self._pace.lease_seconds)
            for job in jobs:
                # What was taken from us while we were held up, or is done by now.
                job.ours_until = ours_until if job.question.id in ours else 0.0

    async def _clean_up(self) -> None:
        with _going_on("not_cleaned_up"):
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
            await _cancelled(*left)
            for job in left.values():
                # Slack may still carry out the canceled call.
                await self._hand_back(job, self._pace.settle_seconds if job.may_be_sent else 0)

    async def _hand_back(self, job: _Job, delay_seconds: float) -> None:
        with _going_on("question_not_handed_back"):
            await self._store.hand_back(
                self._owner,
                job.question,
                delay_seconds=delay_seconds,
                may_be_sent=job.may_be_sent or job.first is not None,
            )


async def _found(client: AsyncWebClient, question: Question) -> list[str]:
    """The replies that were posted already, oldest first; more than one if Slack has posted duplicates.

    Raises:
        SlackApiError: Slack does not let us look, such as for want of a scope. Then nothing is sent: rather no reply
            than perhaps a second one.
    """
    try:
        return await find_replies(client, question)
    except SlackApiError as error:
        if not trouble_of(error).passes:
            log.error("reply_not_looked_for", question=question.id, code=trouble_of(error).code)
        raise


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _going_on(event: str) -> Iterator[None]:
    """What fails now is tried again in the next round; no fault may end a loop that others rely on."""
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
