"""Ten thousand requests that nobody should send: none brings the bot down, confuses it or makes it talk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psutil

from bot.manifest import http_manifest
from bot.workspace import Timing, Workspace
from tools.bad_input import MARKER, send_all

from .processes import bot_process, connected, environment_of, free_port, stopped

REQUESTS = 10_000
ASK = "#ask-peo-aso"
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


async def test_bad_input_is_refused_without_a_crash_a_5xx_or_a_word_in_the_log(bot_folder: Path) -> None:
    port = free_port()
    async with Workspace(http_manifest(f"http://127.0.0.1:{port}"), timing=Timing(ack_timeout_seconds=20)) as workspace:
        environment = environment_of(workspace, PORT=str(port), SLACK_SIGNING_SECRET=workspace.signing_secret)
        del environment["SLACK_APP_TOKEN"]
        async with bot_process(bot_folder, environment, log=bot_folder / "log") as process:
            await connected(workspace, process)
            before = psutil.Process(process.pid).memory_info().rss
            outcomes = await send_all(f"http://127.0.0.1:{port}", workspace.signing_secret, REQUESTS)
            grown = psutil.Process(process.pid).memory_info().rss - before
            asked = await workspace.mention("maya", ASK, "Who handles unemployment claims?")
            reply = await workspace.next_message(ASK, asked.ts, 20)
            result = await stopped(process)
    log = (bot_folder / "log").read_text()
    assert sum(outcomes.values()) == REQUESTS
    assert [(kind, status) for kind, status in outcomes if status not in EXPECTED[kind]] == []
    assert "Unemployment claims" in reply.text
    assert result.code == 0
    assert MARKER not in result.stdout + log
    bugs = [line for line in map(json.loads, log.splitlines()) if line.get("traceback")]
    assert bugs == []
    assert len(re.findall("request_refused", log)) < 50, "an attacker cannot fill the disk"
    assert grown < 100e6
