"""A workspace for each test, and two ways to talk to it: the Web API and a socket."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from interacting import ASK, CHOICES, FEEDBACK
from localslack import Message, Timing, Workspace
from support import PATIENT, Call, Clock, Manifest, Socket, connect_to, full_manifest


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk would ask a proxy of the environment even for what is on this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def manifest() -> Manifest:
    return full_manifest()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timing() -> Timing:
    return PATIENT


@pytest.fixture
async def workspace(manifest: Manifest, clock: Clock, timing: Timing) -> AsyncIterator[Workspace]:
    async with Workspace(manifest, timing=timing, clock=clock) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as open_session:
        yield open_session


@pytest.fixture
def call(workspace: Workspace, session: aiohttp.ClientSession) -> Call:
    """Calls a method of the Web API with a JSON body and the bot token."""

    async def call_method(method: str, *, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token or workspace.bot_token}"}
        url = workspace.api_url + method
        async with session.post(url, json=arguments, headers=headers) as response:
            body: dict[str, Any] = await response.json()
            return body

    return call_method


@pytest.fixture
async def socket(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncIterator[Socket]:
    opened = await connect_to(workspace, session)
    yield opened
    await opened.connection.close()


@pytest.fixture
async def message(workspace: Workspace, socket: Socket, call: Call) -> Message:
    """A message of the bot with buttons, in a thread."""
    question = await workspace.post("maya", ASK, "A question")
    await socket.receive_acked()
    blocks = [CHOICES, FEEDBACK]
    await call("chat.postMessage", channel=ASK, text="Which?", blocks=blocks, thread_ts=question.ts)
    await socket.receive_acked()
    return workspace.messages(ASK, question.ts)[-1]
