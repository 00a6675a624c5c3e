"""Waiting for the bot's next message."""

import asyncio

import pytest

from localslack import Message, Workspace
from support import Call, Socket

ASK = "#ask"


async def test_the_next_message_is_the_next_after_what_a_person_did(
    workspace: Workspace, socket: Socket, call: Call
) -> None:
    async def reply(text: str, thread_ts: str | None = None) -> None:
        await call("chat.postMessage", channel="C0ASK", text=text, thread_ts=thread_ts)

    await reply("Before")
    question = await workspace.post("maya", ASK, "A question")
    await reply("One", question.ts)
    await reply("Two")
    waiting = [await workspace.next_message(ASK), await workspace.next_message(ASK)]
    assert [message.text for message in waiting] == ["One", "Two"]
    later: asyncio.Task[Message] = asyncio.create_task(workspace.next_message(ASK, question.ts))
    await reply("Elsewhere")
    await reply("Three", question.ts)
    assert (await later).text == "Three"


async def test_waiting_for_a_message_that_does_not_come_ends(workspace: Workspace) -> None:
    await workspace.post("maya", "#random", "Anybody?")
    with pytest.raises(TimeoutError, match="posted nothing in C0RANDOM"):
        await workspace.next_message("#random", timeout_seconds=0.01)
