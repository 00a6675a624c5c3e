"""``make picture``: the picture of the page in the README, taken from the real thing.

Needs Chromium, named by CHROMIUM or found under its usual names.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import expect

from bot.demo import bot_in_workspace
from bot.service import load_answers
from bot.settings import Settings
from localslack.browser import find_chromium, launched, open_window

PICTURE = Path(__file__).parents[1] / "docs" / "page.png"
QUESTION = "who fights it when a guy we let go files for unemployment? we're with a PEO"


async def take() -> None:
    """Ask a question in the page as Maya, and take a picture of the answer beside it."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("No Chromium here. Install Debian's package chromium, or name another with CHROMIUM=/path.")
    async with bot_in_workspace(load_answers(Settings())) as workspace, launched(chromium) as browser:
        profile = await browser.new_context(viewport={"width": 1360, "height": 820})
        window = await open_window(profile, workspace)
        reply = await window.ask(QUESTION)
        await expect(reply.get_by_role("heading", level=3)).to_be_visible()
        await window.tab.screenshot(path=PICTURE)
    print(f"{PICTURE} is up to date.")


if __name__ == "__main__":
    asyncio.run(take())
