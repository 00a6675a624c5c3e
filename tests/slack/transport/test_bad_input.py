"""Thousands of requests that nobody should send: none brings the bot down, confuses it or makes it talk."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

from bot.manifest import http_manifest
from localslack import Timing, Workspace
from tests.slack.processes import bot_process, connected, environment_of, free_port, stopped
from tools.bad_input import AT_ONCE, MARKER, mutated_payloads, send_all

REQUESTS = 10_000
PAYLOADS = 1_000
ASK = "#ask"
EXPECTED = {
    "no signature": {401},
    "wrong signature": {401},
    "signed long ago or ahead": {401},
    "replay": {401},
    "larger than 1 MiB": {413},
    "broken JSON, signed": {400, 404},
    "no HTTP": {400},
    # Whoever is still sending when the connection is cut may not get to read why.
    "slow": {408, 0},
    # What a fuzz leaves whole may be a question, or a type that nobody waits for.
    "unknown type, signed": {200, 400, 404, 401},
    "fuzzed payload, signed": {200, 400, 404, 401},
    "fuzzed form, signed": {200, 400, 404, 401},
    "garbled bytes, signed": {200, 400, 404, 401},
}


@pytest.mark.exhaustive
async def test_bad_input_is_refused_without_a_crash_a_5xx_or_a_word_in_the_log(bot_folder: Path) -> None:
    port = free_port()
    async with Workspace(http_manifest(f"http://127.0.0.1:{port}"), timing=Timing(ack_timeout_seconds=20)) as workspace:
        environment = environment_of(workspace, PORT=str(port), SLACK_SIGNING_SECRET=workspace.signing_secret)
        del environment["SLACK_APP_TOKEN"]
        async with bot_process(bot_folder, environment) as process:
            await connected(workspace, process)
            before = psutil.Process(process.pid).memory_info().rss
            outcomes = await send_all(f"http://127.0.0.1:{port}", workspace.signing_secret, REQUESTS)
            grown = psutil.Process(process.pid).memory_info().rss - before
            reply = await asked_afterwards(workspace)
            result = await stopped(process)
    assert sum(outcomes.values()) == REQUESTS
    assert [(kind, status) for kind, status in outcomes if status not in EXPECTED[kind]] == []
    assert "Unemployment claims" in reply
    assert result.code == 0
    assert MARKER not in result.stdout + result.stderr
    bugs = [line for line in map(json.loads, result.stderr.splitlines()) if line.get("traceback")]
    assert bugs == []
    assert len(re.findall("request_refused", result.stderr)) < 50, "an attacker cannot fill the disk"
    assert grown < 100e6


async def sent_over_the_socket(workspace: Workspace, sent: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Send payloads, a few at once; those that the bot did not acknowledge."""
    room = asyncio.Semaphore(AT_ONCE)
    left: list[dict[str, object]] = []

    async def send(payload: dict[str, object]) -> None:
        async with room:
            delivery = await workspace.deliver_payload("interactive", payload)
            await delivery.settled()
        if delivery.acked is None:
            left.append(payload)

    async with asyncio.TaskGroup() as group:
        for payload in sent:
            group.create_task(send(payload))
    return left


async def test_over_the_socket_every_mutated_payload_is_acknowledged_and_none_fails_a_listener(
    workspace: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await sent_over_the_socket(workspace, mutated_payloads(PAYLOADS)) == []
    reply = await asked_afterwards(workspace)
    assert "Unemployment claims" in reply
    said = "".join(capfd.readouterr())
    assert MARKER not in said
    assert "Traceback" not in said
    assert "listener_failed" not in said


@pytest.mark.parametrize("payload", [None, [], "a text", 5])
async def test_an_envelope_without_an_object_is_acknowledged(workspace: Workspace, payload: object) -> None:
    delivery = await workspace.deliver_payload("interactive", payload)
    await delivery.settled()
    assert delivery.acked is not None


async def asked_afterwards(workspace: Workspace) -> str:
    asked = await workspace.mention("maya", ASK, "Who handles unemployment claims?")
    return (await workspace.next_message(ASK, asked.ts, 20)).text
