"""A person lets the bot listen in a channel, asks plainly, asks on, edits, deletes, and sees the replies follow."""

from __future__ import annotations

from playwright.async_api import expect

from localslack import Workspace
from localslack.browser import Window

from .conftest import ARTIFACTS
from .support import BOT, PEO_SIDE, QUESTION


async def invite(window: Window) -> None:
    await window.button("#random").click()
    await window.button(f"Add {BOT} to this channel").click()
    await expect(window.button("Answer without a mention")).to_be_visible()


async def test_a_channel_is_let_listen_with_a_click_and_shows_who_did(window: Window, workspace: Workspace) -> None:
    await invite(window)
    await window.button("Answer without a mention").click()
    introduction = window.channel.last
    await expect(introduction).to_contain_text("@Maya Lindqvist switched that on")
    await expect(introduction.get_by_role("button", name="Answer only when mentioned")).to_be_visible()
    await window.say("who is in tomorrow?")
    await window.say(QUESTION)
    await expect(window.thread.last).to_contain_text(PEO_SIDE)
    await window.tab.screenshot(path=ARTIFACTS / "listening.png")
    await workspace.settle()
    assert len(workspace.traffic.calls("chat.postMessage")) == 2  # the introduction and one answer


async def test_a_thread_is_gone_on_with_without_a_mention(window: Window) -> None:
    await window.ask(QUESTION)
    box = window.tab.get_by_role("textbox", name="Reply in the thread")
    await box.fill("and under an ASO?")
    await box.press("Enter")
    await expect(window.thread).to_have_count(4)
    await expect(window.thread.last).to_contain_text("Show both sides")
    await window.tab.screenshot(path=ARTIFACTS / "second-question.png")
    await box.fill("thanks, I'll tell Carla")
    await box.press("Enter")
    await expect(window.thread).to_have_count(5)


async def test_the_reply_follows_an_edit_and_a_deletion(window: Window, workspace: Workspace) -> None:
    await window.ask(QUESTION)
    [asked] = workspace.messages("ask")
    asked = await workspace.edit(asked, f"<@{workspace.bot_user_id}> who is liable for payroll taxes?")
    await expect(window.thread.last).to_contain_text("Payroll tax liability")
    await expect(window.thread).to_have_count(2)
    await workspace.delete(asked)
    await expect(window.tab.get_by_text("Payroll tax liability")).to_have_count(0)
    await window.tab.screenshot(path=ARTIFACTS / "deleted-question.png")


async def test_the_command_tells_one_person_how_it_is(window: Window) -> None:
    await window.say("/peo-vs-aso listen on")
    await expect(window.channel.last).to_contain_text("@Maya Lindqvist switched that on")
    await expect(window.channel.last).to_contain_text("Only visible to you")
    await window.say("/peo-vs-aso listen status")
    await expect(window.channel).to_have_count(2)
    await window.tab.screenshot(path=ARTIFACTS / "listen-status.png")
