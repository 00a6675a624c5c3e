"""A person asks in the page, on every surface, and sees what Slack would show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from localslack import Workspace
from localslack.browser import Window

from .support import ASO_SIDE, BOT, PEO_SIDE, QUESTION


async def test_a_mention_is_answered_in_its_thread_with_both_sides(window: Window) -> None:
    reply = await window.ask(QUESTION)
    await expect(reply).to_contain_text(ASO_SIDE)
    await expect(reply).to_contain_text(PEO_SIDE)
    await expect(window.channel).to_have_count(1)
    await expect(window.button("1 reply")).to_be_visible()


async def test_the_slash_command_is_answered_to_one_person_only(
    window: Window, opened: Callable[..., Awaitable[Window]], workspace: Workspace
) -> None:
    await window.say(f"/peo-vs-aso {QUESTION}")
    await expect(window.channel.last).to_contain_text("Only visible to you")
    await expect(window.channel.last).to_contain_text(PEO_SIDE)
    andre = await opened(workspace, "as=U0ANDRE&in=ask")
    await expect(andre.button("Send")).to_be_visible()
    await expect(andre.channel).to_have_count(0)


async def test_a_direct_message_is_answered_beside_it(window: Window) -> None:
    await window.tab.get_by_role("list", name="Apps").get_by_role("button", name=BOT).click()
    await window.say(QUESTION)
    await expect(window.channel).to_have_count(2)
    await expect(window.channel.last).to_contain_text(PEO_SIDE)


async def test_a_plain_question_in_a_channel_is_left_alone(window: Window, workspace: Workspace) -> None:
    await window.button("#general").click()
    await window.say(QUESTION)
    await expect(window.channel).to_have_count(1)
    await workspace.settle()
    await expect(window.channel).to_have_count(1)
    assert workspace.traffic.calls("chat.postMessage") == []


async def test_a_sample_question_is_asked_with_a_click(window: Window) -> None:
    sample = window.tab.get_by_role("list", name="Nothing asked here yet").get_by_role("button").first
    asked = await sample.inner_text()
    await sample.click()
    await expect(window.channel.first).to_contain_text(f"@{BOT} {asked}")
    await expect(window.thread).to_have_count(2)
    await expect(sample).to_be_hidden()


async def test_how_to_go_on_to_real_slack_is_told(window: Window) -> None:
    await window.button("Go on to real Slack").click()
    await expect(window.dialog).to_contain_text("manifest.json")
