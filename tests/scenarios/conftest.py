"""The scenarios run over both transports: what a person sees must not depend on how Slack reaches the bot.

`make test` runs them over Socket Mode; over HTTP it runs how deliveries are taken, and the tests in ``tests/slack``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace, connected_to
from bot.manifest import http_manifest
from bot.settings import Settings
from bot.store.engine import IN_MEMORY
from localslack import Workspace
from tests.shared import BRISK, PATIENT
from tests.slack.processes import free_port
from tests.store.databases import migrated

Transport: TypeAlias = Literal["socket", "http", "http and postgresql"]


@asynccontextmanager
async def bot_over_http(answers: AnswerService, database_url: str = IN_MEMORY) -> AsyncIterator[Workspace]:
    """A local workspace that sends signed requests to the real bot."""
    port = free_port()
    async with Workspace(http_manifest(f"http://127.0.0.1:{port}"), timing=PATIENT) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=None,
            slack_signing_secret=SecretStr(workspace.signing_secret),
            slack_api_url=workspace.api_url,
            host="127.0.0.1",
            port=port,
            database_url=SecretStr(database_url),
        )
        async with connected_to(workspace, settings, answers, BRISK):
            yield workspace


@pytest.fixture(params=["socket", pytest.param("http", marks=pytest.mark.exhaustive)])
def transport(request: pytest.FixtureRequest) -> Transport:
    transport: Transport = request.param
    return transport


@pytest.fixture
async def workspace(answers: AnswerService, transport: Transport, tmp_path: Path) -> AsyncIterator[Workspace]:
    """The local workspace with the real bot, over one transport and then over the other."""
    if transport == "http and postgresql":
        async with migrated("postgresql", tmp_path) as url, bot_over_http(answers, url) as running:
            yield running
        return
    bot = bot_over_http(answers) if transport == "http" else bot_in_workspace(answers, pace=BRISK, timing=PATIENT)
    async with bot as running:
        yield running
