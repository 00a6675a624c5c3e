"""A program: the bot as `run` runs it, but for a bug that meets every question with MARKER in it.

The error carries the question, as the errors of careless code do.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from typing import Any

from bot.answering import Answer, AnswerService
from bot.logs import configure_logging
from bot.service import load_answers
from bot.settings import read_settings
from bot.slack.run import connected_bot
from bot.slack.tokens import read_tokens

MARKER = "zanzibar"


class BuggyAnswers(AnswerService):
    """Fails where the question has the marker in it, and for every topic behind a button."""

    @classmethod
    def over(cls, answers: AnswerService) -> BuggyAnswers:
        """The same service with the bug; what it was fitted on is shared."""
        buggy = cls.__new__(cls)
        vars(buggy).update(vars(answers))
        return buggy

    def answer(self, question: str, **where: Any) -> Answer:
        """See `AnswerService.answer`."""
        if MARKER in question:
            raise RuntimeError(f"cannot make sense of {question!r}")
        return super().answer(question, **where)

    def show(self, entry_id: str, places: Sequence[str] = ()) -> Answer | None:
        """See `AnswerService.show`."""
        raise RuntimeError(f"cannot show {entry_id!r}")


async def main() -> None:
    """Run until SIGTERM."""
    settings = read_settings()
    configure_logging(settings.log_level)
    answers = BuggyAnswers.over(load_answers(settings))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with connected_bot(settings, read_tokens(settings), answers):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
