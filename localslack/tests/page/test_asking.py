"""A person writes in the page: messages, mentions, commands, in channels and threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from localslack import Workspace
from localslack.browser import Window

from .support import ANSWER, BOT, QUESTION, client


async def test_a_thread_is_closed_and_opened_again(window: Window) -> None:
    await window.ask(QUESTION)
    await window.button("Close thread").click()
    await expect(window.thread.first).to_be_hidden()
    await expect(window.button("1 reply")).to_be_focused()
    await window.button("1 reply").click()
    await expect(window.thread.last).to_contain_text(ANSWER)


async def test_an_answer_to_a_plain_question_opens_its_thread(
    opened: Callable[..., Awaitable[Window]], workspace: Workspace
) -> None:
    window = await opened(workspace)
    await window.say("not a question")
    await window.say("plainly: who pays?")
    await expect(window.thread.last).to_contain_text("An answer.")
    await expect(window.thread.first).to_contain_text("plainly: who pays?")
    await expect(window.box).to_be_focused()


async def test_a_person_who_has_gone_elsewhere_is_not_called_back(
    opened: Callable[..., Awaitable[Window]], workspace: Workspace
) -> None:
    window = await opened(workspace)
    await window.say("a remark")
    await expect(window.channel).to_have_count(1)
    await window.button("#general").click()
    [remark] = workspace.messages("ask")
    await client(workspace).chat_postMessage(channel="C0ASK", text="Late.", thread_ts=remark.ts)
    ask = window.tab.get_by_role("list", name="Channels").get_by_role("button", name="#ask")
    await expect(ask).to_have_accessible_name("#ask new")
    await expect(window.thread.first).to_be_hidden()


async def test_a_channel_without_the_app_offers_to_add_it(window: Window, workspace: Workspace) -> None:
    await window.button("#random").click()
    await expect(window.tab.get_by_text(f"{BOT} is not in this channel.")).to_be_visible()
    await window.button(f"Add {BOT} to this channel").click()
    await window.ask(QUESTION)
    assert workspace.bot_user_id in workspace.channel("random").members


async def test_names_and_commands_are_completed(window: Window) -> None:
    await window.box.press_sequentially("@lunch")
    await expect(window.suggestions).to_have_count(1)
    await window.box.press("Enter")
    await expect(window.box).to_have_value(f"@{BOT} ")
    await window.box.fill("")
    await window.box.press_sequentially("/")
    await expect(window.suggestions).to_contain_text("/lunch")
    await window.box.press("Tab")
    await expect(window.box).to_have_value("/lunch ")


async def test_of_several_names_the_arrow_keys_choose_one(window: Window) -> None:
    await window.box.press_sequentially("@")
    await expect(window.suggestions).to_have_count(4)
    await window.box.press("ArrowDown")
    await window.box.press("ArrowDown")
    await window.box.press("Enter")
    await expect(window.box).to_have_value("@Andre Whitfield ")
    await window.box.press_sequentially("and @")
    await window.box.press("Escape")
    await expect(window.suggestions).to_have_count(0)


async def test_what_goes_wrong_is_said_and_the_words_are_kept(window: Window) -> None:
    await window.say("/nonsense here")
    await expect(window.tab.get_by_text("There is no such command.").first).to_be_visible()
    await expect(window.box).to_have_value("/nonsense here")


async def test_slack_runs_no_commands_in_threads(window: Window) -> None:
    await window.ask(QUESTION)
    box = window.tab.get_by_role("textbox", name="Reply in the thread")
    await box.fill("/lunch help")
    await box.press("Enter")
    await expect(window.tab.get_by_text("Slack runs no slash commands in threads").first).to_be_visible()


async def test_another_person_is_played_in_the_same_window(window: Window, workspace: Workspace) -> None:
    await window.tab.get_by_label("You are").select_option("Andre Whitfield")
    await window.say("hello all")
    await expect(window.channel.first).to_contain_text("Andre Whitfield")
    assert workspace.messages("ask")[0].user_id == "U0ANDRE"
