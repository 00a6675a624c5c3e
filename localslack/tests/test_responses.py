"""What the app sends to a response_url."""

from typing import Any

import aiohttp
import pytest

from interacting import ASK, COMMAND, act, answer
from localslack import RESPONSE_URL, Message, Workspace
from support import Clock, Socket


async def test_an_answer_shows_to_the_one_who_acted(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    assert await answer(session, payload, text="Just you") == (200, {"ok": True})
    assert [shown.text for shown in workspace.ephemerals("andre", ASK)] == ["Just you"]
    assert workspace.ephemerals("maya", ASK) == []


async def test_an_answer_can_go_to_all_even_where_the_bot_is_not(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#random", COMMAND, "?"))
    await answer(session, payload, text="For all", response_type="in_channel")
    assert [shown.text for shown in workspace.messages("#random")] == ["For all"]


async def test_an_answer_can_go_to_a_thread(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    body = {"text": "There", "response_type": "in_channel", "thread_ts": message.thread_ts}
    await answer(session, payload, **body)
    assert workspace.messages(ASK, message.thread_ts)[-1].text == "There"


async def test_an_answer_can_replace_and_delete_the_message_acted_on(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, message: Message
) -> None:
    _, payload = await act(socket, workspace.click("andre", message, action_id="topic_1"))
    await answer(session, payload, text="Replaced", replace_original=True)
    changed = workspace.message(ASK, message.ts)
    assert changed is not None
    assert (changed.text, changed.blocks) == ("Replaced", ())
    await answer(session, payload, delete_original=True)
    assert workspace.message(ASK, message.ts) is None
    gone = await answer(session, payload, text="Again", replace_original=True)
    assert gone == (400, {"ok": False, "error": "message_not_found"})


async def test_an_answer_can_replace_and_delete_what_a_command_showed(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    command = workspace.slash("maya", "#general", COMMAND, "?")
    _, payload = await act(socket, command, {"text": "Working on it"})
    await answer(session, payload, text="Done", replace_original=True)
    assert [shown.text for shown in workspace.ephemerals("maya", "#general")] == ["Done"]
    await answer(session, payload, delete_original=True)
    assert workspace.ephemerals("maya", "#general") == []


async def test_a_response_url_takes_five_answers(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    statuses = [(await answer(session, payload, text=str(number)))[0] for number in range(5)]
    assert statuses == [200] * 5
    assert await answer(session, payload, text="6") == (404, {"ok": False, "error": "used_url"})
    assert len(workspace.ephemerals("maya", "#general")) == 5


async def test_a_response_url_lasts_half_an_hour(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession, clock: Clock
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    clock.now += 30 * 60
    assert (await answer(session, payload, text="In time"))[0] == 200
    clock.now += 1
    assert await answer(session, payload, text="Late") == (404, {"ok": False, "error": "expired_url"})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param({"text": "x", "blocks": [{"type": "hint"}]}, "invalid_blocks", id="unknown block"),
        pytest.param({"text": ""}, "no_text", id="no text"),
        pytest.param({"text": "x" * 40_001}, "msg_too_long", id="text too long"),
    ],
)
async def test_an_answer_is_checked_like_any_message_and_does_not_count_when_refused(
    workspace: Workspace,
    socket: Socket,
    session: aiohttp.ClientSession,
    body: dict[str, Any],
    error: str,
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    for _ in range(6):
        status, refusal = await answer(session, payload, **body)
        assert (status, refusal["error"]) == (400, error)
    assert (await answer(session, payload, text="Better"))[0] == 200
    assert [call.error for call in workspace.traffic.response_url_calls] == [error] * 6 + [None]


async def test_an_answer_has_to_be_json(workspace: Workspace, socket: Socket, session: aiohttp.ClientSession) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    async with session.post(payload["response_url"], data="{") as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")


async def test_a_failing_response_url_can_be_asked_for(
    workspace: Workspace, socket: Socket, session: aiohttp.ClientSession
) -> None:
    _, payload = await act(socket, workspace.slash("maya", "#general", COMMAND, "?"))
    workspace.fail_next(RESPONSE_URL, status=500)
    assert (await answer(session, payload, text="x"))[0] == 500
    assert (await answer(session, payload, text="x"))[0] == 200
