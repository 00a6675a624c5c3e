"""Logs tell what happened, by ids; never what a person typed, who they are, or a secret, whatever goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.conversation.contents import Notice
from bot.manifest import EVENTS_PATH, http_manifest
from bot.slack.messages.notices import NOTICES
from localslack import RESPONSE_URL, Workspace
from tests.slack.processes import Ended, bot_process, connected, environment_of, free_port, local_workspace, stopped

from .bot_with_a_bug import MARKER
from .conftest import Transport
from .support import A_QUESTION, ASK, COMMAND, ITS_TITLE, OFF_TOPIC, Surface, ask, buttons, title

ODD = "quokka\x00"  # PostgreSQL takes no such character in a text
SURFACES: list[Surface] = ["channel", "thread", "dm", "command"]
# In any line of any level: words that were typed, names and ids of people, secrets, addresses that carry secrets.
TYPED = (MARKER, "quokka", "football", A_QUESTION, "unemployment claims?")
PEOPLE = ("maya", "Maya", "Lindqvist", "U0MAYA", "priya")
SECRETS = ("xoxb-local", "xapp-local", "local-workspace-signing-secret", "ticket=", "/response/")


async def session_with_faults(folder: Path, level: str, transport: Transport) -> Ended:
    """Everything that goes wrong in a long life, put to a bot of its own; what it printed."""
    port = free_port()
    is_http = transport == "http"
    workspace = Workspace(http_manifest(f"http://127.0.0.1:{port}")) if is_http else local_workspace()
    async with workspace:
        environment = environment_of(workspace, LOG_LEVEL=level, PORT=str(port))
        if is_http:
            del environment["SLACK_APP_TOKEN"]
            environment["SLACK_SIGNING_SECRET"] = workspace.signing_secret
        async with bot_process(folder, environment, module="tests.scenarios.bot_with_a_bug") as process:
            await connected(workspace, process)
            await ask_and_press(workspace)
            await meet_bugs(workspace)
            await overhear(workspace)
            await be_refused(workspace)
            await send_oddities(workspace)
            await (knock if is_http else reconnect)(workspace, port)
            assert title(await ask(workspace, "channel", A_QUESTION)) == ITS_TITLE
            await workspace.settle()
            return await stopped(process)


async def ask_and_press(workspace: Workspace) -> None:
    for surface in SURFACES:
        reply = await ask(workspace, surface, A_QUESTION)
        (action_id, _), *_ = buttons(reply, "show_more")
        await workspace.click("maya", reply, action_id=action_id)
    await ask(workspace, "command", OFF_TOPIC)
    await workspace.open_home("maya")
    await workspace.settle()


async def meet_bugs(workspace: Workspace) -> None:
    for surface in SURFACES:
        told = await ask(workspace, surface, f"what about {MARKER}?")
        assert told.text == NOTICES[Notice.FAILED]
    reply = await ask(workspace, "command", A_QUESTION)
    workspace.fail_next(RESPONSE_URL, "used_url", status=404)
    await workspace.click("maya", reply, action_id=buttons(reply, "show_topic")[0][0])
    await workspace.settle()


async def overhear(workspace: Workspace) -> None:
    """Messages that nobody addresses to the bot, before and after it may answer them, edited and deleted."""
    await workspace.slash("maya", ASK, COMMAND, "listen on")
    for words in (A_QUESTION, "the quokka is back", f"who handles {MARKER}?", "@priya who has the quokka?"):
        said = await workspace.post("maya", ASK, workspace.typed(words))
        await workspace.settle()
        await workspace.post("priya", ASK, f"and {MARKER}?", thread_ts=said.ts)
        said = await workspace.edit(said, f"{words} quokka {MARKER}")
        await workspace.delete(said)
    await workspace.join(workspace.bot, "#random")
    await workspace.settle()


async def be_refused(workspace: Workspace) -> None:
    for error, status in (("invalid_blocks", 200), ("internal_error", 500), ("is_archived", 200), ("fatal_error", 200)):
        workspace.fail_next("chat.postMessage", error, status=status)
        workspace.fail_next("views.publish", error, status=status)
        await workspace.mention("maya", ASK, f"{OFF_TOPIC} quokka")
        await workspace.open_home("maya")
        await workspace.settle()
    workspace.fail_next("chat.postMessage", "ratelimited", retry_after_seconds=0)
    await ask(workspace, "channel", f"{OFF_TOPIC} quokka")


async def send_oddities(workspace: Workspace) -> None:
    event: dict[str, Any] = {"type": "message", "channel": "C0ASK", "channel_type": "im", "user": "U0MAYA"}
    for more in (
        {},
        {"ts": 7},
        {"ts": "1.1", "text": 7},
        {"ts": "1.2", "text": ODD},
        {"ts": "1.3", "user": {"a": ODD}},
    ):
        await workspace.deliver({**event, **more})
    await workspace.deliver({"type": "something_new", "text": "quokka", "user": {"name": "maya"}})
    await workspace.slash("maya", ASK, COMMAND, "quokka" * 500)


async def reconnect(workspace: Workspace, _: int) -> None:
    workspace.fail_next("apps.connections.open", "internal_error")
    await workspace.refresh_connections()
    await workspace.settle()
    await workspace.wait_connected(20)


async def knock(_: Workspace, port: int) -> None:
    """Requests that are not Slack's, with words in every part of them."""
    url = f"http://127.0.0.1:{port}{EVENTS_PATH}?who=maya"
    headers = {"X-Slack-Signature": "quokka", "Authorization": "Bearer xoxb-local"}
    async with aiohttp.ClientSession() as session:
        for body in (f'{{"text": "{MARKER}"', MARKER * 100_000):
            async with session.post(url, data=body, headers=headers) as response:
                assert response.status == 401


# All that is logged at INFO is logged at DEBUG too.
@pytest.mark.parametrize(
    ("level", "transport"),
    [("DEBUG", "socket"), ("DEBUG", "http"), pytest.param("INFO", "socket", marks=pytest.mark.exhaustive)],
)
async def test_nothing_that_a_person_typed_is_logged_and_no_name_and_no_secret(
    bot_folder: Path, level: str, transport: Transport
) -> None:
    result = await session_with_faults(bot_folder, level, transport)
    printed = result.stdout + result.stderr
    assert [word for word in (*TYPED, *PEOPLE, *SECRETS) if word in printed] == []
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert "RuntimeError" in result.stderr, "the bug itself is logged"
    of_slack = {line["logger"].partition(".")[0] for line in lines if line["event"] == "library"}
    assert ("slack_sdk" in of_slack) == (level == "DEBUG"), "the test must have met the libraries' own lines"
    assert result.code == 0
