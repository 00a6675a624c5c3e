"""What stands under a reply, and the Home tab, by hand: votes, windows, sharing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from localslack.browser import Window

from .conftest import ARTIFACTS
from .support import BOT, QUESTION

Open = Callable[..., Awaitable[Window]]


async def picture(window: Window, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    await window.tab.screenshot(path=ARTIFACTS / f"{name}.png")


async def test_a_vote_and_what_was_expected(window: Window) -> None:
    reply = await window.ask(QUESTION)
    await picture(window, "reply")
    await reply.get_by_role("button", name="This reply was not helpful").click()
    await expect(window.dialog).to_contain_text("What did you expect?")
    await window.dialog.get_by_label("In your own words").fill("The rate, please")
    await picture(window, "expected")
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog).to_have_count(0)


async def test_why_this_answer(window: Window) -> None:
    reply = await window.ask(QUESTION)
    await reply.get_by_role("button", name="Why this answer?").click()
    await expect(window.dialog).to_contain_text("% sure")
    await picture(window, "why")


async def test_an_answer_to_a_command_is_shared(window: Window) -> None:
    await window.say(f"/peo-vs-aso {QUESTION}")
    await picture(window, "command")
    await window.tab.get_by_role("button", name="Share this answer").click()
    await expect(window.channel.filter(has_text="asked and shared the answer")).to_have_count(1)
    await expect(window.tab.get_by_role("button", name="Share this answer")).to_have_count(0)
    await picture(window, "shared")


async def test_the_home_tab_answers_and_opens_topics(window: Window) -> None:
    await window.tab.get_by_role("navigation").get_by_text(BOT).click()
    await window.tab.get_by_role("tab", name="Home").click()
    box = window.tab.get_by_label("Ask a question")
    await expect(box).to_be_visible()
    await picture(window, "home")
    await box.fill(QUESTION)
    await box.press("Enter")
    await expect(window.dialog).to_contain_text("The PEO manages unemployment claims.")
    await picture(window, "home-answer")
    await window.dialog.get_by_role("button", name="Close", exact=True).first.click()
    await window.tab.get_by_role("button", name="Open: Unemployment claims").click()
    await expect(window.dialog).to_contain_text("Related")
    await picture(window, "topic")


async def test_the_more_button_gives_more(window: Window) -> None:
    reply = await window.ask(QUESTION)
    await reply.get_by_role("button", name="More").click()
    await expect(window.thread).to_have_count(3)
    await expect(window.thread.last).to_contain_text("More on: Unemployment claims")


async def test_all_states_of_a_topic_are_a_table_in_the_page(window: Window) -> None:
    reply = await window.ask("Which states require client-level reporting?")
    await expect(reply).to_contain_text("are sourced; for the rest ask the state agency.")
    await picture(window, "states")
    await reply.get_by_role("button", name="All states: State unemployment tax (SUTA) rate").click()
    table = window.thread.last.get_by_role("table")
    await expect(table.get_by_role("row")).to_have_count(52)
    await expect(table.get_by_role("row", name="Alaska")).to_contain_text("Nothing sourced. Ask the")
    await picture(window, "all-states")


async def test_the_home_tab_shows_what_is_known_of_a_state(window: Window) -> None:
    await window.tab.get_by_role("navigation").get_by_text(BOT).click()
    await window.tab.get_by_role("tab", name="Home").click()
    await window.tab.get_by_label("What holds for a PEO in one state").select_option("Vermont")
    for topic in ("Workers' compensation coverage", "State unemployment tax (SUTA) rate", "State licenses"):
        await expect(window.dialog).to_contain_text(topic)
    await picture(window, "home-state")
