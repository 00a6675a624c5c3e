"""Several windows, reloads, lost connections and notices: the workspace keeps everything, the page shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from localslack import Workspace
from localslack.browser import Window
from support import full_manifest

from .support import ANSWER, QUESTION

Open = Callable[..., Awaitable[Window]]


async def test_two_windows_show_the_same_conversation(window: Window, opened: Open, workspace: Workspace) -> None:
    other = await opened(workspace, "as=U0ANDRE&in=ask")
    await window.ask(QUESTION)
    await expect(other.channel).to_have_count(1)
    await other.button("1 reply").click()
    await expect(other.thread.last).to_contain_text(ANSWER)
    box = other.tab.get_by_role("textbox", name="Reply in the thread")
    await box.fill("thank you")
    await box.press("Enter")
    await expect(window.thread.last).to_contain_text("Andre Whitfield")


async def test_a_reload_loses_nothing(window: Window) -> None:
    await window.ask(QUESTION)
    await window.box.fill("half a thou")
    await window.tab.reload()
    await expect(window.thread.last).to_contain_text(ANSWER)
    await expect(window.channel).to_have_count(1)
    await expect(window.box).to_have_value("half a thou")


async def test_a_lost_connection_is_said_and_made_again(
    opened: Open, without_app: Workspace, problems: list[str]
) -> None:
    workspace = without_app
    window = await opened(workspace)
    await window.say("before")
    await expect(window.channel).to_have_count(1)
    port = int(workspace.page_url.rsplit(":", 1)[1].strip("/"))
    await workspace.stop()
    await expect(window.tab.get_by_text("The connection to the workspace is lost").first).to_be_visible()
    await window.say("into the void")
    await expect(window.tab.get_by_text("Nothing was sent.").first).to_be_visible()
    await expect(window.box).to_have_value("into the void")
    await workspace.start(port=port)
    await expect(window.tab.locator(".notice", has_text="is lost")).to_have_count(0)
    await workspace.post("andre", "ask", "welcome back")
    await expect(window.channel.last).to_contain_text("welcome back")
    # The browser itself complains of every attempt that found nobody.
    problems.clear()


async def test_a_page_left_open_goes_on_with_a_workspace_that_is_started_anew(
    opened: Open, without_app: Workspace, problems: list[str]
) -> None:
    parent = await without_app.post("andre", "ask", "before")
    await without_app.post("andre", "ask", "a reply", thread_ts=parent.ts)
    window = await opened(without_app, f"as=U0MAYA&in=ask&thread={parent.ts}")
    await expect(window.thread).to_have_count(2)
    await window.box.fill("half a thou")
    port = int(without_app.page_url.rsplit(":", 1)[1].strip("/"))
    await without_app.stop()
    anew = Workspace(full_manifest())
    await anew.start(port=port)
    await expect(window.channel).to_have_count(0)
    await expect(window.thread.first).to_be_hidden()
    await expect(window.tab.locator(".notice")).to_have_count(0)
    await expect(window.box).to_have_value("half a thou")
    await window.say("after")
    await expect(window.channel).to_have_count(1)
    assert [message.text for message in anew.messages("ask")] == ["after"]
    await anew.stop()
    # The browser itself complains of every attempt that found nobody.
    problems.clear()


async def test_what_is_said_elsewhere_is_marked(window: Window, workspace: Workspace) -> None:
    general = window.tab.get_by_role("list", name="Channels").get_by_role("button", name="#general")
    await workspace.post("andre", "general", "over here")
    await expect(general).to_have_accessible_name("#general new")
    await window.tab.reload()
    await expect(general).to_have_accessible_name("#general new")
    await general.click()
    await expect(general).to_have_accessible_name("#general")


async def test_a_notice_stays_until_it_is_withdrawn(window: Window, workspace: Workspace) -> None:
    workspace.notify("knowledge", "costs.yaml, line 3: the row has no title.", "error")
    await expect(window.tab.locator(".notice")).to_contain_text("costs.yaml, line 3")
    await window.tab.reload()
    await expect(window.tab.locator(".notice")).to_contain_text("costs.yaml, line 3")
    workspace.notify("knowledge", "The knowledge is read again.")
    await expect(window.tab.locator(".notice")).to_contain_text("The knowledge is read again.")
    workspace.notify("knowledge", "")
    await expect(window.tab.locator(".notice")).to_have_count(0)


async def test_the_address_leads_back_to_the_same_place(window: Window, opened: Open, workspace: Workspace) -> None:
    await window.ask(QUESTION)
    place = window.tab.url.split("#")[1]
    again = await opened(workspace, place)
    await expect(again.thread.last).to_contain_text(ANSWER)


async def test_an_address_that_leads_nowhere_leads_to_the_beginning(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace, "as=nobody&in=nowhere&thread=1.2")
    await expect(window.tab.get_by_role("heading", level=1)).to_have_text("#ask")
    await expect(window.thread.first).to_be_hidden()
