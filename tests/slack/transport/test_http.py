"""The HTTP server turns away whoever is not Slack, too slow, too large or too many, and says so in plain words."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.metrics import Metrics
from bot.slack.transport import http
from bot.slack.transport.http import LARGEST_BODY_BYTES, MOST_UNDER_WAY, SlackRequests, listening
from bot.store import Store, engine_of
from bot.store.engine import IN_MEMORY
from tests.slack.processes import free_port
from tests.store.databases import KINDS, Kind, migrated

SECRET = "a secret that was made up"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MENTION = {"type": "app_mention", "user": "U0MAYA", "channel": "C0ASK", "text": "who pays?", "ts": "1.2"}
EVENT = json.dumps({"type": "event_callback", "team_id": "T0", "event_id": "Ev0", "event": MENTION}).encode()
COMMAND = urlencode({"command": "/peo-vs-aso", "text": "who pays?", "user_id": "U0MAYA", "team_id": "T0"}).encode()


def signed(body: bytes, kind: str = JSON, *, secret: str = SECRET, age_seconds: float = 0) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    timestamp = str(int(time.time() - age_seconds))
    signature = hmac.new(secret.encode(), b":".join((b"v0", timestamp.encode(), body)), hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


@dataclass
class Bot:
    """A small Bolt app behind the server.

    Attributes:
        taken: How many requests reached its listeners.
        is_full: What the server is told of the queue.
        may_go_on: Cleared, commands are not acknowledged.
    """

    port: int
    session: aiohttp.ClientSession
    may_go_on: asyncio.Event
    taken: int = 0
    is_full: bool = False

    async def post(self, body: Any, headers: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        url = f"http://127.0.0.1:{self.port}/slack/events"
        async with self.session.post(url, data=body, headers=headers) as response:
            return response.status, await response.text(), dict(response.headers)

    async def raw(self, *parts: bytes, pause_seconds: float = 0.0) -> str:
        """Send bytes as they are, with pauses between; what comes back until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause_seconds)
            async with asyncio.timeout(5):
                return (await reader.read()).decode()
        except ConnectionError:
            return ""
        finally:
            writer.close()


def bolt_app(bot: Bot) -> AsyncApp:
    authorized = AuthorizeResult(enterprise_id=None, team_id="T0", bot_id="B0", bot_user_id="U0BOT", bot_token="xoxb-")

    async def authorize() -> AuthorizeResult:
        return authorized

    app = AsyncApp(authorize=authorize, signing_secret=SECRET)

    @app.event("app_mention")
    async def take_mention() -> None:
        bot.taken += 1

    @app.command("/peo-vs-aso")
    async def take_command(ack: AsyncAck) -> None:
        bot.taken += 1
        await bot.may_go_on.wait()
        await ack("an answer")

    return app


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with running_bot() as running:
        yield running


@asynccontextmanager
async def running_bot(database_url: str = IN_MEMORY) -> AsyncIterator[Bot]:
    engine = engine_of(database_url)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        bot = Bot(free_port(), session, asyncio.Event())
        bot.may_go_on.set()
        store = Store(engine, "key", 0)
        requests = SlackRequests(bolt_app(bot), SECRET, Metrics(), lambda: bot.is_full, store)
        async with listening([web.post("/slack/events", requests.take)], "127.0.0.1", bot.port):
            yield bot
    await engine.dispose()


async def test_a_signed_request_is_taken(bot: Bot) -> None:
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200
    status, text, _ = await bot.post(COMMAND, signed(COMMAND, FORM))
    assert (status, text) == (200, "an answer")


# Not Slack


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        pytest.param({}, "not signed", id="no signature"),
        pytest.param(signed(EVENT) | {"X-Slack-Signature": "v0=ü"}, "not signed", id="no hexadecimal signature"),
        pytest.param(signed(EVENT) | {"X-Slack-Request-Timestamp": "١٢٣"}, "not signed", id="a timestamp that is none"),
        pytest.param(signed(EVENT, secret="another"), "SLACK_SIGNING_SECRET", id="another secret"),
        pytest.param(signed(EVENT + b" "), "SLACK_SIGNING_SECRET", id="another body"),
    ],
)
async def test_what_is_not_signed_by_slack_is_refused(bot: Bot, headers: dict[str, str], words: str) -> None:
    status, text, _ = await bot.post(EVENT, headers)
    assert (status, bot.taken) == (401, 0)
    assert words in text


@pytest.mark.parametrize(("age_seconds", "words"), [(305, "ago"), (86_400, "ago"), (-305, "ahead")])
async def test_what_was_signed_more_than_five_minutes_off_is_refused(bot: Bot, age_seconds: int, words: str) -> None:
    status, text, _ = await bot.post(EVENT, signed(EVENT, age_seconds=age_seconds))
    assert (status, bot.taken) == (401, 0)
    assert words in text
    assert "clock" in text


@pytest.mark.parametrize("age_seconds", [290, -290])
async def test_clocks_may_differ_by_some_minutes(bot: Bot, age_seconds: int) -> None:
    assert (await bot.post(EVENT, signed(EVENT, age_seconds=age_seconds)))[0] == 200


async def test_a_command_that_comes_again_to_the_letter_is_refused(bot: Bot) -> None:
    headers = signed(COMMAND, FORM)
    answers = [await bot.post(COMMAND, headers) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 401, 401]
    assert "taken before" in answers[1][1]
    assert bot.taken == 1


async def test_a_command_that_comes_twice_at_once_is_taken_once(bot: Bot) -> None:
    headers = signed(COMMAND, FORM)
    answers = await asyncio.gather(*(bot.post(COMMAND, headers) for _ in range(5)))
    assert sorted(status for status, _, _ in answers) == [200, 401, 401, 401, 401]
    assert bot.taken == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_command_that_another_replica_has_taken_is_refused(kind: Kind, tmp_path: Path) -> None:
    async with migrated(kind, tmp_path) as url, running_bot(url) as one, running_bot(url) as other:
        headers = signed(COMMAND, FORM)
        answers = await asyncio.gather(*(bot.post(COMMAND, headers) for bot in (one, other, one, other)))
        assert sorted(status for status, _, _ in answers) == [200, 401, 401, 401]
        assert one.taken + other.taken == 1


async def test_a_command_is_carried_out_once_at_a_replica_while_the_database_is_away() -> None:
    async with running_bot("postgresql://nobody@127.0.0.1:1/nothing") as bot:
        headers = signed(COMMAND, FORM)
        assert [(await bot.post(COMMAND, headers))[0] for _ in range(2)] == [200, 401]


async def test_an_event_that_comes_again_within_the_same_second_is_acknowledged(bot: Bot) -> None:
    """Slack's retry of an event whose ack was lost; the store knows it by its event_id."""
    headers = signed(EVENT)
    assert [(await bot.post(EVENT, headers))[0] for _ in range(3)] == [200, 200, 200]


# Not readable


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"{", JSON, id="broken JSON"),
        pytest.param(b"", JSON, id="nothing"),
        pytest.param(b"[]", JSON, id="an array"),
        pytest.param(b"7", JSON, id="a number"),
        pytest.param(b"{" * 100_000, JSON, id="deep nesting"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, id="deep nesting that ends"),
        pytest.param(b'{"type": "event_callback"}', JSON, id="no event"),
        pytest.param(b'{"type": "event_callback", "event": 7, "event_id": "E"}', JSON, id="a number for the event"),
        pytest.param(b'{"type": "block_actions", "user": {"id": "U"}, "actions": []}', JSON, id="no action"),
        pytest.param(b"payload=%7B", FORM, id="a form with broken JSON"),
        pytest.param(b"payload=7", FORM, id="a form with a number"),
        pytest.param(b"\xff\xfe", FORM, id="no UTF-8"),
        pytest.param(b"a=b", FORM, id="a form of somebody else"),
        pytest.param(b'{"type": "something_new"}', JSON, id="a type that does not exist yet"),
    ],
)
async def test_a_signed_body_that_means_nothing_is_refused_for_good(bot: Bot, body: bytes, kind: str) -> None:
    status, text, headers = await bot.post(body, signed(body, kind))
    assert status in {400, 404}
    assert headers["X-Slack-No-Retry"] == "1"
    assert text.endswith(".\n")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/slack/events", 405), ("POST", "/", 404)])
async def test_other_addresses_and_methods_are_refused(bot: Bot, method: str, path: str, status: int) -> None:
    async with bot.session.request(method, f"http://127.0.0.1:{bot.port}{path}") as response:
        assert response.status == status


async def test_what_is_not_http_is_refused(bot: Bot) -> None:
    assert (await bot.raw(b"\x16\x03\x01 hello\r\n\r\n")).startswith("HTTP/1.0 400")


# Too large


async def test_a_body_may_be_as_large_as_slacks_largest(bot: Bot) -> None:
    body = EVENT[:-1] + b', "more": "' + b"x" * (LARGEST_BODY_BYTES - len(EVENT) - 13) + b'"}'
    assert (await bot.post(body, signed(body)))[0] == 200


@pytest.mark.parametrize("is_announced", [True, False], ids=["with its length", "in chunks"])
async def test_a_body_that_is_larger_is_refused(bot: Bot, is_announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    body = io.BytesIO(b" " * (LARGEST_BODY_BYTES + 1)) if is_announced else chunks()
    status, text, _ = await bot.post(body, signed(EVENT))
    assert status == 413
    assert "1,048,576" in text


async def test_a_compressed_body_is_not_unpacked(bot: Bot) -> None:
    body = gzip.compress(b" " * 10_000_000)
    assert (await bot.post(body, signed(body) | {"Content-Encoding": "gzip"}))[0] == 415


# Too slow


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(http, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(http, "ACK_SECONDS", 0.2)


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([HEAD], id="a head that stays away"),
        pytest.param([HEAD, *[b"X: y\r\n"] * 5], id="a head that trickles in"),
        pytest.param([HEAD + b"\r\n"], id="a body that stays away"),
        pytest.param([HEAD + b"\r\n", *[b"{"] * 5], id="a body that trickles in"),
    ],
)
async def test_a_slow_client_is_cut(bot: Bot, parts: list[bytes]) -> None:
    started = time.perf_counter()
    answer = await bot.raw(*parts, pause_seconds=0.1)
    assert time.perf_counter() - started < 3
    # Whoever goes on sending may find the connection closed before it reads why.
    assert answer.startswith("HTTP/1.1 408") or (not answer and len(parts) > 1)
    assert bot.taken == 0


@pytest.mark.usefixtures("impatient")
async def test_a_client_that_waits_between_two_requests_is_not_cut(bot: Bot) -> None:
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200
    await asyncio.sleep(0.4)
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200
    assert bot.taken == 2


@pytest.mark.usefixtures("impatient")
async def test_a_body_that_is_broken_off_does_no_harm(bot: Bot) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    writer.write(HEAD + b"\r\n{")
    writer.close()
    assert "400" in await bot.raw(HEAD.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked") + b"\r\nzz\r\n")
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200


# Too many


def retry_after(headers: dict[str, str]) -> int:
    return int(headers["Retry-After"])


async def test_while_the_queue_is_full_requests_are_shed_and_then_taken_again(bot: Bot) -> None:
    bot.is_full = True
    status, text, headers = await bot.post(EVENT, signed(EVENT))
    assert (status, bot.taken) == (503, 0)
    assert "more to do" in text
    assert retry_after(headers) == 1
    bot.is_full = False
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200


async def test_more_at_once_than_can_be_held_are_shed_and_the_rest_is_answered(bot: Bot) -> None:
    def another(number: int) -> bytes:
        return COMMAND + f"&trigger_id={number}".encode()

    bot.may_go_on.clear()
    held = [asyncio.create_task(bot.post(another(n), signed(another(n), FORM))) for n in range(MOST_UNDER_WAY)]
    async with asyncio.timeout(5):
        while bot.taken < MOST_UNDER_WAY:
            await asyncio.sleep(0.01)
    status, _, headers = await bot.post(EVENT, signed(EVENT))
    assert (status, retry_after(headers)) == (503, 1)
    bot.may_go_on.set()
    assert {status for status, _, _ in await asyncio.gather(*held)} == {200}
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_acknowledged_in_time_is_shed_and_may_come_again(bot: Bot) -> None:
    headers = signed(COMMAND, FORM)
    bot.may_go_on.clear()
    status, _, answered = await bot.post(COMMAND, headers)
    assert (status, retry_after(answered)) == (503, 1)
    bot.may_go_on.set()
    assert (await bot.post(COMMAND, headers))[0] == 200


@pytest.fixture
def _few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 3)


@pytest.mark.usefixtures("_few_connections")
async def test_silent_connections_make_room_for_one_that_asks(bot: Bot) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", bot.port) for _ in range(9)]
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200
    # The oldest went first.
    async with asyncio.timeout(5):
        assert await silent[0][0].read() == b""
    for _, writer in silent:
        writer.close()


@pytest.mark.usefixtures("_few_connections")
async def test_a_silent_connection_goes_before_one_that_has_asked_and_may_ask_again(bot: Bot) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    for _ in range(2):
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: bot\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.readline()).startswith(b"HTTP/1.1 404")
            while await reader.readline() not in (b"\r\n", b""):
                pass
            await reader.readexactly(len(b"404: Not Found"))
        others = [await asyncio.open_connection("127.0.0.1", bot.port) for _ in range(5)]
        assert (await bot.post(EVENT, signed(EVENT)))[0] == 200
        for _, other in others:
            other.close()
    writer.close()


@pytest.mark.usefixtures("_few_connections")
async def test_where_all_connections_are_at_work_one_too_many_is_turned_away(bot: Bot) -> None:
    at_work = [await asyncio.open_connection("127.0.0.1", bot.port) for _ in range(3)]
    for _, writer in at_work:
        writer.write(HEAD)
    await asyncio.sleep(0.05)
    refused = await bot.raw()
    assert refused.startswith("HTTP/1.1 503")
    assert "Retry-After: 1" in refused
    for _, writer in at_work:
        writer.close()
    await asyncio.sleep(0.05)
    assert (await bot.post(EVENT, signed(EVENT)))[0] == 200


async def test_a_connection_that_says_nothing_is_closed(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SILENT_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


# The end


async def test_what_was_taken_is_answered_before_the_server_ends() -> None:
    async with running_bot() as bot:
        bot.may_go_on.clear()
        held = asyncio.create_task(bot.post(COMMAND, signed(COMMAND, FORM)))
        async with asyncio.timeout(5):
            while not bot.taken:
                await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.2, bot.may_go_on.set)
    assert (await held)[0] == 200
