"""The fixtures that pytest finds where localslack is installed, in a project of somebody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support import full_manifest

TEST_OF_AN_APP = """
async def test_a_message_is_seen(slack_workspace):
    await slack_workspace.post("maya", "#ask", "Good morning")
    assert [message.text for message in slack_workspace.messages("#ask")] == ["Good morning"]
    assert slack_workspace.bot.real_name == "lunch-bot"
"""


def run_pytest(folder: Path, settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text(f"[pytest]\nasyncio_mode = auto\n{settings}", encoding="utf-8")
    (folder / "test_app.py").write_text(TEST_OF_AN_APP, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_workspace_is_made_for_the_manifest_in_the_root_folder(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(full_manifest()), encoding="utf-8")
    result = run_pytest(tmp_path, "")
    assert "1 passed" in result.stdout, result.stdout


def test_a_setting_names_another_manifest(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "slack.json").write_text(json.dumps(full_manifest()), encoding="utf-8")
    result = run_pytest(tmp_path, "slack_manifest = app/slack.json\n")
    assert "1 passed" in result.stdout, result.stdout


def test_a_manifest_that_is_missing_is_named(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, "")
    assert result.returncode == 1
    assert f"There is no {tmp_path / 'manifest.json'}" in result.stdout
