"""``make picture``: the picture of the page in the README, taken from the real thing.

Needs Chromium, named by CHROMIUM or found under its usual names.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import async_playwright, expect

from bot.cli.demo import bot_in_workspace
from bot.live_answers import load_answers
from bot.settings import Settings

PICTURE = Path(__file__).parents[1] / "docs" / "page.png"
QUESTION = "who fights it when a guy we let go files for unemployment? we're with a PEO"


async def take() -> None:
    """Ask a question in the page as Maya, and take a picture of the answer beside it."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with bot_in_workspace(load_answers(Settings())) as workspace, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        page = await browser.new_page(viewport={"width": 1360, "height": 820})
        await page.goto(workspace.page_url)
        box = page.locator("#composer-text")
        await box.fill(f"@{workspace.bot.real_name} {QUESTION}")
        await box.press("Enter")
        await expect(page.get_by_role("complementary", name="Thread").get_by_role("heading", level=3)).to_be_visible()
        PICTURE.parent.mkdir(exist_ok=True)
        await page.screenshot(path=PICTURE)
        await browser.close()
    print(f"{PICTURE} is up to date.")


if __name__ == "__main__":
    asyncio.run(take())
