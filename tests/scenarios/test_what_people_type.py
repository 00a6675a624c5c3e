"""Whatever a person sends to the bot, it gets one sensible reply on every surface, and nothing in it pings anybody."""

from __future__ import annotations

import re

import pytest

from bot.conversation.contents import Notice
from bot.slack.messages.notices import NOTICES
from localslack import Message, Workspace
from localslack.block_kit.limits import MESSAGE_TEXT_CHARACTERS

from .support import (
    A_QUESTION,
    ASK,
    COMMAND,
    ITS_TITLE,
    buttons,
    mrkdwn_sent,
    replies,
    said_by_bot,
    title,
)

LONGEST = MESSAGE_TEXT_CHARACTERS - 100  # a mention is part of the message
FILE = {"id": "F0PLAN", "name": "plan.pdf", "mimetype": "application/pdf"}
# What begins markup but no link to a page: a mention, a broadcast, a channel, a tag that somebody typed.
MARKUP = re.compile(r"<(?!https?://)")

WORDLESS = [
    pytest.param("", id="nothing"),
    pytest.param("   \n ", id="white space"),
    pytest.param("👋🎉🙏🏽", id="emoji"),
    pytest.param(":wave: :tada:", id="emoji codes"),
    pytest.param("?!...", id="punctuation"),
    pytest.param("\u200b\u2060\ufeff", id="characters without width"),
]
FOREIGN = [
    pytest.param("Wer kümmert sich um Ansprüche auf Arbeitslosengeld?", id="German"),
    pytest.param("¿Quién se encarga de las reclamaciones por desempleo?", id="Spanish"),
    pytest.param("失業保険の請求は誰が処理しますか？", id="Japanese"),
    pytest.param("من يتولى مطالبات البطالة؟", id="Arabic, right to left"),
    pytest.param("\u202ewho handles\u202c מי מטפל בתביעות אבטלה", id="Hebrew with marks of direction"),
]
LONG = [
    pytest.param("a" * LONGEST, id="one word of 40,000 characters"),
    pytest.param("who pays claims " * (LONGEST // 16), id="40,000 characters of words"),
    pytest.param("<" * LONGEST, id="40,000 opening brackets"),
    pytest.param("&amp;" * (LONGEST // 5), id="40,000 characters of ampersands"),
    pytest.param("👩‍👩‍👧‍👦" * (LONGEST // 7), id="40,000 characters of emoji"),
    pytest.param("\n".join([A_QUESTION] * (LONGEST // 40)), id="one question a thousand times"),
]
ODD = [
    pytest.param("\x00\x07 who \x1b[31m pays", id="control characters"),
    pytest.param("{{7*7}} ${HOME} %s '; drop table entries; --", id="code"),
    pytest.param("*_~`who pays`~_* ```x```", id="formatting"),
    pytest.param("@#$%^&*(){}[]|\\:;'\",./", id="every sign on the keyboard"),
]
PINGING = [
    pytest.param("<!channel> who handles unemployment claims?", id="channel, with a question"),
    pytest.param("<!here> hi", id="here, with a greeting"),
    pytest.param("<!everyone>", id="everyone, alone"),
    pytest.param("<@U0ANDRE> what is this frobnication", id="a person, off topic"),
    pytest.param("<!subteam^S0TEAM> thanks", id="a group, with thanks"),
    pytest.param("<#C0GENERAL|general> whose policy", id="a channel"),
    pytest.param("<script>alert(1)</script>", id="a tag, not escaped"),
    pytest.param("&lt;script&gt;alert(1)&lt;/script&gt;", id="a tag, as Slack escapes it"),
    pytest.param("&lt;!channel&gt; &amp;lt;!here&amp;gt;", id="an escaped broadcast"),
    pytest.param("P&amp;L &amp; R&amp;D", id="ampersands"),
]


async def say_everywhere(workspace: Workspace, text: str) -> list[list[Message]]:
    """Say a text as a mention, a direct message and a command; all replies to each."""
    mention = await workspace.mention("maya", ASK, text)
    direct = await workspace.direct_message("andre", text)
    outcome = await workspace.slash("priya", ASK, COMMAND, text)
    assert outcome.failure is None, outcome.detail
    await workspace.next_message(ASK, mention.ts)
    await workspace.next_message(direct.channel_id)
    await workspace.settle()
    in_channel, in_direct = replies(workspace, mention), said_by_bot(workspace, direct.channel_id)
    return [in_channel, in_direct, workspace.ephemerals("priya", ASK)]


@pytest.mark.parametrize("text", [*WORDLESS, *FOREIGN, *LONG, *ODD, *PINGING])
async def test_any_text_gets_one_reply_on_every_surface_and_none_of_it_comes_back_as_markup(
    workspace: Workspace, text: str
) -> None:
    for messages in await say_everywhere(workspace, text):
        [reply] = messages
        assert reply.text.strip()
        assert reply.blocks
        assert NOTICES[Notice.FAILED] not in reply.text
    sent = mrkdwn_sent(workspace)
    assert len(sent) >= 6  # of three messages, a text and a block at least
    assert [one for one in sent if MARKUP.search(one)] == []


@pytest.mark.parametrize("text", WORDLESS)
async def test_a_message_without_words_is_shown_how_to_ask(workspace: Workspace, text: str) -> None:
    mention = await workspace.mention("maya", ASK, text)
    direct = await workspace.direct_message("andre", text)
    in_channel = await workspace.next_message(ASK, mention.ts)
    in_direct = await workspace.next_message(direct.channel_id)
    for reply in (in_channel, in_direct):
        assert "PEO" in reply.text
        assert "ASO" in reply.text
        assert buttons(reply, "show_overview")


@pytest.mark.parametrize("text", FOREIGN)
async def test_a_question_in_another_language_is_told_what_is_covered(workspace: Workspace, text: str) -> None:
    direct = await workspace.direct_message("maya", text)
    reply = await workspace.next_message(direct.channel_id)
    assert "PEO and ASO" in reply.text
    assert buttons(reply, "show_overview")


@pytest.mark.parametrize("text", ["hi", "Hello!", "hey :wave:", "good morning", "hello there"])
async def test_a_greeting_is_greeted_back_in_a_line(workspace: Workspace, text: str) -> None:
    reply, ignorance = await reply_and_ignorance(workspace, text)
    assert "hello" in reply.text.casefold()
    assert len(reply.text) < 200
    assert first_sentence(ignorance) not in reply.text


@pytest.mark.parametrize("text", ["thanks", "Thank you!", "thx", "thanks so much :pray:", "ok thanks"])
async def test_thanks_get_a_short_reply_that_asks_for_nothing(workspace: Workspace, text: str) -> None:
    reply, ignorance = await reply_and_ignorance(workspace, text)
    assert "welcome" in reply.text.casefold()
    assert len(reply.text) < 60
    assert buttons(reply, "") == []
    assert first_sentence(ignorance) not in reply.text


async def reply_and_ignorance(workspace: Workspace, text: str) -> tuple[Message, Message]:
    """The reply to a text, and for comparison the one to a question that the bot cannot answer."""
    direct = workspace.direct_channel("maya")
    await workspace.direct_message("maya", text)
    reply = await workspace.next_message(direct)
    await workspace.direct_message("maya", "best pizza in town")
    return reply, await workspace.next_message(direct)


def first_sentence(message: Message) -> str:
    return message.text.partition(".")[0]


@pytest.mark.parametrize(
    "greeting", ["hi, {}", "good morning! {}", "{} thanks", "thank you in advance. {}", "hey team, quick q: {}"]
)
async def test_a_question_wrapped_in_manners_is_a_question(workspace: Workspace, greeting: str) -> None:
    await workspace.direct_message("maya", greeting.format(A_QUESTION))
    reply = await workspace.next_message(workspace.direct_channel("maya"))
    assert title(reply) == ITS_TITLE


async def test_a_file_with_a_question_is_answered_once(workspace: Workspace) -> None:
    mention = await workspace.post("maya", ASK, f"<@{workspace.bot_user_id}> {A_QUESTION}", files=[FILE])
    direct = await workspace.post("maya", workspace.direct_channel("maya"), A_QUESTION, files=[FILE])
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, mention)] == [ITS_TITLE]
    assert [title(reply) for reply in said_by_bot(workspace, direct.channel_id)] == [ITS_TITLE]


async def test_a_file_without_a_word_is_shown_how_to_ask_once(workspace: Workspace) -> None:
    mention = await workspace.post("maya", ASK, f"<@{workspace.bot_user_id}>", files=[FILE])
    direct = await workspace.post("maya", workspace.direct_channel("maya"), "", files=[FILE])
    await workspace.settle()
    for messages in (replies(workspace, mention), said_by_bot(workspace, direct.channel_id)):
        [reply] = messages
        assert buttons(reply, "show_overview")


@pytest.mark.parametrize(
    "template",
    ["<@{bot}> {question}", "{question} <@{bot}>", "hey <@{bot}>, {question}", "<@{bot}> <@{bot}> {question}"],
    ids=["before", "behind", "in the middle", "twice"],
)
async def test_the_mention_may_stand_anywhere(workspace: Workspace, template: str) -> None:
    text = template.format(bot=workspace.bot_user_id, question=A_QUESTION)
    asked = await workspace.post("maya", ASK, text)
    reply = await workspace.next_message(ASK, asked.ts)
    assert title(reply) == ITS_TITLE
