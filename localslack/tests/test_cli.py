"""The command ``localslack``: serves a workspace for an app in another process."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from support import full_manifest

PROGRAM = (sys.executable, "-c", "from localslack.cli import main; main()")
START_SECONDS = 30


@pytest.fixture
def manifest_file(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(full_manifest()), encoding="utf-8")
    return path


@pytest.fixture
async def served(manifest_file: Path) -> AsyncIterator[Process]:
    """The command as it runs beside an app."""
    command = (*PROGRAM, str(manifest_file), "--port", "0", "--no-browser")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    yield process
    process.terminate()
    await process.wait()


async def printed(process: Process) -> dict[str, str]:
    """The environment variables that the command tells people to set, and the address of the page as ``PAGE``."""
    assert process.stdout is not None
    values: dict[str, str] = {}
    async with asyncio.timeout(START_SECONDS):
        while "SLACK_SIGNING_SECRET" not in values:
            line = (await process.stdout.readline()).decode()
            assert line, "it ended early"
            if found := re.match(r"(?:export )?(\w+|The workspace)(?:=|: )(\S+)$", line.rstrip()):
                values[found[1].replace("The workspace", "PAGE")] = found[2]
    return values


async def test_it_serves_the_page_and_an_app_with_the_tokens_that_it_prints(
    served: Process, session: aiohttp.ClientSession
) -> None:
    values = await printed(served)
    async with session.get(values["PAGE"]) as response:
        assert response.status == 200
    headers = {"Authorization": f"Bearer {values['SLACK_BOT_TOKEN']}"}
    async with session.post(values["SLACK_API_URL"] + "auth.test", headers=headers) as response:
        assert (await response.json())["user"] == "lunch-bot"
    headers = {"Authorization": f"Bearer {values['SLACK_APP_TOKEN']}"}
    async with session.post(values["SLACK_API_URL"] + "apps.connections.open", headers=headers) as response:
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param("display_information:", "is not JSON", id="YAML"),
        pytest.param("[]", "must hold a JSON object", id="no object"),
        pytest.param("{}", "features.bot_user.display_name", id="no bot user"),
    ],
)
async def test_a_manifest_that_cannot_be_used_is_said_in_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "manifest.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(*PROGRAM, str(path), "--no-browser", stdout=PIPE, stderr=PIPE)
    _, error = await process.communicate()
    assert process.returncode == 1
    assert error.decode().startswith("localslack: ")
    assert said in error.decode()
    assert error.decode().count("\n") == 1


async def test_a_port_that_is_taken_is_said_in_one_line(served: Process, manifest_file: Path) -> None:
    port = re.search(r":(\d+)/", (await printed(served))["PAGE"])
    assert port
    command = (*PROGRAM, str(manifest_file), "--port", port[1], "--no-browser")
    second = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    _, error = await second.communicate()
    assert second.returncode == 1
    assert "address already in use" in error.decode()
