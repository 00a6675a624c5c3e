"""The page by keyboard alone, by screen reader, on a phone, in light and dark: and how it looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from localslack import Workspace
from localslack.browser import Window, accessibility_faults, covered, open_window, overflowing

from .conftest import ARTIFACTS
from .support import BOT, EVERY_BLOCK, QUESTION, client

Open = Callable[..., Awaitable[Window]]

WIDTHS = (1360, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def test_a_problem_is_spoken_at_once(window: Window) -> None:
    await window.say("/nonsense")
    await expect(window.tab.get_by_role("alert")).to_have_text(
        "There is no such command. /nonsense is not a valid command."
    )


async def test_motion_is_reduced_for_those_who_want_that(window: Window) -> None:
    await window.say("hello")
    tools = window.channel.first.locator(".tools")
    moves = "element => getComputedStyle(element).transitionDuration"
    assert await tools.evaluate(moves) != "0s"
    await window.tab.emulate_media(reduced_motion="reduce")
    assert await tools.evaluate(moves) == "0s"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_blocks_and_dialogs_fit_are_accessible_and_are_pictured(
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
    await client(workspace).chat_postMessage(channel="C0ASK", text="all", blocks=EVERY_BLOCK)
    await expect(window.channel.first.locator(".unknown")).to_be_visible()
    for state, place in (("blocks", "0"), ("blocks-end", "list.scrollHeight")):
        await window.tab.get_by_role("list", name="Messages", exact=True).evaluate(f"list => list.scrollTop = {place}")
        await look(window, state)
    await window.button("Danger").click()
    await look(window, "confirm")
    await window.tab.keyboard.press("Escape")
    await window.say(f"@{BOT} hello")
    await window.button("1 reply").click()
    await window.thread.last.get_by_role("button", name="Make a wish").click()
    await window.dialog.get_by_role("textbox", name="Why").fill("no")
    await window.dialog.get_by_role("combobox", name="Topic").select_option("leave")
    await window.dialog.get_by_role("button", name="Send it").click()
    await expect(window.dialog).to_contain_text("Say a little more.")
    await look(window, "modal")
    await context.close()


async def test_on_a_phone_the_channels_are_behind_a_button(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace)
    await window.tab.set_viewport_size({"width": 390, "height": 800})
    general = window.button("#general")
    await expect(general).to_be_hidden()
    await window.button("Channels").click()
    await general.click()
    await expect(window.tab.get_by_role("heading", level=1)).to_have_text("#general")
    await expect(general).to_be_hidden()


async def test_on_a_phone_the_focus_follows_to_the_thread_and_back(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace)
    await window.tab.set_viewport_size({"width": 390, "height": 800})
    await window.say(f"@{BOT} {QUESTION}")
    await window.button("1 reply").click()
    await expect(window.tab.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    await window.button("Close thread").click()
    await expect(window.button("1 reply")).to_be_focused()
    await window.button("Channels").click()
    await window.button("#general").click()
    await expect(window.tab.get_by_role("textbox", name="Message #general")).to_be_focused()


async def test_when_a_thread_is_deleted_the_focus_goes_back_to_the_channel(
    window: Window, workspace: Workspace
) -> None:
    message = await workspace.post("andre", "ask", "soon gone")
    await window.channel.first.hover()
    await window.button("Reply in thread").click()
    await expect(window.tab.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    await workspace.delete(message)
    await expect(window.box).to_be_focused()
    assert "thread" not in window.tab.url
