"""In a channel where the bot listens, what is not clearly a question for it gets no reply, whatever words it uses."""

from __future__ import annotations

from itertools import product

import pytest

from bot.answering import AnswerService
from localslack import Workspace

from .support import ASK, COMMAND, replies

# What anybody may ask anybody: only the people in the channel know what "this" is.
FRAMES = (
    "who is responsible for {}?", "who files {}?", "who has {}?", "how much is {}?", "who handles {}?",
    "what happens if we miss {}?", "who answers {}?", "when is {} due?", "can you answer {}?", "who pays for {}?",
    "is {} covered?", "how does {} work?", "do we need {}?", "who signs {}?", "what about {}?",
)  # fmt: skip
POINTERS = ("this", "it", "that", "these", "the thing", "the other one", "the deadline")
POINTING = [frame.format(pointer) for frame, pointer in product(FRAMES, POINTERS)]

# In the words of the comparison's rows: here it may answer without a mention.
CLEAR = (
    ("who handles unemployment claims?", "unemployment-claims"),
    ("whose SUTA rate is used under a PEO?", "suta-rate"),
    ("who is the employer of record under a PEO?", "employer-of-record"),
    ("who is responsible for workers' comp under an ASO?", "workers-compensation"),
    ("who is liable for payroll taxes?", "payroll-tax-liability"),
)


def test_a_hundred_questions_that_only_point_get_no_reply_unasked(answers: AnswerService) -> None:
    assert len(POINTING) > 100
    answered = [text for text in POINTING if answers.answer(text, addressed=False).kind != "silent"]
    assert answered == []


def test_a_question_that_only_points_is_no_question_for_a_row_either(answers: AnswerService) -> None:
    shown = [text for text in POINTING if answers.answer(text).entries]
    assert shown == []


async def test_a_listening_channel_stays_silent_where_nobody_asks_the_bot(workspace: Workspace) -> None:
    await workspace.slash("maya", ASK, COMMAND, "listen on")
    asked = [await workspace.post("maya", ASK, text) for text in POINTING[::7]]
    await workspace.settle()
    assert [message.text for message in asked if replies(workspace, message)] == []


@pytest.mark.parametrize(("question", "topic"), CLEAR)
def test_a_clear_question_in_the_rows_words_is_answered_unasked(
    answers: AnswerService, question: str, topic: str
) -> None:
    answer = answers.answer(question, addressed=False)
    assert (answer.kind, answer.topics) == ("answer", (topic,))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ok", "ok"), ("lol", "ok"), ("brb", "ok"), ("bye", "bye"), ("you suck", "insult"),
        ("can I talk to a human?", "human"), ("are you a bot", "bot"), ("¿Qué es un PEO?", "other-language"),
        ("xxxxxxxx", "unknown"), ("thanks", "thanks"), ("gracias", "other-language"),
    ],
)  # fmt: skip
def test_what_asks_nothing_repeats_no_answer_in_a_thread(answers: AnswerService, text: str, reason: str) -> None:
    answer = answers.answer(text, thread=["who handles unemployment claims?"])
    assert (answer.kind, answer.reason) == ("none", reason)
    assert answers.answer(text, addressed=False, thread_topics=["unemployment-claims"]).kind == "silent"
