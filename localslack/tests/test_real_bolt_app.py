"""A real Bolt app runs on the workspace with its own Socket Mode client, without patches."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Message, Workspace
from support import Manifest


def button(action_id: str, label: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text}


BUTTONS = [{"type": "actions", "elements": [button("tell", "Tell me"), button("settle", "Done")]}]


def build_app(workspace: Workspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    app = AsyncApp(client=client)

    @app.event("app_mention")
    async def answer_mention(event: dict[str, Any], say: AsyncSay) -> None:
        await say(text="Which one?", blocks=BUTTONS, thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def ignore_messages() -> None: ...

    @app.command("/lunch")
    async def answer_command(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"You asked: {command['text']}")

    @app.action("tell")
    async def answer_click(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Only you see this.")

    @app.action("settle")
    async def update_message(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Settled.")

    return app


@pytest.fixture
async def bolt_workspace(manifest: Manifest) -> AsyncIterator[Workspace]:
    async with Workspace(manifest) as running:
        handler = AsyncSocketModeHandler(build_app(running), running.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await running.wait_connected()
        yield running
        await handler.close_async()  # type: ignore[no-untyped-call]


async def ask(workspace: Workspace) -> Message:
    question = await workspace.mention("maya", "#ask", "who pays?")
    return await workspace.next_message("#ask", question.ts)


async def test_a_mention_is_answered_in_its_thread(bolt_workspace: Workspace) -> None:
    question = await bolt_workspace.mention("maya", "#ask", "who pays?")
    answer = await bolt_workspace.next_message("#ask")
    assert (answer.thread_ts, answer.text) == (question.ts, "Which one?")
    await bolt_workspace.settle()
    assert all(envelope.ack_seconds is not None for envelope in bolt_workspace.traffic.envelopes)


async def test_a_command_is_answered_inside_its_ack(bolt_workspace: Workspace) -> None:
    outcome = await bolt_workspace.slash("maya", "#random", "/lunch", "who pays?")
    assert outcome.failure is None
    assert outcome.message is not None
    assert outcome.message.text == "You asked: who pays?"
    assert bolt_workspace.ephemerals("maya", "#random") == [outcome.message]
    assert bolt_workspace.ephemerals("andre", "#random") == []


async def test_a_click_is_answered_to_the_one_who_clicked(bolt_workspace: Workspace) -> None:
    outcome = await bolt_workspace.click("andre", await ask(bolt_workspace), action_id="tell")
    await bolt_workspace.settle()
    assert outcome.ack_seconds is not None
    [shown] = bolt_workspace.ephemerals("andre", "#ask")
    assert shown.text == "Only you see this."


async def test_a_click_can_change_the_message_it_was_made_on(bolt_workspace: Workspace) -> None:
    message = await ask(bolt_workspace)
    await bolt_workspace.click("andre", message, action_id="settle")
    await bolt_workspace.settle()
    changed = bolt_workspace.message("#ask", message.ts)
    assert changed is not None
    assert (changed.text, changed.blocks) == ("Settled.", ())


async def test_the_client_comes_back_after_a_refresh(bolt_workspace: Workspace) -> None:
    await bolt_workspace.refresh_connections()
    await bolt_workspace.wait_connected()
    assert (await ask(bolt_workspace)).text == "Which one?"
