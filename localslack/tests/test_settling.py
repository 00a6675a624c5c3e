"""Waiting until the app has nothing left to do."""

import asyncio

import pytest

from localslack import Timing, Workspace
from localslack.settling import USUAL_PAUSE_SECONDS
from support import Call, Manifest, Socket

ASK = "#ask"


async def test_settling_waits_for_acks_and_for_calls(workspace: Workspace, socket: Socket, call: Call) -> None:
    async def answer_late() -> None:
        envelope = await socket.receive_acked()
        await asyncio.sleep(0.02)
        await call("chat.postMessage", channel=envelope["payload"]["event"]["channel"], text="Yes")
        await socket.receive_acked()

    await workspace.post("maya", ASK, "A question")
    answering = asyncio.create_task(answer_late())
    await workspace.settle()
    assert [message.text for message in workspace.messages(ASK)] == ["A question", "Yes"]
    await answering


async def test_settling_asks_an_app_that_can_be_asked_and_needs_no_pause_then(workspace: Workspace, call: Call) -> None:
    is_done = asyncio.Event()

    async def answer_after_a_long_pause() -> None:
        await asyncio.sleep(2 * USUAL_PAUSE_SECONDS)
        await call("chat.postMessage", channel="C0ASK", text="Yes")
        is_done.set()

    answering = asyncio.create_task(answer_after_a_long_pause())
    with workspace.waiting_for(is_done.is_set):
        await workspace.settle()
    assert [message.text for message in workspace.messages(ASK)] == ["Yes"]
    await answering


async def test_settling_says_that_an_app_does_not_get_done(workspace: Workspace) -> None:
    with workspace.waiting_for(lambda: False), pytest.raises(TimeoutError, match="not done: work between its calls"):
        await workspace.settle(timeout_seconds=0.05)


async def test_settling_gives_up_on_an_app_that_does_not_settle(manifest: Manifest) -> None:
    timing = Timing(retry_delays_seconds=(5.0,))
    async with Workspace(manifest, timing=timing) as workspace:
        await workspace.post("maya", ASK, "A question")
        with pytest.raises(TimeoutError, match="not done: an ack of message Ev"):
            await workspace.settle(timeout_seconds=0.05)
