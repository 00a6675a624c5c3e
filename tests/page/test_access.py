"""The page by keyboard alone, by screen reader, on a phone, in light and dark: and how it looks."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, expect

from bot.workspace import Workspace

from .conftest import ARTIFACTS
from .support import BOT, EVERY_BLOCK, PEO_SIDE, QUESTION, Window, client, open_window

Open = Callable[..., Awaitable[Window]]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
WIDTHS = (1360, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def axe() -> str:
    """The source of axe-core, which npm keeps in the folder of these tests."""
    if not AXE.exists():
        reason = "axe-core is not installed. Run: npm ci --prefix tests/page"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(reason)
    return AXE.read_text(encoding="utf-8")


async def faults(window: Window, axe: str) -> list[tuple[str, str]]:
    """(rule, place) of each fault that keeps people out."""
    # Through the debugger: the page itself lets no foreign script in.
    await window.tab.evaluate(axe)
    result: dict[str, Any] = await window.tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [one for one in result["violations"] if one["impact"] in SERIOUS]
    return [(one["id"], node["html"][:150]) for one in found for node in one["nodes"]]


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


async def overflowing(window: Window) -> list[str]:
    """What sticks out of the window sideways."""
    found: list[str] = await window.tab.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((one) => !one.closest(".table, pre, .only-spoken, .skip") && one.getClientRects().length)
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


async def covered(window: Window) -> list[str]:
    """What can be used, but lies under something else at its middle."""
    found: list[str] = await window.tab.evaluate(
        """() => {
            // Of a link over several lines, the first.
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


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_main_states_fit_are_accessible_and_are_pictured(
    browser: Browser, workspace: Workspace, trial: Workspace, axe: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 850}, color_scheme=scheme)
    ARTIFACTS.mkdir(exist_ok=True)

    async def look(window: Window, state: str) -> None:
        await window.tab.screenshot(path=ARTIFACTS / f"{state}-{width}-{scheme}.png")
        assert await overflowing(window) == [], state
        assert await covered(window) == [], state
        assert await faults(window, axe) == [], state

    window = await open_window(await context.new_page(), workspace, "as=U0MAYA&in=ask-peo-aso")
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

    window = await open_window(await context.new_page(), trial, "as=U0MAYA&in=ask-peo-aso")
    await client(trial).chat_postMessage(channel="C0ASK", text="all", blocks=EVERY_BLOCK)
    await expect(window.channel.first.locator(".unknown")).to_be_visible()
    for state, place in (("blocks", "0"), ("blocks-end", "list.scrollHeight")):
        await window.tab.get_by_role("list", name="Messages", exact=True).evaluate(f"list => list.scrollTop = {place}")
        await look(window, state)
    await window.button("Danger").click()
    await look(window, "confirm")
    await window.tab.keyboard.press("Escape")
    await window.say("@peo-aso hello")
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
    message = await workspace.post("andre", "ask-peo-aso", "soon gone")
    await window.channel.first.hover()
    await window.button("Reply in thread").click()
    await expect(window.tab.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    await workspace.delete(message)
    await expect(window.box).to_be_focused()
    assert "thread" not in window.tab.url
