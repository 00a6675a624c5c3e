"""The bot on the page by keyboard alone, by screen reader, on a phone, in light and dark: and how it looks."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from localslack import Workspace
from localslack.browser import Window, accessibility_faults, covered, open_window, overflowing

from .conftest import ARTIFACTS
from .support import BOT, PEO_SIDE, QUESTION

WIDTHS = (1360, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def test_a_question_is_asked_and_a_button_pressed_by_keyboard_alone(window: Window) -> None:
    keys = window.tab.keyboard
    await keys.press("Tab")
    await expect(window.tab.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await keys.press("Enter")
    await expect(window.box).to_be_focused()
    await keys.type("@peo")
    await keys.press("Enter")
    await keys.type(QUESTION)
    await keys.press("Enter")
    await expect(window.thread.last).to_contain_text(PEO_SIDE)
    await expect(window.box).to_be_focused()
    more = window.thread.nth(1).get_by_role("button", name="More")
    for _ in range(60):
        if await more.evaluate("button => button === document.activeElement"):
            break
        await keys.press("Tab")
    await keys.press("Enter")
    await expect(window.thread).to_have_count(3)
    await expect(more).to_be_focused()
    await keys.press("Escape")
    await expect(window.thread.first).to_be_hidden()
    await expect(window.button("2 replies")).to_be_focused()


async def test_what_the_bot_says_is_spoken(window: Window) -> None:
    await window.ask(QUESTION)
    await expect(window.tab.get_by_role("status")).to_contain_text(f"{BOT} in a thread: Unemployment claims")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_main_states_fit_are_accessible_and_are_pictured(
    browser: Browser, workspace: Workspace, axe: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 850}, color_scheme=scheme)
    ARTIFACTS.mkdir(exist_ok=True)

    async def look(window: Window, state: str) -> None:
        await window.tab.screenshot(path=ARTIFACTS / f"{state}-{width}-{scheme}.png")
        assert await overflowing(window) == [], state
        assert await covered(window) == [], state
        assert await accessibility_faults(window, axe) == [], state

    window = await open_window(context, workspace, "as=U0MAYA&in=ask")
    await look(window, "empty")
    await window.box.press_sequentially("@")
    await look(window, "completion")
    await window.box.fill("")
    await window.say(f"@{BOT} {QUESTION}")
    await expect(window.button("1 reply")).to_be_visible()
    if width < 500:
        await window.button("1 reply").click()
    await expect(window.thread.last).to_contain_text(PEO_SIDE)
    await look(window, "thread")
    await window.button("Close thread").click()
    await window.say("/peo-vs-aso help")
    await expect(window.channel.last.get_by_role("table")).to_be_visible()
    await look(window, "command")
    workspace.notify("knowledge", "money.yaml, line 12: the entry “price” has no title. Give it one.", "error")
    await window.button("Inspector").click()
    await window.inspector.locator("summary").first.click()
    await look(window, "inspector")
    await window.button("Close inspector").click()
    await window.button("Go on to real Slack").click()
    await look(window, "next-steps")
    await window.tab.keyboard.press("Escape")
    workspace.notify("knowledge", "")
    await window.box.fill("many words " * 360 + "w" * 200)
    await window.box.press("Enter")
    await expect(window.channel.last).to_contain_text("wwwwwwww")
    await window.box.fill("many words " * 100)
    await look(window, "long")
    await window.box.fill("")
    if width < 500:
        await window.button("Channels").click()
        await look(window, "channels")
    await window.tab.get_by_role("list", name="Apps").get_by_role("button", name=BOT).click()
    await window.say(QUESTION)
    await expect(window.channel.last).to_contain_text(PEO_SIDE)
    await look(window, "direct")
    await window.tab.get_by_role("tab", name="Home").click()
    await expect(window.tab.get_by_role("tabpanel").get_by_text("Workers' compensation").first).to_be_visible()
    await look(window, "home")
    await context.close()
