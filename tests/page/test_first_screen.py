"""What somebody sees who opens the page of the demo: an answer, what the bot does in the channel, what to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import ViewportSize, expect

from localslack import Workspace
from localslack.browser import Window

from .conftest import ARTIFACTS
from .support import BOT, PEO_SIDE, QUESTION

Open = Callable[..., Awaitable[Window]]
PHONE = ViewportSize(width=390, height=780)


async def test_a_new_window_shows_the_first_answer_beside_its_channel(workspace: Workspace, opened: Open) -> None:
    asked = await workspace.mention("priya", "#ask", QUESTION)
    await workspace.next_message("#ask", asked.ts)
    window = await opened(workspace, "")
    await expect(window.thread.last).to_contain_text(PEO_SIDE)
    await expect(window.tab.get_by_text("Nothing asked here yet")).to_have_count(0)
    await expect(window.tab.get_by_role("list", name="Try one of these")).to_be_visible()
    await window.tab.screenshot(path=ARTIFACTS / "first-screen.png")


async def test_the_samples_say_that_nothing_was_asked_only_where_that_is_so(workspace: Workspace, opened: Open) -> None:
    window = await opened(workspace)
    await expect(window.tab.get_by_text("Nothing asked here yet")).to_be_visible()
    await workspace.post("andre", "#ask", "Good morning")
    await expect(window.tab.get_by_text("Nothing asked here yet")).to_have_count(0)


async def test_the_header_of_a_channel_says_whether_the_bot_listens_there(workspace: Workspace, opened: Open) -> None:
    window = await opened(workspace)
    about = window.tab.locator("#place-about")
    await expect(about).to_have_text(f"{BOT} is here. Mention @{BOT} to ask.")
    await window.say("/peo-vs-aso listen on")
    await expect(about).to_have_text(f"{BOT} listens here: it also answers questions without a mention.")
    await window.say("/peo-vs-aso listen off")
    await expect(about).to_have_text(f"{BOT} is here. Mention @{BOT} to ask.")


async def test_a_topic_that_is_pressed_on_a_phone_comes_into_view(workspace: Workspace, opened: Open) -> None:
    asked = await workspace.mention("priya", "#ask", QUESTION)
    await workspace.next_message("#ask", asked.ts)
    window = await opened(workspace, "")
    await window.tab.set_viewport_size(PHONE)
    topic = window.thread.last.locator("[data-action-id^=show_topic], button").filter(has_text="SUTA").first
    await topic.scroll_into_view_if_needed()
    await topic.click()
    await expect(window.thread).to_have_count(3)
    await expect(window.thread.last.get_by_role("heading")).to_be_in_viewport()
    await window.tab.screenshot(path=ARTIFACTS / "pressed-topic-on-a-phone.png")
