"""A real browser on the page of a real workspace. One browser serves all tests, each in a fresh profile."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from playwright.async_api import Page as Tab

from bot.answering import AnswerService
from bot.cli.demo import bot_in_workspace
from bot.workspace import Workspace
from tests.workspace.support import full_manifest

from .support import Window, open_window, trial_app

# Chromium in a container: no sandbox, nothing asked of the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ARTIFACTS = Path(__file__).parents[2] / "artifacts"

expect.set_options(timeout=5_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let all tests here share one event loop, for the browser lives in it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def _chromium() -> str:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = [path for name in names if name and (path := shutil.which(name))]
    if not found:
        reason = "No Chromium here. Install Debian's package chromium, or name another with CHROMIUM=/path."
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(reason)
    return found[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1360, "height": 850})
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(answers: AnswerService) -> AsyncIterator[Workspace]:
    """The real bot, in the place of the fixture that lives in a loop of its own."""
    async with bot_in_workspace(answers) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def trial() -> AsyncIterator[Workspace]:
    """A workspace with an app that uses what the bot does not: modals, a Home tab, every kind of element."""
    async with trial_app() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def without_app() -> AsyncIterator[Workspace]:
    """A workspace in which nobody answers."""
    async with Workspace(full_manifest()) as running:
        yield running


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What the browser complained of; nothing at the end of each test."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def opened(profile: BrowserContext, problems: list[str]) -> Callable[..., Awaitable[Window]]:
    """Open a window on a workspace."""

    async def open_on(running: Workspace, place: str = "as=U0MAYA&in=ask-peo-aso") -> Window:
        tab: Tab = await profile.new_page()
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        return await open_window(tab, running, place)

    return open_on


@pytest_asyncio.fixture(loop_scope="session")
async def window(workspace: Workspace, opened: Callable[..., Awaitable[Window]]) -> Window:
    """Maya's window on #ask-peo-aso, with the real bot."""
    return await opened(workspace)
