"""A real browser on the page of a real workspace. One browser serves all tests, each in a fresh profile."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from localslack import Workspace
from localslack.browser import Window, find_chromium, launched, open_window
from support import full_manifest

from .support import trial_app

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

expect.set_options(timeout=5_000)


# A browser takes a second for what other tests do in ten milliseconds. These stand for the rest in a quick run.
IN_SHORT = ("test_asking.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let all tests here share one event loop, since the browser needs the loop that it was started in."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if item.path.name not in IN_SHORT:
                item.add_marker(pytest.mark.exhaustive)


def missing(what: str) -> None:
    """Skip the test, or fail it where everything has to be installed."""
    (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(what)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        missing("No Chromium here. Install Debian's package chromium, or name another with CHROMIUM=/path.")
    async with launched(str(chromium)) as started:
        yield started


@pytest.fixture
def axe() -> str:
    """The source of axe-core, which npm keeps in the folder of these tests."""
    if not AXE.exists():
        missing("axe-core is not installed. Run: npm ci --prefix localslack/tests/page")
    return AXE.read_text(encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="session")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1360, "height": 850})
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[Workspace]:
    """A workspace with the trial app, which uses modals, a Home tab and every kind of element."""
    async with trial_app() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def without_app() -> AsyncIterator[Workspace]:
    """A workspace in which nobody answers."""
    async with Workspace(full_manifest()) as running:
        yield running


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """The errors that the browser reported; none at the end of each test."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def opened(profile: BrowserContext, problems: list[str]) -> Callable[..., Awaitable[Window]]:
    """Open a window on a workspace."""

    async def open_on(running: Workspace, place: str = "as=U0MAYA&in=ask") -> Window:
        return await open_window(profile, running, place, problems=problems)

    return open_on


@pytest_asyncio.fixture(loop_scope="session")
async def window(workspace: Workspace, opened: Callable[..., Awaitable[Window]]) -> Window:
    """Maya's window on #ask."""
    return await opened(workspace)
