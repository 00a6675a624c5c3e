"""A message that nobody addressed to the bot is matched once, to tell whether it is for the bot and to answer it."""

from __future__ import annotations

from typing import Any

from bot.answering import Answer, AnswerService
from bot.cli.demo import bot_in_workspace
from tests.shared import BRISK

ASK = "#ask"
COMMAND = "/peo-vs-aso"


class Counting(AnswerService):
    """Remembers what it was asked."""

    def answer(self, question: str, **how: Any) -> Answer:
        self.__dict__.setdefault("asked", []).append(question)
        return super().answer(question, **how)


async def test_a_plain_question_in_a_channel_and_in_a_thread_is_matched_once(answers: AnswerService) -> None:
    counting = Counting(answers.knowledge, answers.matcher.fitted)
    async with bot_in_workspace(counting, pace=BRISK) as workspace:
        await workspace.slash("maya", ASK, COMMAND, "listen on")
        asked = await workspace.post("maya", ASK, "Who handles unemployment claims?")
        await workspace.next_message(ASK, asked.ts)
        await workspace.settle()
        assert vars(counting)["asked"] == ["Who handles unemployment claims?"]
        await workspace.post("maya", ASK, "and under an ASO?", thread_ts=asked.ts)
        await workspace.settle()
        assert vars(counting)["asked"][1:] == ["and under an ASO?"]
        assert len(workspace.messages(ASK, asked.ts)) == 4, "both are answered"
