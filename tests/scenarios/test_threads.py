"""In a thread where the bot has answered, the next question needs no mention and may lean on the one before."""

from __future__ import annotations

from bot.knowledge import KnowledgeBase, Row
from localslack import Message, Workspace

from .support import A_QUESTION, ASK, ITS_TITLE, OFF_TOPIC, buttons, by_model, labelled_sides, replies, shown, title

TAXES, TAXES_TITLE = "Who is liable for payroll taxes?", "Payroll tax liability"
SECONDS = ("and under an ASO?", "what about the other one", "why?", "source?")


async def mentioned(workspace: Workspace, question: str = A_QUESTION, user: str = "maya") -> Message:
    """A question with a mention that begins a thread, once it is answered."""
    asked = await workspace.mention(user, ASK, question)
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1
    return asked


async def titles_after(workspace: Workspace, thread: Message, text: str, user: str = "maya") -> list[str]:
    """The titles of what the bot says to a further message in a thread."""
    before = len(replies(workspace, thread))
    await workspace.post(user, ASK, workspace.typed(text), thread_ts=thread.ts)
    await workspace.settle()
    return [title(reply) for reply in replies(workspace, thread)[before:]]


async def test_a_second_question_without_a_mention_takes_the_topic_of_the_first(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    for second in SECONDS:
        assert await titles_after(workspace, thread, second) == [ITS_TITLE], second


async def test_a_second_question_for_one_side_gets_that_side_and_a_button_for_both(
    workspace: Workspace, knowledge: KnowledgeBase
) -> None:
    thread = await mentioned(workspace, "Who handles unemployment claims under a PEO?")
    await titles_after(workspace, thread, "and under an ASO?")
    reply, row = replies(workspace, thread)[-1], knowledge.entries["unemployment-claims"]
    assert isinstance(row, Row)
    for text in (shown(reply), reply.text):
        assert row.aso in text
        assert row.peo not in text
    [(action_id, _)] = [one for one in buttons(reply, "show_topic") if one[1] == "Show both sides"]
    await workspace.click("maya", reply, action_id=action_id)
    await workspace.settle()
    assert by_model(labelled_sides(replies(workspace, thread)[-1])) == {"ASO": row.aso, "PEO": row.peo}


async def test_a_second_question_with_a_mention_takes_the_topic_too(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    assert await titles_after(workspace, thread, "@PEO vs ASO and under an ASO?") == [ITS_TITLE]


async def test_in_direct_messages_a_second_question_takes_the_topic_of_the_one_before(workspace: Workspace) -> None:
    direct = workspace.direct_channel("maya")
    for text in (A_QUESTION, "and under an ASO?"):
        await workspace.direct_message("maya", text)
        assert title(await workspace.next_message(direct)) == ITS_TITLE


async def test_a_fresh_question_does_not_inherit_the_topic(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    assert await titles_after(workspace, thread, TAXES) == [TAXES_TITLE]
    assert await titles_after(workspace, thread, "and under an ASO?") == [TAXES_TITLE]


async def test_two_people_in_one_thread_each_go_on_with_their_own_topic(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    assert await titles_after(workspace, thread, TAXES, "andre") == [TAXES_TITLE]
    assert await titles_after(workspace, thread, "and under an ASO?", "maya") == [ITS_TITLE]
    assert await titles_after(workspace, thread, "and under a PEO?", "andre") == [TAXES_TITLE]


async def test_a_button_sets_what_the_thread_is_about(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    [reply] = replies(workspace, thread)
    await workspace.click("maya", reply, action_id="show_topic:0")
    await workspace.settle()
    topic = title(replies(workspace, thread)[-1])
    assert topic != ITS_TITLE
    assert await titles_after(workspace, thread, "and under an ASO?") == [topic]


async def test_what_people_say_to_each_other_in_a_thread_is_left_alone(workspace: Workspace) -> None:
    thread = await mentioned(workspace)
    for text in (
        "thanks, that helps",
        "ok I'll tell the client",
        "@andre and under an ASO?",
        "Andre, what about the other one?",
        "@carla why?",
        OFF_TOPIC,
        "what did the client say?",
    ):
        assert await titles_after(workspace, thread, text) == [], text


async def test_in_a_thread_where_it_has_not_answered_it_stays_silent(workspace: Workspace) -> None:
    thread = await workspace.post("andre", ASK, "we talk about PEOs here")
    for second in (*SECONDS, A_QUESTION):
        assert await titles_after(workspace, thread, second) == []


async def test_a_thread_with_no_answer_in_it_asks_for_a_mention_again(workspace: Workspace) -> None:
    thread = await mentioned(workspace, OFF_TOPIC)
    assert await titles_after(workspace, thread, A_QUESTION) == []


async def test_another_thread_is_another_conversation(workspace: Workspace) -> None:
    await mentioned(workspace)
    other = await mentioned(workspace, TAXES, "andre")
    assert await titles_after(workspace, other, "and under an ASO?") == [TAXES_TITLE]
