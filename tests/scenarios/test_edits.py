"""The reply follows its question: new words change it in its place, and a question taken back takes it along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from localslack import Message, Workspace

from .support import A_QUESTION, ASK, COMMAND, ITS_TITLE, OFF_TOPIC, posts, replies, said_by_bot, title, until

TAXES, TAXES_TITLE = "Who is liable for payroll taxes?", "Payroll tax liability"


async def by_mention(workspace: Workspace, question: str) -> Message:
    return await workspace.mention("maya", ASK, question)


async def directly(workspace: Workspace, question: str) -> Message:
    return await workspace.direct_message("maya", question)


async def plainly(workspace: Workspace, question: str) -> Message:
    await workspace.slash("maya", ASK, COMMAND, "listen on")
    return await workspace.post("maya", ASK, question)


async def by_shortcut(workspace: Workspace, question: str) -> Message:
    message = await workspace.post("maya", ASK, question)
    await workspace.shortcut("andre", message, "answer_message")
    return message


WAYS = [
    pytest.param(by_mention, id="a mention"),
    pytest.param(directly, id="a direct message"),
    pytest.param(plainly, id="a plain question"),
    pytest.param(by_shortcut, id="a message that somebody had answered"),
]
Way = Callable[[Workspace, str], Awaitable[Message]]


async def asked(workspace: Workspace, way: Way, question: str = A_QUESTION) -> tuple[Message, Message]:
    """A question and its reply."""
    message = await way(workspace, question)
    await workspace.settle()
    [reply] = all_replies(workspace, message)
    return message, reply


def all_replies(workspace: Workspace, message: Message) -> list[Message]:
    return [*replies(workspace, message), *said_by_bot(workspace, message.channel_id)]


async def edited(workspace: Workspace, message: Message, words: str) -> Message:
    """Change the words of a question, which leaves its mention."""
    mention = f"<@{workspace.bot_user_id}> " if message.text.startswith("<@") else ""
    message = await workspace.edit(message, f"{mention}{words}")
    await workspace.settle()
    return message


# Edits


@pytest.mark.parametrize("way", WAYS)
async def test_a_question_with_new_words_gets_its_reply_changed_in_its_place(workspace: Workspace, way: Way) -> None:
    message, reply = await asked(workspace, way)
    await edited(workspace, message, TAXES)
    [now] = all_replies(workspace, message)
    assert (now.ts, title(now)) == (reply.ts, TAXES_TITLE)
    assert len(workspace.traffic.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", [A_QUESTION, f"{A_QUESTION.lower()}  :wave:"], ids=["the same", "without new words"])
async def test_a_question_with_the_same_words_changes_nothing(workspace: Workspace, way: Way, words: str) -> None:
    message, _ = await asked(workspace, way)
    calls = len(workspace.traffic.api_calls)
    await edited(workspace, message, words)
    assert len(workspace.traffic.api_calls) == calls


async def test_a_question_may_be_edited_again_and_again(workspace: Workspace) -> None:
    message, reply = await asked(workspace, by_mention)
    for words, expected in ((TAXES, TAXES_TITLE), (A_QUESTION, ITS_TITLE), (TAXES, TAXES_TITLE)):
        message = await edited(workspace, message, words)
        [now] = replies(workspace, message)
        assert (now.ts, title(now)) == (reply.ts, expected)


async def test_of_several_edits_at_once_the_last_one_stands(workspace: Workspace) -> None:
    message, _ = await asked(workspace, by_mention)
    for words in (TAXES, OFF_TOPIC, "who is the employer of record?"):
        message = await workspace.edit(message, f"<@{workspace.bot_user_id}> {words}")
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, message)] == ["Employer of record"]


async def test_an_edit_while_the_answer_is_under_way_comes_after_it(workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=1)
    message = await workspace.mention("maya", ASK, A_QUESTION)
    await until(workspace, lambda: posts(workspace) == 1)
    await edited(workspace, message, TAXES)
    # The rate limit defers the edit too.
    await until(workspace, lambda: bool(workspace.traffic.calls("chat.update")))
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, message)] == [TAXES_TITLE]


async def test_an_edited_second_question_leans_on_the_first_and_not_on_itself(workspace: Workspace) -> None:
    message, _ = await asked(workspace, by_mention)
    second = await workspace.post("maya", ASK, TAXES, thread_ts=message.ts)
    await workspace.settle()
    await edited(workspace, second, "and under an ASO?")
    assert [title(reply) for reply in replies(workspace, message)] == [ITS_TITLE, ITS_TITLE]


async def test_an_edit_that_leaves_no_question_for_the_bot_takes_the_reply_back(workspace: Workspace) -> None:
    message, _ = await asked(workspace, plainly)
    await edited(workspace, message, "never mind, I found it")
    assert replies(workspace, message) == []


async def test_a_message_that_somebody_had_answered_keeps_a_reply_whatever_it_says_now(workspace: Workspace) -> None:
    message, reply = await asked(workspace, by_shortcut)
    for words, expected in ((OFF_TOPIC, ""), (TAXES, TAXES_TITLE)):
        message = await edited(workspace, message, words)
        [now] = replies(workspace, message)
        assert (now.ts, title(now)) == (reply.ts, expected)


async def test_an_edit_of_what_was_not_answered_is_left_alone(workspace: Workspace) -> None:
    message = await workspace.post("maya", ASK, "lunch at noon")
    message = await edited(workspace, message, A_QUESTION)
    await workspace.delete(message)
    await workspace.settle()
    assert posts(workspace) == 0


async def test_who_forgot_the_mention_and_puts_it_in_is_answered(workspace: Workspace) -> None:
    message = await workspace.post("maya", ASK, A_QUESTION)
    message = await workspace.edit(message, f"{A_QUESTION} <@{workspace.bot_user_id}>")
    assert title(await workspace.next_message(ASK, message.ts)) == ITS_TITLE
    await workspace.settle()
    message = await workspace.edit(message, f"{TAXES} <@{workspace.bot_user_id}>")
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, message)] == [TAXES_TITLE]
    await workspace.delete(message)
    await workspace.settle()
    assert replies(workspace, message) == []


async def test_a_mention_put_into_what_was_answered_already_gets_no_second_reply(workspace: Workspace) -> None:
    message, reply = await asked(workspace, plainly)
    message = await workspace.edit(message, f"<@{workspace.bot_user_id}> {A_QUESTION}")
    await workspace.settle()
    assert [one.ts for one in replies(workspace, message)] == [reply.ts]


@pytest.mark.parametrize("text", ["<@U0ANDRE> {question}", "{question} <!here>"])
async def test_a_mention_of_somebody_else_that_is_put_in_calls_nobody(workspace: Workspace, text: str) -> None:
    message = await workspace.post("maya", ASK, A_QUESTION)
    await workspace.edit(message, text.format(question=A_QUESTION))
    await workspace.settle()
    assert posts(workspace) == 0


# Deletions


@pytest.mark.parametrize("way", WAYS)
async def test_a_question_that_is_deleted_takes_its_reply_along(workspace: Workspace, way: Way) -> None:
    message, reply = await asked(workspace, way)
    await workspace.delete(message)
    await workspace.settle()
    assert workspace.message(message.channel_id, reply.ts) is None


async def test_a_second_question_that_is_deleted_takes_only_its_own_reply_along(workspace: Workspace) -> None:
    message, first = await asked(workspace, by_mention)
    second = await workspace.post("maya", ASK, TAXES, thread_ts=message.ts)
    await workspace.settle()
    await workspace.delete(second)
    await workspace.settle()
    assert replies(workspace, message) == [first]


@pytest.mark.parametrize("way", [*WAYS[:1], *WAYS[2:]])
async def test_a_reply_that_somebody_has_replied_to_stays(workspace: Workspace, way: Way) -> None:
    message, reply = await asked(workspace, way)
    await workspace.post("andre", ASK, "good to know", thread_ts=message.ts)
    await workspace.delete(message)
    await workspace.settle()
    assert workspace.message(ASK, reply.ts) == reply


async def test_a_direct_reply_with_a_thread_under_it_stays(workspace: Workspace) -> None:
    message, reply = await asked(workspace, directly)
    await workspace.direct_message("maya", "good to know", thread_ts=reply.ts)
    await workspace.settle()
    await workspace.delete(message)
    await workspace.settle()
    assert workspace.message(message.channel_id, reply.ts) is not None


async def test_a_deletion_that_slack_fails_is_done_later(workspace: Workspace) -> None:
    message, reply = await asked(workspace, by_mention)
    workspace.fail_next("chat.delete", "internal_error", is_done=True)
    await workspace.delete(message)
    await workspace.settle()
    assert workspace.message(ASK, reply.ts) is None


async def test_after_a_deletion_an_event_that_comes_again_does_nothing(workspace: Workspace) -> None:
    message, _ = await asked(workspace, by_mention)
    await workspace.delete(message)
    await workspace.settle()
    calls = len(workspace.traffic.api_calls)
    for event in list(workspace.traffic.events("message")):
        await (await workspace.redeliver(event, 1)).settled()
    await workspace.settle()
    assert len(workspace.traffic.api_calls) == calls
