"""A person asks in the page, on every surface, and sees what Slack would show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from bot.workspace import Workspace

from .support import ASO_SIDE, BOT, PEO_SIDE, QUESTION, Window, client


async def test_a_mention_is_answered_in_its_thread_with_both_sides(window: Window) -> None:
    reply = await window.ask(QUESTION)
    await expect(reply).to_contain_text(ASO_SIDE)
    await expect(reply).to_contain_text(PEO_SIDE)
    await expect(window.channel).to_have_count(1)
    await expect(window.button("1 reply")).to_be_visible()


async def test_a_thread_is_closed_and_opened_again(window: Window) -> None:
    await window.ask(QUESTION)
    await window.button("Close thread").click()
    await expect(window.thread.first).to_be_hidden()
    await expect(window.button("1 reply")).to_be_focused()
    await window.button("1 reply").click()
    await expect(window.thread.last).to_contain_text(PEO_SIDE)


async def test_the_slash_command_is_answered_to_one_person_only(
    window: Window, opened: Callable[..., Awaitable[Window]], workspace: Workspace
) -> None:
    await window.say(f"/peo-vs-aso {QUESTION}")
    await expect(window.channel.last).to_contain_text("Only visible to you")
    await expect(window.channel.last).to_contain_text(PEO_SIDE)
    andre = await opened(workspace, "as=U0ANDRE&in=ask-peo-aso")
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


async def test_an_answer_to_a_plain_question_opens_its_thread(
    opened: Callable[..., Awaitable[Window]], trial: Workspace
) -> None:
    window = await opened(trial)
    await window.say("not a question")
    await window.say("plainly: who pays?")
    await expect(window.thread.last).to_contain_text("An answer.")
    await expect(window.thread.first).to_contain_text("plainly: who pays?")
    await expect(window.box).to_be_focused()


async def test_a_person_who_has_gone_elsewhere_is_not_called_back(
    opened: Callable[..., Awaitable[Window]], trial: Workspace
) -> None:
    window = await opened(trial)
    await window.say("a remark")
    await expect(window.channel).to_have_count(1)
    await window.button("#general").click()
    [remark] = trial.messages("ask-peo-aso")
    await client(trial).chat_postMessage(channel="C0ASK", text="Late.", thread_ts=remark.ts)
    ask = window.tab.get_by_role("list", name="Channels").get_by_role("button", name="#ask-peo-aso")
    await expect(ask).to_have_accessible_name("#ask-peo-aso new")
    await expect(window.thread.first).to_be_hidden()


async def test_a_sample_question_is_asked_with_a_click(window: Window) -> None:
    sample = window.tab.get_by_role("list", name="Nothing asked here yet").get_by_role("button").first
    asked = await sample.inner_text()
    await sample.click()
    await expect(window.channel.first).to_contain_text(f"@{BOT} {asked}")
    await expect(window.thread).to_have_count(2)
    await expect(sample).to_be_hidden()


async def test_a_channel_without_the_app_offers_to_add_it(window: Window, workspace: Workspace) -> None:
    await window.button("#random").click()
    await expect(window.tab.get_by_text(f"{BOT} is not in this channel.")).to_be_visible()
    await window.button(f"Add {BOT} to this channel").click()
    await window.ask(QUESTION)
    assert workspace.bot_user_id in workspace.channel("random").members


async def test_names_and_commands_are_completed(window: Window) -> None:
    await window.box.press_sequentially("@peo")
    await expect(window.suggestions).to_have_count(1)
    await window.box.press("Enter")
    await expect(window.box).to_have_value(f"@{BOT} ")
    await window.box.fill("")
    await window.box.press_sequentially("/")
    await expect(window.suggestions).to_contain_text("/peo-vs-aso")
    await window.box.press("Tab")
    await expect(window.box).to_have_value("/peo-vs-aso ")


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
    await box.fill("/peo-vs-aso help")
    await box.press("Enter")
    await expect(window.tab.get_by_text("Slack runs no slash commands in threads").first).to_be_visible()


async def test_another_person_is_played_in_the_same_window(window: Window, workspace: Workspace) -> None:
    await window.tab.get_by_label("You are").select_option("Andre Whitfield")
    await window.say("hello all")
    await expect(window.channel.first).to_contain_text("Andre Whitfield")
    assert workspace.messages("ask-peo-aso")[0].user_id == "U0ANDRE"


async def test_how_to_go_on_to_real_slack_is_told(window: Window) -> None:
    await window.button("Go on to real Slack").click()
    await expect(window.dialog).to_contain_text("manifest.json")
