"""HTTP mode: signed requests to the addresses in the manifest, responses as acks, redelivery."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from localslack import Timing, Workspace
from localslack.manifest import AppManifest
from localslack.page.shown import shown_record
from support import IMPATIENT, Clock, Manifest

SECRET = "a secret that was made up"
PING = {"type": "ping_of_a_test"}
Respond = Callable[[web.Request], web.Response]


def ok(_: web.Request) -> web.Response:
    return web.Response()


@dataclass
class App:
    """The app's side: keeps the requests and answers as a test says.

    Attributes:
        requests: Headers and body of each request, the challenges left out.
        respond: Makes the response; None to give none.
    """

    origin: str = ""
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    respond: Respond | None = ok

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        if "url_verification" in body:
            return web.Response(text=json.loads(body)["challenge"])
        self.requests.append((dict(request.headers), body))
        if self.respond is None:
            await asyncio.sleep(1)
            return web.Response()
        return self.respond(request)


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[App]:
    site = web.Application()
    site.router.add_post("/{way}", app.handle)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield app
    await runner.cleanup()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with serving(App()) as running:
        yield running


@pytest.fixture
async def workspace(manifest: Manifest, clock: Clock, timing: Timing, app: App) -> AsyncIterator[Workspace]:
    settings, features = manifest["settings"], manifest["features"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = f"{app.origin}/events"
    settings["interactivity"]["request_url"] = f"{app.origin}/interactive"
    features["slash_commands"][0]["url"] = f"{app.origin}/command"
    async with Workspace(manifest, timing=timing, clock=clock, signing_secret=SECRET) as running:
        yield running


async def test_an_event_comes_as_signed_json(workspace: Workspace, app: App, clock: Clock) -> None:
    delivery = await workspace.deliver(PING)
    await delivery.settled()
    [(headers, body)] = app.requests
    assert json.loads(body) == delivery.payload
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Slack-Request-Timestamp"] == str(int(clock.now))
    signed = f"v0:{int(clock.now)}:{body}".encode()
    assert headers["X-Slack-Signature"] == "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert "X-Slack-Retry-Num" not in headers
    [record] = workspace.traffic.envelopes
    assert delivery.acked is record
    assert record.status == 200
    assert record.ack_seconds is not None


async def test_a_command_comes_as_a_form_and_the_response_is_shown(workspace: Workspace, app: App) -> None:
    app.respond = lambda _: web.json_response({"text": "an answer"})
    outcome = await workspace.slash("maya", "#general", "/lunch", "who pays & why?")
    [(headers, body)] = app.requests
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body)["text"] == ["who pays & why?"]
    assert outcome.message is not None
    assert outcome.message.text == "an answer"


async def test_plain_words_in_the_response_to_a_command_are_shown(workspace: Workspace, app: App) -> None:
    app.respond = lambda _: web.Response(text="plain words")
    outcome = await workspace.slash("maya", "#general", "/lunch")
    assert outcome.message is not None
    assert outcome.message.text == "plain words"


async def test_a_shortcut_comes_as_a_payload_in_a_form(workspace: Workspace, app: App) -> None:
    outcome = await workspace.global_shortcut("maya", "ask")
    [(_, body)] = app.requests
    assert json.loads(parse_qs(body)["payload"][0])["callback_id"] == "ask"
    assert outcome.failure is None


def header_of_all(app: App, name: str) -> list[str | None]:
    return [headers.get(name) for headers, _ in app.requests]


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        pytest.param(lambda _: web.Response(status=503), "http_error", id="an error"),
        pytest.param(None, "http_timeout", id="no answer"),
    ],
)
async def test_an_event_that_is_not_acknowledged_is_sent_three_times_more_and_says_why(
    workspace: Workspace, app: App, respond: Respond | None, reason: str
) -> None:
    app.respond = respond
    delivery = await workspace.deliver(PING)
    await delivery.settled()
    assert delivery.acked is None
    assert header_of_all(app, "X-Slack-Retry-Num") == [None, "1", "2", "3"]
    assert header_of_all(app, "X-Slack-Retry-Reason") == [None, reason, reason, reason]
    assert len({json.loads(body)["event_id"] for _, body in app.requests}) == 1


async def test_an_app_can_ask_not_to_be_told_again(workspace: Workspace, app: App) -> None:
    app.respond = lambda _: web.Response(status=400, headers={"X-Slack-No-Retry": "1"})
    delivery = await workspace.deliver(PING)
    await delivery.settled()
    assert len(app.requests) == 1


@pytest.mark.parametrize("timing", [IMPATIENT], ids=["impatient"])
@pytest.mark.parametrize(
    ("respond", "failure"),
    [
        pytest.param(lambda _: web.Response(status=500), "dispatch_failed", id="an error"),
        pytest.param(None, "operation_timeout", id="no answer"),
    ],
)
async def test_a_command_is_sent_once_and_the_person_told_what_went_wrong(
    workspace: Workspace, app: App, respond: Respond | None, failure: str
) -> None:
    app.respond = respond
    outcome = await workspace.slash("maya", "#general", "/lunch")
    assert outcome.failure == failure
    assert len(app.requests) == 1


async def test_an_address_where_nothing_listens_fails_at_once(workspace: Workspace) -> None:
    workspace.balance(["http://127.0.0.1:9"])  # the discard port, which nothing uses any more
    assert (await workspace.slash("maya", "#general", "/lunch")).failure == "dispatch_failed"
    with pytest.raises(TimeoutError):
        await workspace.wait_connected(0.1)


async def test_waiting_for_the_app_ends_when_it_knows_its_address(workspace: Workspace, app: App) -> None:
    await workspace.wait_connected()
    assert app.requests == []


async def test_requests_take_turns_over_replicas(workspace: Workspace, app: App) -> None:
    async with serving(App()) as other:
        workspace.balance([app.origin, other.origin])
        await workspace.wait_connected()
        for _ in range(4):
            await (await workspace.deliver(PING)).settled()
        assert (len(app.requests), len(other.requests)) == (2, 2)


async def test_stopping_gives_up_deliveries(workspace: Workspace, app: App) -> None:
    app.respond = None
    delivery = await workspace.deliver(PING)
    await workspace.stop()
    await delivery.settled()
    assert delivery.acked is None


async def test_the_inspector_shows_the_requests(workspace: Workspace, app: App) -> None:
    await (await workspace.deliver(PING)).settled()
    [record] = workspace.traffic.envelopes
    assert shown_record(record)["title"] == PING["type"]


def test_a_manifest_without_an_address_is_not_sent_to(manifest: Manifest) -> None:
    manifest["settings"]["socket_mode_enabled"] = False
    assert not AppManifest.from_mapping(manifest).is_http
