"""``make picture``: the pictures in the README, taken from the real page.

Needs Chromium, named by CHROMIUM or found under its usual names.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

from bot.cli.demo import bot_in_workspace
from bot.live_answers import load_answers
from bot.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
QUESTION = "who fights it when a guy we let go files for unemployment? we're with a PEO"
WITH_STATES = "whose SUTA rate for our people in Texas and Ohio?"


async def take() -> None:
    """Ask in the page as Maya: a picture of the page with an answer, and one of an answer with the lines of states."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with bot_in_workspace(load_answers(Settings())) as workspace, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        page = await browser.new_page(viewport={"width": 1360, "height": 820})
        await page.goto(workspace.page_url)
        await _asked(page, f"@{workspace.bot.real_name} {QUESTION}", "Unemployment claims")
        await page.screenshot(path=DOCS / "page.png")
        # Room for the whole thread.
        await page.set_viewport_size({"width": 1360, "height": 880})
        thread = await _asked(page, f"@{workspace.bot.real_name} {WITH_STATES}", "State unemployment tax")
        await thread.screenshot(path=DOCS / "states.png")
        await browser.close()
    print(f"The pictures in {DOCS} are up to date.")


async def _asked(page: Page, question: str, title: str) -> Locator:
    """Ask in the channel; the thread with the answer beside it."""
    box = page.locator("#composer-text")
    await box.fill(question)
    await box.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("heading", level=3, name=title)).to_be_visible()
    return thread


if __name__ == "__main__":
    asyncio.run(take())
