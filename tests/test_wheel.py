"""The bot as it is installed, not as it lies in a checkout: from a wheel, in an environment of its own, elsewhere."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from localslack import Workspace
from tests.slack.processes import ROOT, START_SECONDS, environment_of, free_port, local_workspace, surroundings

ASK = "#ask"
QUESTION = "Who handles unemployment claims?"
BUILD = "import sys, setuptools.build_meta as backend; print(backend.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for building leaves files behind."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "manifest.json"):
        shutil.copy(ROOT / name, source)
    for name in ("bot", "knowledge"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
    subprocess.run([sys.executable, "-c", BUILD, str(target)], cwd=source, check=True, capture_output=True)
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    with zipfile.ZipFile(wheel) as files:
        files.extractall(packages)
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return folder / "bin" / "python"


def run(python: Path, folder: Path, *arguments: str) -> str:
    # With the user's own cache, where the shipped knowledge is fitted already.
    kept = {name: value for name in ("PATH", "HOME", "LANG", "XDG_CACHE_HOME") if (value := os.environ.get(name))}
    environment = {**kept, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_wheel_has_every_file_of_the_bot_and_of_the_knowledge(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        packed = set(files.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "bot", "knowledge"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {name for name in tracked if not name.endswith(".md")} <= packed


def test_the_commands_run_from_the_wheel(python: Path, tmp_path: Path) -> None:
    assert "site-packages" in run(python, tmp_path, "-c", "import bot; print(bot.__file__)")
    assert "Unemployment claims" in run(python, tmp_path, "-m", "bot", "ask", QUESTION)
    assert "display_information" in run(python, tmp_path, "-m", "bot", "manifest")
    assert "at revision" in run(python, tmp_path, "-m", "bot", "migrate")


def test_the_demo_says_how_to_get_the_stand_in_for_slack(python: Path, tmp_path: Path) -> None:
    command = (python, "-m", "bot", "demo", "--once", "--no-browser")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 1
    assert result.stderr == (
        "The demo needs localslack, a stand-in for Slack, which is not installed here: run `make demo` in a copy "
        "of the repository, or install the repository's folder localslack with pip.\n"
    )


async def test_every_surface_works_from_the_wheel(python: Path, bot_folder: Path) -> None:
    port = free_port()
    async with local_workspace() as workspace:
        environment = {**surroundings(bot_folder), **environment_of(workspace, PORT=str(port), PYTHONPATH="")}
        command = (python, "-m", "bot", "run")
        process = await asyncio.create_subprocess_exec(*command, cwd=bot_folder, env=environment, stderr=PIPE)
        try:
            await workspace.wait_connected(START_SECONDS)
            await every_surface(workspace)
            report = run(python, bot_folder, "-c", READYZ.format(port=port))
        finally:
            process.terminate()
            _, logged = await process.communicate()
    assert report.startswith("ready\n")
    assert b"listener_failed" not in logged
    assert process.returncode == 0


READYZ = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:{port}/readyz').read().decode())"


async def every_surface(workspace: Workspace) -> None:
    asked = await workspace.mention("maya", ASK, QUESTION)
    reply = await workspace.next_message(ASK, asked.ts)
    assert "Unemployment claims" in reply.text
    await workspace.direct_message("maya", QUESTION)
    assert "Unemployment claims" in (await workspace.next_message(workspace.direct_channel("maya"))).text
    outcome = await workspace.slash("maya", ASK, "/peo-vs-aso", QUESTION)
    assert outcome.message is not None
    assert "Unemployment claims" in outcome.message.text
    more = await workspace.click("maya", reply, action_id="show_more")
    assert more.failure is None
    shortcut = await workspace.shortcut("andre", asked, "answer_message")
    assert shortcut.failure is None
    await workspace.open_home("maya")
    await workspace.settle()
    home = workspace.home("maya")
    assert home is not None
    assert "PEO" in str(home.blocks)
    searched = await workspace.click_in_view(home, action_id="search", value=QUESTION)
    assert searched.failure is None
    await workspace.settle()
    assert workspace.views("maya")
