"""When to speak and when to stay silent: what a channel allows, a thread is about, and becomes of a message."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import structlog

from bot.slack.blocks import CHOOSE_TOPIC
from bot.slack.handing_on import ASK_PERSON, SHARE, Shared, question_of
from bot.slack.listening import LISTEN, ON, introduction
from bot.slack.service import Prepared, SlackService
from bot.slack.states import read_value
from bot.store import Asked, ChannelSetting, Outcome, Question, Store

log = structlog.get_logger()

# An edit of an older message did not overtake it; and an answer that comes so late is of no use.
EARLY_SECONDS = 3_600.0


@dataclass(frozen=True)
class Withdrawal:
    """A reply whose question is gone: it goes too, unless somebody has said something after it.

    Attributes:
        reply_ts: The reply.
    """

    reply_ts: str


@dataclass(frozen=True)
class NotYet:
    """An earlier revision of the same message is still under way."""


# What to do about a question; an outcome where there is nothing to send.
Step: TypeAlias = Prepared | Withdrawal | NotYet | Outcome


class Conversation:
    """What to do about each question, by what the store knows of its channel, its thread and its message.

    All methods raise `StoreError` where the store cannot be asked.
    """

    def __init__(self, store: Store, service: SlackService) -> None:
        self._store = store
        self._service = service

    async def minds(self, question: Question) -> bool:
        """Whether something is for the bot at all: of what is not, nothing may be kept.

        Of most that is said in a channel the answer is no.
        """
        return question.surface != "plain" or await self._is_heard(question)

    async def latest_revision(self, question: Question) -> str | None:
        """The latest revision that is known of a message, empty for the message as it was first sent; None where it is
        not known, as most that are edited and deleted in a channel.
        """
        exchange = await self._store.exchange(question)
        return exchange[-1].revision if exchange else None

    async def mark(self, question: Question, keys: Sequence[str]) -> bool:
        """Remember, without its words, that a message was edited or deleted; whether all the keys are new."""
        return await self._store.mark(question.team_id, keys)

    async def is_early(self, question: Question) -> bool:
        """Whether an edit of an unknown message is a question for us, to be answered instead of the message."""
        return _age_at_edit(question) < EARLY_SECONDS and await self.minds(question)

    async def is_external(self, home: str, team_id: str, enterprise_id: str | None) -> bool:
        """Whether somebody belongs to another organization than the bot's.

        Args:
            home: Their workspace or organization.
            team_id: The workspace that the bot is asked in.
            enterprise_id: The organization of that, where it has one.
        """
        if home in (team_id, enterprise_id):
            return False
        return enterprise_id is None or home not in await self._store.workspaces_of(enterprise_id)

    async def step(self, question: Question) -> Step:
        """What to do about a question from the store."""
        if question.surface == "joining":
            return await self._introduce(question)
        if question.revision is not None:
            return await self._follow(question)
        if question.button is not None:
            action_id, value = question.button["action_id"], question.button["value"]
            if action_id == LISTEN:
                return await self._switch(question, value)
            if action_id == SHARE:
                return await self._share(question, value)
            if action_id == ASK_PERSON:
                return await self._pass_on(question, value)
            is_offered = not action_id.startswith(CHOOSE_TOPIC) or await self._is_offered(question, value)
            return self._service.prepare(question) if is_offered else self._service.gone(question)
        return await self._answer(question)

    # Questions

    async def _is_heard(self, question: Question) -> bool:
        """Whether a plain message is a question for us, in a channel that listens or a thread that we are in."""
        before = await self._store.shown_before(question)
        listens = bool(before.topics) or (await self._setting(question)).listens
        if not listens:
            return False
        try:
            return self._service.is_for_us(question.text or "", before)
        except Exception as error:
            # Nobody waits for an answer, and Slack would tell again of what fails again. Logged without the error's
            # words, which may be somebody's.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("overhearing_failed", error=type(error).__name__, team=question.team_id, traceback=where)
            return False

    async def _answer(self, question: Question) -> Prepared | Outcome:
        if question.surface == "external":
            return self._service.decline(question)
        before = await self._store.shown_before(question)
        if question.surface == "plain" and not self._service.is_for_us(question.text or "", before):
            return Outcome("done", kind="silent")
        return self._service.prepare(question, before)

    async def _pass_on(self, question: Question, value: str) -> Prepared:
        asked = await self._asked_here(question, question_of(ASK_PERSON, value))
        return self._service.ask_person(question, asked if asked and asked.kind == "none" else None)

    async def _share(self, question: Question, value: str) -> Prepared:
        shared = Shared.read(value)
        asked = await self._asked_here(question, question_of(SHARE, value))
        is_theirs = asked is not None and shared is not None and asked.user_hash == question.user_hash
        return self._service.share(question, shared if asked and shared and is_theirs and shared.is_of(asked) else None)

    async def _asked_here(self, button: Question, question_id: str | None) -> Asked | None:
        """The record of a question that a button names. What comes back from Slack may have been changed on the way."""
        asked = await self._store.asked(button.team_id, question_id) if question_id else None
        return asked if asked and asked.channel_id == button.channel_id else None

    async def _is_offered(self, question: Question, value: str) -> bool:
        # What one person alone sees has no record, and a choice there changes it for nobody else.
        offered = None if question.is_ephemeral else await self._store.offered(question)
        return offered is None or read_value(value)[0] in offered

    # What becomes of a message

    async def _follow(self, question: Question) -> Step:
        """Let the reply follow a question that was edited or deleted."""
        others = [one for one in await self._store.exchange(question) if one.question_id != question.id]
        if not others and question.surface != "deletion":
            # It came before its message, or mentions us only now.
            return await self._answer(question)
        # What came after this one decides.
        if not others or others[-1].revision > (question.revision or ""):
            return Outcome("done")
        if any(one.is_open for one in others):
            return NotYet()
        # What was refused, or passed over for a later revision, has no kind.
        reply_ts = next((one.reply_ts for one in reversed(others) if one.kind), None)
        if reply_ts is None:
            return Outcome("done")
        if question.surface == "deletion":
            return Withdrawal(reply_ts)
        if question.surface == "plain" and any(one.surface == "shortcut" for one in others):
            # Somebody has asked for an answer to this message, whatever it says.
            question = replace(question, surface="shortcut")
        step = await self._answer(question)
        # Words that are no question any more are as good as none.
        return replace(step, how="update", in_place_of=reply_ts) if isinstance(step, Prepared) else Withdrawal(reply_ts)

    # Channels

    async def _introduce(self, question: Question) -> Prepared | Outcome:
        if not await self._store.introduce(question):
            return Outcome("done")
        return Prepared(introduction(await self._setting(question)), Outcome("done"), "post")

    async def _switch(self, question: Question, value: str) -> Prepared:
        await self._store.switch_listening(
            question.team_id, question.channel_id, listens=value == ON, user_id=question.user_id or ""
        )
        return Prepared(introduction(await self._setting(question)), Outcome("done"), "update")

    async def _setting(self, question: Question) -> ChannelSetting:
        return await self._store.channel_setting(question.team_id, question.channel_id)


def _age_at_edit(question: Question) -> float:
    """How old a message was when it was edited; in seconds, by Slack's clock."""
    try:
        return float(question.revision or "") - float(question.message_ts or "")
    except ValueError:
        return float("inf")
