"""When to speak and when to stay silent: by what the store knows of a channel, a thread and a message."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from typing import TypeAlias

import structlog

from bot.answering import Answer
from bot.conversation.buttons import (
    ASK_PERSON,
    CHOOSE_TOPIC,
    LISTEN,
    ON,
    SHARE,
    Button,
    Shared,
    parse_topic_value,
    question_of,
)
from bot.conversation.contents import Introduction
from bot.conversation.replies import Delivery, Replies
from bot.store import Asked, ChannelSetting, Outcome, Question, Shown, Store

log = structlog.get_logger()

# Seconds. An edit of an older message did not overtake it, and an answer this late is of no use.
EARLY_SECONDS = 3_600.0


@dataclass(frozen=True)
class Withdrawal:
    """The reply to a deleted message is deleted too, unless somebody has replied to it."""

    reply_ts: str


@dataclass(frozen=True)
class NotYet:
    """An earlier revision of the same message is still being answered."""


# What to do about a question; an outcome if there is nothing to send.
Step: TypeAlias = Delivery | Withdrawal | NotYet | Outcome


class Conversation:
    """Decides what to do about each question.

    All methods raise `StoreError` if the store cannot be used.
    """

    def __init__(self, store: Store, replies: Replies) -> None:
        self._store = store
        self._replies = replies

    async def overheard(self, question: Question) -> Answer | None:
        """The answer to a message that nobody addressed to the bot; None to stay silent, as about most messages.

        Only channels that listen and threads where the bot has answered are overheard.
        """
        before = await self._store.shown_before(question)
        if not before.topics and not (await self._setting(question)).listens:
            return None
        try:
            return self._replies.overheard(question, before)
        except Exception as error:
            # Nobody waits for an answer, and Slack would only deliver again what fails again. Logged without the
            # error's words, which may be somebody's.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("overhearing_failed", error=type(error).__name__, team=question.team_id, traceback=where)
            return None

    async def is_external(self, home: str, team_id: str, enterprise_id: str | None) -> bool:
        """Whether somebody belongs to another organization than the bot's.

        Args:
            home: Their workspace or organization.
            team_id: The workspace that the bot is asked in.
            enterprise_id: Its organization, if it has one.
        """
        if home in (team_id, enterprise_id):
            return False
        return enterprise_id is None or home not in await self._store.workspaces_of(enterprise_id)

    async def step(self, question: Question, overheard: Answer | None = None) -> Step:
        """What to do about a question from the store.

        Args:
            question: To answer.
            overheard: Its answer, if it was found before the question was stored.
        """
        if question.surface == "joining":
            return await self._introduce(question)
        if question.revision is not None:
            return await self._follow(question, overheard)
        button = Button.of(question)
        if button is not None:
            return await self._press(question, button)
        return await self._answer(question, overheard)

    async def _answer(self, question: Question, overheard: Answer | None = None) -> Delivery | Outcome:
        if question.surface == "external":
            return self._replies.decline(question)
        before = await self._store.shown_before(question) if overheard is None else Shown()
        if question.surface == "plain":
            overheard = overheard or self._replies.overheard(question, before)
            if overheard is None:
                return Outcome("done", kind="silent")
        content, outcome = self._replies.answer(question, question.text or "", before, overheard)
        return Delivery(content, outcome, "post")

    # Buttons

    async def _press(self, question: Question, button: Button) -> Delivery:
        """The only place that says what each button does."""
        if button.action == LISTEN:
            return await self._switch(question, button)
        if button.action == SHARE:
            return await self._share(question, button)
        if button.action == ASK_PERSON:
            asked = await self._asked_here(question, button)
            return self._replies.pass_on(question, button, asked if asked and asked.kind == "none" else None)
        if button.action == CHOOSE_TOPIC and not await self._is_offered(question, button):
            return self._replies.gone(question)
        return self._replies.show(question, button)

    async def _switch(self, question: Question, button: Button) -> Delivery:
        listens = button.value == ON
        await self._store.switch_listening(
            question.team_id, question.channel_id, listens=listens, user_id=question.user_id or ""
        )
        return Delivery(Introduction(await self._setting(question)), Outcome("done"), "update")

    async def _share(self, question: Question, button: Button) -> Delivery:
        shared = Shared.parse(button.value)
        asked = await self._asked_here(question, button)
        is_theirs = asked is not None and shared is not None and asked.user_hash == question.user_hash
        is_recorded = is_theirs and asked is not None and shared is not None and shared.is_of(asked)
        return self._replies.share(question, button, shared if is_recorded else None)

    async def _asked_here(self, question: Question, button: Button) -> Asked | None:
        """The record of the question that a button names. What comes back from Slack may have been tampered with."""
        question_id = question_of(button.action, button.value)
        asked = await self._store.asked(question.team_id, question_id) if question_id else None
        return asked if asked and asked.channel_id == question.channel_id else None

    async def _is_offered(self, question: Question, button: Button) -> bool:
        # What only one person sees has no record, and a choice there changes it for nobody else.
        offered = None if button.is_ephemeral else await self._store.offered(question)
        return offered is None or parse_topic_value(button.value)[0] in offered

    # Edits and deletions

    async def _follow(self, question: Question, overheard: Answer | None) -> Step:
        """Let the reply follow a question that was edited or deleted."""
        others = [one for one in await self._store.exchange(question) if one.question_id != question.id]
        if not others and question.surface != "deletion":
            # It came before its message, or mentions us only now.
            return await self._answer(question, overheard)
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
        # An edit to words that ask nothing is as good as a deletion.
        return replace(step, how="update", in_place_of=reply_ts) if isinstance(step, Delivery) else Withdrawal(reply_ts)

    # Channels

    async def _introduce(self, question: Question) -> Delivery | Outcome:
        if not await self._store.introduce(question):
            return Outcome("done")
        return Delivery(Introduction(await self._setting(question)), Outcome("done"), "post")

    async def _setting(self, question: Question) -> ChannelSetting:
        return await self._store.channel_setting(question.team_id, question.channel_id)
