"""``make picture``: the pictures in the README, taken from the real page.

Needs Chromium, named by CHROMIUM or found under its usual names.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Locator, expect

from bot.cli.demo import bot_in_workspace
from bot.live_answers import load_answers
from bot.settings import Settings
from localslack.browser import Window, find_chromium, launched, open_window

DOCS = Path(__file__).parents[1] / "docs"
QUESTION = "who fights it when a guy we let go files for unemployment? we're with a PEO"
WITH_STATES = "whose SUTA rate for our people in Texas and Ohio?"


async def take() -> None:
    """Ask in the page as Maya: a picture of the page with an answer, and one of an answer with the lines of states."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("No Chromium here. Install Debian's package chromium, or name another with CHROMIUM=/path.")
    async with bot_in_workspace(load_answers(Settings())) as workspace, launched(chromium) as browser:
        window = await open_window(await browser.new_context(viewport={"width": 1360, "height": 820}), workspace)
        await _asked(window, QUESTION, "Unemployment claims")
        await window.tab.screenshot(path=DOCS / "page.png")
        # Room for the whole thread.
        await window.tab.set_viewport_size({"width": 1360, "height": 880})
        thread = await _asked(window, WITH_STATES, "State unemployment tax")
        await thread.screenshot(path=DOCS / "states.png")
    print(f"The pictures in {DOCS} are up to date.")


async def _asked(window: Window, question: str, title: str) -> Locator:
    """Ask in the channel; the thread with the answer beside it."""
    await window.say(f"@{window.bot_name} {question}")
    thread = window.tab.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("heading", level=3, name=title)).to_be_visible()
    return thread


if __name__ == "__main__":
    asyncio.run(take())
