"""HTTP mode: with a signing secret and no app-level token, Slack's requests come in over HTTP and are checked."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

from bot.answering import AnswerService
from bot.errors import SettingsError
from bot.manifest import EVENTS_PATH
from bot.settings import Settings
from bot.slack.install.tokens import read_tokens
from bot.slack.run import connected_bot
from bot.slack.transport import modes
from localslack import Timing, Workspace
from tests.slack.processes import bot_process, environment_of, free_port, has_logged, local_workspace, stopped

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ASK = "#ask"
QUESTION = "Who handles unemployment claims?"


@dataclass(frozen=True)
class Slack:
    """Slack's end of HTTP mode: sends requests to the bot."""

    session: aiohttp.ClientSession
    address: str

    async def send(
        self, body: str, *, secret: str = SECRET, kind: str = "application/json", age_seconds: int = 0
    ) -> tuple[int, str]:
        """Send a signed request; status and body of the response."""
        timestamp = str(int(time.time()) - age_seconds)
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp}
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        assert signature is not None
        headers["X-Slack-Signature"] = signature
        return await self.send_plainly(body, headers)

    async def send_plainly(self, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """Send a request as it is."""
        async with self.session.post(self.address, data=body, headers=headers) as response:
            return response.status, await response.text()


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """A workspace that nobody is connected to: it takes the bot's calls, and the test sends the events."""
    async with local_workspace(timing=Timing(retry_delays_seconds=())) as running:
        yield running


def http_settings(workspace: Workspace, port: int) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=None,
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=workspace.api_url,
        host="127.0.0.1",
        port=port,
        database_url=SecretStr("sqlite://"),
    )


@pytest.fixture
async def slack(
    workspace: Workspace, answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Slack]:
    monkeypatch.chdir(tmp_path)  # no .env there
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
    settings = http_settings(workspace, free_port())
    address = f"http://127.0.0.1:{settings.port}{EVENTS_PATH}"
    async with (
        connected_bot(settings, read_tokens(settings), answers) as worker,
        aiohttp.ClientSession() as session,
    ):
        with workspace.waiting_for(lambda: worker.is_done):
            yield Slack(session, address)


async def mention(workspace: Workspace) -> tuple[str, str]:
    """A mention that was just written: its ts, and the event that tells of it."""
    text = f"<@{workspace.bot_user_id}> {QUESTION}"
    message = await workspace.post("maya", ASK, text)
    event = {"type": "app_mention", "user": "U0MAYA", "text": text, "channel": "C0ASK", "ts": message.ts}
    body = {"type": "event_callback", "team_id": workspace.team_id, "event_id": "Ev0HTTP", "event": event}
    return message.ts, json.dumps(body)


async def test_a_signed_event_is_answered(workspace: Workspace, slack: Slack) -> None:
    ts, body = await mention(workspace)
    status, _ = await slack.send(body)
    reply = await workspace.next_message(ASK, ts)
    assert status == 200
    assert "Unemployment claims" in reply.text
    assert workspace.connection_count == 0


async def test_a_click_that_lets_nothing_open_is_answered_all_the_same(workspace: Workspace, slack: Slack) -> None:
    ts, body = await mention(workspace)
    await slack.send(body)
    reply = await workspace.next_message(ASK, ts)
    click = {
        "type": "block_actions",
        "user": {"id": "U0MAYA"},
        "team": {"id": workspace.team_id},
        "container": {"type": "message", "channel_id": "C0ASK", "message_ts": reply.ts, "thread_ts": ts},
        "actions": [{"action_id": "show_more", "block_id": "b", "value": "unemployment-claims"}],
    }
    status, _ = await slack.send(urlencode({"payload": json.dumps(click)}), kind="application/x-www-form-urlencoded")
    assert status == 200
    assert "More on" in (await workspace.next_message(ASK, ts)).text


async def test_an_event_sent_again_gets_no_second_reply(workspace: Workspace, slack: Slack) -> None:
    ts, body = await mention(workspace)
    assert [(await slack.send(body))[0] for _ in range(4)] == [200] * 4
    await workspace.settle()
    assert len(workspace.messages(ASK, ts)) == 2  # question and reply


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"secret": "another-secret"}, id="signed with another secret"),
        pytest.param({"age_seconds": 3_600}, id="signed an hour ago"),
    ],
)
async def test_a_wrong_signature_is_refused_and_nothing_is_answered(
    workspace: Workspace, slack: Slack, how: dict[str, Any]
) -> None:
    _, body = await mention(workspace)
    status, text = await slack.send(body, **how)
    await workspace.settle()
    assert status == 401
    assert QUESTION not in text
    assert workspace.traffic.calls("chat.postMessage") == []


async def test_a_request_without_a_signature_is_refused(workspace: Workspace, slack: Slack) -> None:
    _, body = await mention(workspace)
    status, _ = await slack.send_plainly(body, {"Content-Type": "application/json"})
    assert status == 401


@pytest.mark.parametrize("body", ["{", "[]", "7", '"text"'])
async def test_a_body_that_cannot_be_read_is_refused_and_leaks_nothing(slack: Slack, body: str) -> None:
    status, text = await slack.send_plainly(body, {"Content-Type": "application/json"})
    assert status in {400, 401}
    assert "Traceback" not in text


async def test_while_too_many_questions_wait_in_the_store_more_are_shed(
    workspace: Workspace, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts, body = await mention(workspace)
    monkeypatch.setattr(modes, "MOST_WAITING", 0)
    assert (await slack.send(body))[0] == 503
    monkeypatch.setattr(modes, "MOST_WAITING", 1)
    assert (await slack.send(body))[0] == 200
    await workspace.next_message(ASK, ts)


async def test_slacks_question_whether_the_address_is_ours_is_answered(slack: Slack) -> None:
    challenge = {"type": "url_verification", "token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7"}
    status, text = await slack.send(json.dumps(challenge))
    assert status == 200
    assert challenge["challenge"] in text


async def test_a_command_is_answered_in_the_response(slack: Slack) -> None:
    form = {
        "command": "/peo-vs-aso",
        "text": QUESTION,
        "user_id": "U0MAYA",
        "channel_id": "C0ASK",
        "team_id": "T0LOCAL",
    }
    status, text = await slack.send(urlencode(form), kind="application/x-www-form-urlencoded")
    answer = json.loads(text)
    assert status == 200
    assert answer["response_type"] == "ephemeral"
    assert "Unemployment claims" in answer["text"]
    assert answer["blocks"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_and_readiness_are_served_beside_the_events(slack: Slack, path: str) -> None:
    async with slack.session.get(slack.address.removesuffix(EVENTS_PATH) + path) as response:
        assert response.status == 200


async def test_a_taken_port_ends_http_mode_with_one_line(workspace: Workspace, answers: AnswerService) -> None:
    taken = workspace.api_url.rpartition(":")[2].partition("/")[0]
    settings = http_settings(workspace, int(taken))
    with pytest.raises(SettingsError, match=f"127.0.0.1:{taken}") as raised:
        async with connected_bot(settings, read_tokens(settings), answers):
            pytest.fail("the bot runs without hearing anything")
    assert "PORT" in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_run_takes_a_signing_secret_without_an_app_token_for_http(workspace: Workspace, bot_folder: Path) -> None:
    port = free_port()
    environment = {**environment_of(workspace, PORT=str(port)), "SLACK_SIGNING_SECRET": SECRET}
    del environment["SLACK_APP_TOKEN"]
    async with bot_process(bot_folder, environment) as process, aiohttp.ClientSession() as session:
        await has_logged(process, "running")
        ts, body = await mention(workspace)
        status, _ = await Slack(session, f"http://127.0.0.1:{port}{EVENTS_PATH}").send(body)
        reply = await workspace.next_message(ASK, ts)
        result = await stopped(process)
    assert json.loads(result.stderr.splitlines()[0])["mode"] == "http"
    assert status == 200
    assert "Unemployment claims" in reply.text
    assert result.code == 0
