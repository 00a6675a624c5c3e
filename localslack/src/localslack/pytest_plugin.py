"""Fixtures for tests of a Bolt app; pytest finds them where ``localslack[pytest]`` is installed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from localslack.workspace import Workspace


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting ``slack_manifest``."""
    parser.addini(
        "slack_manifest", "The app's manifest as JSON, for the fixture slack_workspace.", default="manifest.json"
    )


@pytest.fixture
def slack_manifest(pytestconfig: pytest.Config) -> dict[str, Any]:
    """The manifest of the app, read from the file that the setting ``slack_manifest`` names.

    The path is relative to pytest's root folder. Override the fixture to change the manifest for some tests.
    """
    path = pytestconfig.rootpath / pytestconfig.getini("slack_manifest")
    if not path.exists():
        pytest.fail(f"There is no {path}. Name the app's manifest with the setting slack_manifest.", pytrace=False)
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


@pytest_asyncio.fixture
async def slack_workspace(slack_manifest: dict[str, Any]) -> AsyncIterator[Workspace]:
    """A running workspace in which the app of ``slack_manifest`` is installed and not yet connected."""
    async with Workspace(slack_manifest) as workspace:
        yield workspace
