"""Buttons, menus, modals and the Home tab, all the way through a real app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator, expect

from localslack import Workspace
from localslack.browser import Window

from .support import ASK_MODAL, client, feedback, options, plain

Open = Callable[..., Awaitable[Window]]


async def offered(opened: Open, workspace: Workspace) -> tuple[Window, Locator]:
    """A window in which the trial app has offered its buttons in a thread."""
    window = await opened(workspace)
    await window.say("@lunch-bot hello")
    await expect(window.thread).to_have_count(2)
    return window, window.thread.last


def chosen(workspace: Workspace) -> list[Any]:
    """What Maya has filled in so far, as the workspace knows it."""
    [modal] = workspace.views("maya")
    why, topic = modal.values["why"]["why"], modal.values["topic"]["topic"]
    return [why["value"], (topic["selected_option"] or {}).get("value")]


async def test_a_dangerous_button_asks_first_and_the_app_may_change_the_message(
    opened: Open, workspace: Workspace
) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Settle it").click()
    await expect(window.dialog).to_contain_text("It cannot be undone.")
    await window.dialog.get_by_role("button", name="No", exact=True).click()
    await expect(reply.get_by_role("button", name="Settle it")).to_be_visible()
    await reply.get_by_role("button", name="Settle it").click()
    await window.dialog.get_by_role("button", name="Do it").click()
    await expect(reply).to_contain_text("Settled.")
    await expect(reply.get_by_role("button", name="Settle it")).to_have_count(0)


async def test_a_button_is_pressed_once_while_the_app_takes_its_time(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace)
    elements = [{"type": "button", "action_id": "slow", "text": plain("Slowly")}]
    await client(workspace).chat_postMessage(
        channel="C0ASK", text="slow", blocks=[{"type": "actions", "elements": elements}]
    )
    button = window.button("Slowly")
    await button.dblclick()
    await expect(button).to_have_attribute("aria-disabled", "true")
    await button.press("Enter")
    await expect(button).not_to_have_attribute("aria-disabled", "true")
    pressed = [one for one in workspace.traffic.envelopes if one.payload["type"] == "block_actions"]
    assert len(pressed) == 1


async def test_a_vote_is_shown_to_the_voter_in_every_window_and_after_a_reload(
    opened: Open, workspace: Workspace
) -> None:
    window = await opened(workspace)
    blocks = [{"type": "context_actions", "elements": [feedback()]}]
    await client(workspace).chat_postMessage(channel="C0ASK", text="well?", blocks=blocks)
    await window.button("Helpful").click()
    await window.button("Not helpful").click()
    other = await opened(workspace)
    await window.tab.reload()
    for one in (window, other):
        await expect(one.button("Not helpful")).to_have_attribute("aria-pressed", "true")
        await expect(one.button("Helpful")).to_have_attribute("aria-pressed", "false")
    await other.tab.get_by_label("You are").select_option("Andre Whitfield")
    await expect(other.button("Not helpful")).to_have_attribute("aria-pressed", "false")


async def test_when_the_button_is_gone_the_focus_stays_in_the_message(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Settle it").press("Enter")
    await window.dialog.get_by_role("button", name="Do it").press("Enter")
    await expect(reply).to_contain_text("Settled.")
    await expect(reply).to_be_focused()


async def test_the_overflow_menu_offers_its_options(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_label("More options").click()
    await reply.get_by_role("button", name="Second").click()
    await expect(window.channel.last).to_contain_text("Chosen: second")


async def test_a_modal_shows_what_is_wrong_and_takes_what_is_right(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Make a wish").click()
    why = window.dialog.get_by_role("textbox", name="Why")
    await expect(why).to_be_focused()
    await expect(window.dialog).to_have_accessible_name("Your wish")
    await why.fill("no")
    await window.dialog.get_by_role("combobox", name="Topic").select_option("leave")
    await window.dialog.get_by_role("button", name="Send it").click()
    await expect(window.dialog).to_contain_text("Say a little more.")
    await expect(why).to_be_focused()
    await expect(why).to_have_attribute("aria-invalid", "true")
    await expect(why).to_have_accessible_description("In a few words Say a little more.")
    await why.fill("because it matters")
    await window.dialog.get_by_label("When").fill("2026-12-24")
    await window.dialog.get_by_role("radio", name="Phone").check()
    await window.dialog.get_by_role("button", name="Send it").click()
    await expect(window.dialog).to_have_count(0)
    await expect(window.channel.last).to_contain_text("Wish: ['because it matters', 'leave', '2026-12-24']")


async def test_a_modal_wants_its_fields_filled_in(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Make a wish").click()
    await window.dialog.get_by_role("button", name="Send it").click()
    await expect(window.dialog).to_contain_text("'Why' (why) must be filled in before submitting.")


async def test_escape_closes_a_modal_and_gives_the_focus_back(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    wish = reply.get_by_role("button", name="Make a wish")
    await wish.press("Enter")
    await expect(window.dialog).to_be_visible()
    await window.tab.keyboard.press("Escape")
    await expect(window.dialog).to_have_count(0)
    await expect(wish).to_be_focused()
    assert workspace.views("maya") == []


async def test_a_reload_keeps_the_modal_and_what_was_filled_in(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Make a wish").click()
    await window.dialog.get_by_role("textbox", name="Why").fill("to be kept")
    await window.dialog.get_by_role("combobox", name="Topic").select_option("price")
    await workspace.wait_until(lambda: chosen(workspace) == ["to be kept", "price"])
    await window.tab.reload()
    await expect(window.dialog.get_by_role("textbox", name="Why")).to_have_value("to be kept")
    await expect(window.dialog.get_by_role("combobox", name="Topic")).to_have_value("price")


async def test_the_home_tab_shows_what_the_app_has_put_there(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace)
    await window.tab.get_by_role("list", name="Apps").get_by_role("button").click()
    await window.tab.get_by_role("tab", name="Home").click()
    home = window.tab.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_role("heading", name="Welcome home")).to_be_visible()
    await home.get_by_role("combobox").select_option("two")
    await window.tab.get_by_role("button", name="#ask").click()
    await expect(window.channel.last).to_contain_text("Chosen: two")
    assert workspace.home("andre") is None


async def test_a_modal_opens_from_the_home_tab(opened: Open, workspace: Workspace) -> None:
    window = await opened(workspace, "as=U0PRIYA")
    await window.tab.get_by_role("list", name="Apps").get_by_role("button").click()
    await window.tab.get_by_role("tab", name="Home").click()
    await window.tab.get_by_role("tabpanel").get_by_role("button", name="Make a wish").click()
    await expect(window.dialog).to_have_accessible_name("Your wish")


async def test_an_app_that_is_not_there_is_named(opened: Open, without_app: Workspace) -> None:
    window = await opened(without_app)
    button = {"type": "button", "text": plain("Anybody there?"), "action_id": "knock"}
    blocks = [{"type": "actions", "elements": [button]}]
    await client(without_app).chat_postMessage(channel="C0ASK", text="knock", blocks=blocks)
    await window.button("Anybody there?").click()
    await expect(window.tab.get_by_text("lunch-bot is not connected").first).to_be_visible()


async def test_choices_in_a_message_outlive_a_reply_a_reload_and_show_in_another_window(
    opened: Open, workspace: Workspace
) -> None:
    window = await opened(workspace)
    elements = [
        {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": options("one", "two")},
        {"type": "checkboxes", "action_id": "boxes", "options": options("red", "blue")},
    ]
    block = {"type": "actions", "block_id": "all", "elements": elements}
    posted = await client(workspace).chat_postMessage(channel="C0ASK", text="choose", blocks=[block])
    await window.channel.first.get_by_role("combobox").select_option("two")
    await window.channel.first.get_by_role("checkbox", name="Blue").check()
    await workspace.post("andre", "ask", "a reply", thread_ts=posted["ts"])
    other = await opened(workspace)
    await window.tab.reload()
    for one in (window, other):
        await expect(one.button("1 reply")).to_be_visible()
        await expect(one.channel.first.get_by_role("combobox")).to_have_value("two")
        await expect(one.channel.first.get_by_role("checkbox", name="Blue")).to_be_checked()
        await expect(one.channel.first.get_by_role("checkbox", name="Red")).not_to_be_checked()


async def test_a_modal_is_submitted_once_however_often_the_button_is_pressed(
    opened: Open, workspace: Workspace
) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Make a wish").click()
    await window.dialog.get_by_role("textbox", name="Why").fill("because it matters")
    await window.dialog.get_by_role("combobox", name="Topic").select_option("leave")
    await window.dialog.get_by_role("button", name="Send it").dblclick()
    await expect(window.dialog).to_have_count(0)
    submissions = [one for one in workspace.traffic.envelopes if one.payload["type"] == "view_submission"]
    assert len(submissions) == 1


async def test_what_is_being_typed_outlives_an_update_of_the_modal(opened: Open, workspace: Workspace) -> None:
    window, reply = await offered(opened, workspace)
    await reply.get_by_role("button", name="Make a wish").click()
    why = window.dialog.get_by_role("textbox", name="Why")
    await why.press_sequentially("abc")
    [view] = workspace.views("maya")
    title = {**ASK_MODAL, "title": plain("Your new wish")}
    await client(workspace).views_update(view_id=view.id, view=title)
    await expect(window.dialog).to_have_accessible_name("Your new wish")
    await expect(why).to_have_value("abc")
    await expect(why).to_be_focused()
    await workspace.wait_until(lambda: chosen(workspace)[0] == "abc")


async def test_the_home_tab_is_filled_by_its_address_and_anew_after_a_reload(
    opened: Open, workspace: Workspace
) -> None:
    place = f"as=U0MAYA&in={workspace.direct_channel('maya').id}&tab=home"
    window = await opened(workspace, place)
    await expect(window.tab.get_by_role("heading", name="Welcome home")).to_be_visible()
    await window.tab.reload()
    await expect(window.tab.get_by_role("heading", name="Welcome home")).to_be_visible()
    await workspace.wait_until(lambda: len(workspace.traffic.calls("views.publish")) == 2)
