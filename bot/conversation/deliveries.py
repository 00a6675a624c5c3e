"""Sends what was decided about a question, once, and says what follows if the platform fails.

A platform may carry out a failed call seconds later. So the next attempt searches the conversation first, and if a
reply may have been sent twice, a later look deletes the duplicate.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import structlog

from bot.conversation.capacity import Pauses, conversation_of
from bot.conversation.contents import HelpRequest, OnlyVisibleToAsker
from bot.conversation.messenger import Failure, Messenger, MessengerError, MessengerFor
from bot.conversation.replies import Delivery, Replies
from bot.conversation.steps import NotYet, Step, Withdrawal
from bot.store import Outcome, Posted, Question

log = structlog.get_logger()

# Seconds.
LONGEST_BACKOFF = 60.0
# An answer that comes an hour after the question is of no use.
GIVE_UP_AFTER = 3_600.0
# Nobody asked, so nothing is counted; nobody addressed the bot, so nobody waits for it.
NO_QUESTIONS = ("joining", "deletion")
NOT_WAITED_FOR = (*NO_QUESTIONS, "plain")


@dataclass(frozen=True)
class Pace:
    """How fast a worker works, and when it tries again.

    Attributes:
        lease_seconds: After this long without a sign of life from its owner, anybody may take a question. A message is
            sent only while half of the lease is left, which is as long as a call may take.
        poll_seconds: How often to look for what others left behind.
        backoff_seconds: How long to wait before the second attempt.
        settle_seconds: How long to wait before searching for the message of a failed call, which may still be posted.
        look_again_seconds: When to look for duplicates of a reply that may have been sent twice. The last look has to
            cover calls that hang: we give up after 10 s, and Slack may post up to half a minute after that.
        at_once: Questions worked on at the same time; the rest wait in the store, where any replica may take them.
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


class LeaseLost(Exception):
    """This process was held up, and another one may have taken the question."""


@dataclass
class Job:
    """A question that is being worked on.

    Attributes:
        leased_until: When its lease runs out, by this process's monotonic clock.
        may_be_sent: Its reply, or the part of it that is being sent, may have reached the platform.
        first: The outcome of the first part of a reply in two parts, once that part is out.
        may_have_duplicate: Its reply may have been posted twice.
    """

    question: Question
    leased_until: float
    may_be_sent: bool
    first: Outcome | None = None
    may_have_duplicate: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def age_seconds(self) -> float:
        """Since the question was accepted."""
        return self.question.age_seconds + time.monotonic() - self.began


class Deliverer:
    """Sends replies through the messenger of each workspace.

    Args:
        replies: What is recorded of a failed reply.
        messenger_for: Speaks for the bot in a workspace.
        pauses: Conversations in which the platform has rate-limited the bot.
        pace: When to try again.
    """

    def __init__(self, replies: Replies, messenger_for: MessengerFor, pauses: Pauses, pace: Pace) -> None:
        self._replies = replies
        self._messenger_for = messenger_for
        self._pauses = pauses
        self._pace = pace

    def paused(self, job: Job) -> Outcome | float | None:
        """In how many seconds to try because the conversation is paused; None if it is not paused."""
        if job.question.is_ephemeral or not self._pauses.is_on(conversation_of(job.question)):
            return None
        return self._after(Failure("paused", is_temporary=True, is_rate_limit=True), job)

    async def attempt(self, job: Job, step: Step) -> Outcome | float:
        """Carry out a step; the outcome, or in how many seconds to try again.

        Raises:
            LeaseLost: Too little of the lease is left to send anything.
        """
        if isinstance(step, Outcome):
            return step
        if isinstance(step, NotYet):
            return self._after(Failure("earlier_revision_open", is_temporary=True), job)
        was_sent_before = job.may_be_sent
        try:
            return await self._send(job, step)
        except MessengerError as error:
            failure = error.failure
        if failure.is_revoked and job.question.response_url:
            # The address of a click works without a token; the person need not wait for a new installation.
            failure = replace(failure, is_temporary=False)
        job.may_be_sent = was_sent_before or failure.may_be_sent
        outcome = self._after(failure, job, is_searched_for=isinstance(step, Delivery) and step.how == "post")
        # If a reply may be there already, a second one in private would be one too many.
        is_over = isinstance(outcome, Outcome) and not (was_sent_before or failure.is_temporary)
        if is_over and isinstance(step, Delivery) and not (job.first and step.how == "replace"):
            await self._notify_privately(job.question, step)
        return outcome

    async def _notify_privately(self, question: Question, delivery: Delivery) -> None:
        messenger = await self._messenger_of(question)
        if messenger is None or question.user_id is None or question.surface in NOT_WAITED_FOR:
            return
        content = delivery.instead or OnlyVisibleToAsker(delivery.content)
        if not await messenger.notify_privately(question, content):
            log.error("nothing_shown", question=question.id, team=question.team_id)

    async def _send(self, job: Job, step: Delivery | Withdrawal) -> Outcome:
        question = job.question
        messenger = await self._messenger_of(question)
        if messenger is None:
            log.info("not_installed", question=question.id, team=question.team_id)
            return self._replies.failed(question)
        if isinstance(step, Withdrawal):
            is_gone = await messenger.withdraw(question, step.reply_ts)
            left = None if is_gone else step.reply_ts
            return Outcome("done", kind="silent", reply_channel=left and question.channel_id, reply_ts=left)
        if step.link_to is not None and isinstance(step.content, HelpRequest):
            permalink = await messenger.permalink(question, step.link_to)
            step = replace(step, content=replace(step.content, permalink=permalink))
        if step.channel_id is not None:
            question = replace(question, channel_id=step.channel_id, thread_ts=None)
        # An update puts the same in the same place. What only one person sees cannot be searched for and is sent again,
        # because they could not press the button once more.
        if job.may_be_sent and step.how == "post":
            job.may_have_duplicate = True
            found = await _found(messenger, question)
            if found:
                log.info("reply_found", question=question.id)
                return replace(step.outcome, reply_channel=question.channel_id, reply_ts=found[0])
        if time.monotonic() > job.leased_until - self._pace.lease_seconds / 2:
            raise LeaseLost
        job.may_be_sent = True
        if step.how in ("respond", "replace"):
            await messenger.respond(question, step.content, replaces=step.how == "replace")
            return step.outcome
        with self._pausing(question):
            if step.how == "update":
                reply_ts = step.in_place_of or str(question.message_ts)
                await messenger.update(question, step.content, reply_ts)
            else:
                reply_ts = await messenger.post(question, step.content)
        return replace(step.outcome, reply_channel=question.channel_id, reply_ts=reply_ts)

    async def delete_duplicates(self, job: Job, posted: Posted) -> float | None:
        """Delete duplicates of a reply; in how many seconds to look again, or None if this was the last look."""
        question = job.question
        messenger = await self._messenger_of(question)
        try:
            count = await messenger.delete_duplicates(question, posted) if messenger is not None else 0
        except MessengerError as error:
            failure = error.failure
            log.warning("duplicates_not_searched_for", question=question.id, code=failure.code)
            if failure.is_temporary and job.age_seconds < GIVE_UP_AFTER:
                return self._wait_after(failure, job)
        else:
            if count:
                log.info("duplicates_deleted", question=question.id, duplicates=count)
        later = [seconds for seconds in self._pace.look_again_seconds if seconds > posted.age_seconds]
        return later[0] - posted.age_seconds if later else None

    async def _messenger_of(self, question: Question) -> Messenger | None:
        # What an organization as a whole has installed has no workspace.
        team_id = None if question.team_id == question.enterprise_id else question.team_id
        return await self._messenger_for(team_id, question.enterprise_id)

    @contextmanager
    def _pausing(self, question: Question) -> Iterator[None]:
        """Pause the conversation if the platform answers with a rate limit."""
        try:
            yield
        except MessengerError as error:
            seconds = error.failure.retry_after_seconds
            if seconds is not None:
                self._pauses.begin(conversation_of(question), min(seconds, GIVE_UP_AFTER))
            raise

    def _after(self, failure: Failure, job: Job, *, is_searched_for: bool = False) -> Outcome | float:
        """What follows from a failure; ``is_searched_for``: the next attempt searches for the message first."""
        question = job.question
        if failure.is_temporary and job.age_seconds < GIVE_UP_AFTER:
            wait = self._wait_after(failure, job)
            if is_searched_for and failure.may_be_sent:
                wait = max(wait, self._pace.settle_seconds)
            log.warning("reply_delayed", question=question.id, code=failure.code, seconds=round(wait, 1))
            return wait
        log.error("reply_refused", question=question.id, code=failure.code, team=question.team_id)
        return self._replies.failed(question)

    def _wait_after(self, failure: Failure, job: Job) -> float:
        if failure.is_rate_limit and (turn := self._pauses.turn(conversation_of(job.question))):
            return turn
        # Twice as old at each attempt, which is exponential without a count; the jitter keeps replicas apart.
        wait = failure.retry_after_seconds or min(LONGEST_BACKOFF, max(self._pace.backoff_seconds, job.age_seconds))
        return wait * random.uniform(1, 1.2)


async def _found(messenger: Messenger, question: Question) -> list[str]:
    """The replies that are there already, oldest first; more than one if the platform has posted duplicates.

    Raises:
        MessengerError: The platform does not let us search, such as for want of a scope. Then nothing is sent: no reply
            is better than perhaps a second one.
    """
    try:
        return await messenger.find(question)
    except MessengerError as error:
        if not error.failure.is_temporary:
            log.error("reply_not_searched_for", question=question.id, code=error.failure.code)
        raise
