"""What listeners and worker share: questions in, replies out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Literal, TypeAlias

import structlog

from bot.answering import Answer, AnswerService
from bot.reloading import Answers
from bot.slack.blocks import (
    CHOOSE_TOPIC,
    SHOW_MORE,
    SHOW_OVERVIEW,
    Reply,
    answer_reply,
    gone_text,
    more_reply,
    overview_reply,
)
from bot.slack.foot import Grounds, expected_view, why_view, with_foot
from bot.slack.keys import button_key
from bot.slack.layout import Block
from bot.slack.views import home_view, topic_reply
from bot.store import Outcome, Question

log = structlog.get_logger()

MOST_NEAREST = 3

# A message of its own; in the place of another message; for one person alone, or in the place of what that person sees.
How: TypeAlias = Literal["post", "update", "respond", "replace"]


@dataclass(frozen=True)
class Prepared:
    """A reply, how it goes out, and the outcome where it does.

    Attributes:
        in_place_of: The ts of the message that an update changes; None for the one with the button.
    """

    reply: Reply
    outcome: Outcome
    how: How
    in_place_of: str | None = None


class SlackService:
    """Questions in, replies out. Logs what became of a question, never its words."""

    def __init__(self, answers: Answers, retention_days: int = 0, help_channel: str | None = None) -> None:
        self._answers = answers
        self._retention_days = retention_days
        self._help_channel = help_channel

    def prepare(self, question: Question, topics: Sequence[str] = ()) -> Prepared:
        """The reply to a question from the store.

        Args:
            question: By words or by a button; a plain message only where it is for us.
            topics: What an answer before it in its conversation showed, best first.
        """
        if question.button is None:
            reply, outcome = self.reply(question.text or "", question, topics)
            return Prepared(reply, outcome, "post")
        replaces = question.button["action_id"].startswith(CHOOSE_TOPIC)
        how: How
        if question.button["is_ephemeral"]:
            how = "replace" if replaces else "respond"
        else:
            how = "update" if replaces else "post"
        action_id, value = question.button["action_id"], question.button["value"]
        # What is shown is what the thread is about from now on.
        shown = [value] if action_id != SHOW_MORE and value in self._answers.current.knowledge.entries else []
        return Prepared(self._behind(action_id, value, question.id), Outcome("done", topics=shown), how)

    def is_for_us(self, message: str, topics: Sequence[str]) -> bool:
        """Whether a message that nobody addressed to the bot asks it something that it is sure of."""
        return self._answers.current.answer(message, addressed=False, thread_topics=topics).kind == "answer"

    def reply(self, text: str, question: Question, topics: Sequence[str] = ()) -> tuple[Reply, Outcome]:
        """Answer the words of one question; ``topics`` as of `prepare`."""
        answers = self._answers.current
        answer = answers.answer(text, addressed=question.surface != "plain", thread_topics=topics)
        log.info(
            "question",
            question=question.id,
            team=question.team_id,
            channel=question.channel_id,
            ts=question.message_ts,
            surface=question.surface,
            kind=answer.kind,
            reason=answer.reason,
            topics=answer.topics,
            focus=answer.focus,
            confidence=round(answer.confidence, 3),
            milliseconds=answer.micros / 1_000,
        )
        return _rendered(answer, answers, question.id), _outcome(answer, text)

    def refused(self, question: Question) -> Outcome:
        """What becomes of a question whose reply Slack does not take; a button may be pressed again."""
        return Outcome("failed", unseen=[button_key(question)] if question.button else [])

    def overview(self) -> Reply:
        """What the bot covers and how to ask."""
        return overview_reply(self._answers.current.knowledge)

    def why(self, value: str) -> Block | None:
        """Why a reply was as it was, by the value of its menu; None for a value that is not ours."""
        grounds = Grounds.read(value)
        if grounds is None:
            return None
        return why_view(grounds, self._answers.current.knowledge, self._help_channel, _today())

    def expected(self, question_id: str, retention_days: int) -> Block:
        """What asks a person what they expected in the place of a reply."""
        return expected_view(self._answers.current.knowledge, question_id, retention_days)

    def home(self) -> Block:
        """The Home tab, the same for everybody."""
        return home_view(self._answers.current.knowledge, version("peo-aso"), self._retention_days)

    def topic(self, entry_id: str) -> Reply:
        """Everything about a topic; a plain sentence where it is gone."""
        knowledge = self._answers.current.knowledge
        entry = knowledge.entries.get(entry_id)
        return topic_reply(entry, knowledge, _today()) if entry else Reply(gone_text(), [])

    def _behind(self, action_id: str, value: str, question_id: str) -> Reply:
        """What a button promises; a plain sentence where its topic is gone."""
        answers = self._answers.current
        if action_id == SHOW_OVERVIEW:
            return self.overview()
        if action_id == SHOW_MORE:
            entry = answers.knowledge.entries.get(value)
            return more_reply(entry, answers.knowledge) if entry else Reply(gone_text(), [])
        answer = answers.show(value)
        return _rendered(answer, answers, question_id) if answer else Reply(gone_text(), [])


def _rendered(answer: Answer, answers: AnswerService, question_id: str) -> Reply:
    reply = answer_reply(answer, answers.knowledge, _today())
    # A greeting needs no vote.
    is_small_talk = answer.kind == "none" and answer.reason != "unknown"
    return reply if is_small_talk else with_foot(reply, question_id, Grounds.of(answer, answers.matcher))


def _today() -> date:
    return datetime.now(UTC).date()


def _outcome(answer: Answer, text: str) -> Outcome:
    is_miss = answer.kind == "none" and answer.reason == "unknown"
    nearest = answer.match.candidates[:MOST_NEAREST] if is_miss and answer.match else ()
    return Outcome(
        "done",
        kind=answer.kind,
        topics=answer.topics,
        focus=answer.focus,
        confidence=answer.confidence,
        miss=text if is_miss else None,
        nearest=[candidate.entry_id for candidate in nearest],
    )
