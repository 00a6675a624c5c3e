"""What the listeners share: the answers, what was seen lately, and what is still being worked on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import structlog

from bot.answering import Answer, AnswerService
from bot.reloading import Answers
from bot.slack.blocks import Block, Reply, answer_reply, home_view, more_reply, overview_reply
from bot.slack.once import Once

log = structlog.get_logger()

Surface: TypeAlias = Literal["channel", "dm", "command"]


class SlackService:
    """Questions in, replies out, for all listeners of one app."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.once = Once()
        self._working = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def reply(self, question: str, surface: Surface, thread: Sequence[str] = ()) -> Reply:
        """Answer one question that was addressed to the bot. Logs what became of it, never its words."""
        answers = self._answers.current
        answer = answers.answer(question, thread=thread)
        log.info(
            "question",
            surface=surface,
            kind=answer.kind,
            reason=answer.reason,
            topics=answer.topics,
            focus=answer.focus,
            confidence=round(answer.confidence, 3),
            milliseconds=answer.micros / 1_000,
        )
        return _rendered(answer, answers)

    def topic(self, entry_id: str) -> Reply | None:
        """The reply for a topic that was asked for by its button; None where the topic is gone."""
        answers = self._answers.current
        answer = answers.show(entry_id)
        return _rendered(answer, answers) if answer else None

    def more(self, entry_id: str) -> Reply | None:
        """The details behind "More"; None where the topic is gone."""
        knowledge = self._answers.current.knowledge
        entry = knowledge.entries.get(entry_id)
        return more_reply(entry, knowledge) if entry else None

    def overview(self) -> Reply:
        """What the bot covers and how to ask."""
        return overview_reply(self._answers.current.knowledge)

    def home(self) -> Block:
        """The Home tab, the same for everybody."""
        return home_view(self._answers.current.knowledge)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Marks work that a shutdown waits for; Bolt keeps no reference to its listener tasks."""
        self._working += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._working -= 1
            if not self._working:
                self._idle.set()

    async def finished(self, timeout_seconds: float) -> bool:
        """Wait until nothing is being worked on; False where the time runs out first."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout_seconds)
        except TimeoutError:
            return False
        return True


def _rendered(answer: Answer, answers: AnswerService) -> Reply:
    return answer_reply(answer, answers.knowledge, datetime.now(UTC).date())
