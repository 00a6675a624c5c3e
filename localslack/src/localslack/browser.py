"""Use the page of a workspace as a person does, in a real Chromium. Needs ``localslack[browser]``.

::

    async with launched(find_chromium()) as browser:
        window = await open_window(await browser.new_context(), workspace, "as=U0MAYA&in=ask")
        await window.say("Good morning")
        await expect(window.channel).to_have_count(1)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, async_playwright, expect
from playwright.async_api import Page as Tab

from localslack.workspace import Workspace

# Chromium in a container: no sandbox, no requests of its own.
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
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SERIOUS_IMPACTS = ("serious", "critical")


def find_chromium() -> str | None:
    """The path of Chromium: what the variable ``CHROMIUM`` names, or one under a usual name; None without any."""
    names = (os.environ.get("CHROMIUM"), *CHROMIUM_NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


@asynccontextmanager
async def launched(chromium: str) -> AsyncIterator[Browser]:
    """A headless browser.

    Args:
        chromium: The path of its executable.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@dataclass(frozen=True)
class Window:
    """One window, as a person sees it.

    Attributes:
        tab: Playwright's page.
        bot_name: The name that the bot is mentioned by.
    """

    tab: Tab
    bot_name: str

    @property
    def box(self) -> Locator:
        """Where messages to the channel are typed."""
        return self.tab.locator("#composer-text")

    @property
    def channel(self) -> Locator:
        """The messages of the channel, one item each."""
        return self.tab.get_by_role("list", name="Messages", exact=True).locator("> li")

    @property
    def thread(self) -> Locator:
        """The messages in the thread pane, one item each."""
        return self.tab.get_by_role("list", name="Messages in the thread").locator("> li")

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.tab.get_by_role("dialog")

    @property
    def inspector(self) -> Locator:
        """The pane that shows events and Web API calls."""
        return self.tab.get_by_role("region", name="Inspector")

    @property
    def suggestions(self) -> Locator:
        """The names or commands that complete what is being typed."""
        return self.tab.get_by_role("listbox", name="Suggestions").get_by_role("option")

    def button(self, name: str) -> Locator:
        """The buttons with exactly this name."""
        return self.tab.get_by_role("button", name=name, exact=True)

    async def say(self, text: str) -> None:
        """Type in the channel's box and press Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def ask(self, question: str) -> Locator:
        """Mention the bot in the channel and return its reply in the thread pane."""
        await self.say(f"@{self.bot_name} {question}")
        await expect(self.thread).to_have_count(2)
        return self.thread.last

    async def settled(self) -> None:
        """Wait until the window shows a workspace."""
        await expect(self.tab.get_by_role("heading", level=1)).not_to_be_empty()


async def open_window(
    profile: BrowserContext, workspace: Workspace, place: str = "", *, problems: list[str] | None = None
) -> Window:
    """Open the page in a new tab and wait until it shows the workspace.

    Args:
        profile: The browser's profile; windows in one profile share what the page remembers.
        workspace: Must be running.
        place: What follows ``#`` in the page's address, such as ``as=U0MAYA&in=ask&thread=1700000000.000100``.
        problems: Gets the errors that the browser reports while the tab is open.
    """
    tab: Tab = await profile.new_page()
    if problems is not None:
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await tab.goto(f"{workspace.page_url}#{place}")
    window = Window(tab, workspace.bot.real_name)
    await window.settled()
    return window


async def overflowing(window: Window) -> list[str]:
    """The elements that reach beyond the right edge of the window, as the beginning of their HTML."""
    found: list[str] = await window.tab.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((one) => !one.closest(".table, pre, .only-spoken, .skip") && one.getClientRects().length)
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


async def covered(window: Window) -> list[str]:
    """The controls whose center is under another element, as the beginning of their HTML."""
    found: list[str] = await window.tab.evaluate(
        """() => {
            // The first line of a link that wraps.
            const inside = (one) => {
                const { left, right, top, bottom } = one.getClientRects()[0] ?? one.getBoundingClientRect();
                return [(left + right) / 2, (top + bottom) / 2];
            };
            const holds = (outer, [x, y]) => {
                const { left, right, top, bottom } = outer.getBoundingClientRect();
                return left <= x && x <= right && top <= y && y <= bottom;
            };
            const isSeen = (one) => {
                const scrolled = ["#sidebar", ".scrolls", ".table", ".modal-blocks", "#samples", "body"];
                const around = scrolled.map((name) => one.closest(name)).filter(Boolean);
                const middle = inside(one);
                return one.checkVisibility({ opacityProperty: true }) && around.every((outer) => holds(outer, middle));
            };
            const scope = document.querySelector("dialog[open]") ?? document.body;
            return [...scope.querySelectorAll("button, select, input, textarea, a[href], summary")]
                .filter((one) => !one.matches(".skip") && isSeen(one))
                .filter((one) => {
                    const top = document.elementFromPoint(...inside(one));
                    // What opens over the page covers it on purpose.
                    const opened = top?.closest("label, .completion, #sidebar.open");
                    return !one.contains(top) && !opened?.matches(".completion, #sidebar") && !opened?.contains(one);
                })
                .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    return found


async def accessibility_faults(window: Window, axe: str) -> list[tuple[str, str]]:
    """The serious and critical faults that axe-core finds.

    Args:
        window: What to check, in its present state.
        axe: The source of axe-core, as in its ``axe.min.js``.

    Returns:
        The id of the rule and the beginning of the element's HTML for each fault.
    """
    # Through the debugger, since the page itself loads no foreign script.
    await window.tab.evaluate(axe)
    result: dict[str, Any] = await window.tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [one for one in result["violations"] if one["impact"] in SERIOUS_IMPACTS]
    return [(one["id"], node["html"][:150]) for one in found for node in one["nodes"]]
