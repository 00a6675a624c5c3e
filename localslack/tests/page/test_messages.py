"""What people and apps write: edited, deleted, marked up, and never more than text."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Locator, expect

from localslack import Workspace
from localslack.browser import Window
from support import full_manifest

from .support import EVERY_BLOCK, client, confirm, plain


async def test_shift_enter_breaks_the_line_and_enter_sends(window: Window) -> None:
    await window.box.fill("first")
    await window.box.press("Shift+Enter")
    await window.box.press_sequentially("second")
    await window.box.press("Enter")
    await expect(window.channel.first).to_contain_text("first\nsecond", use_inner_text=True)
    await expect(window.box).to_have_value("")


async def test_the_box_grows_with_what_is_typed_and_keeps_room_for_the_messages(window: Window) -> None:
    [empty] = await heights(window.box)
    await window.box.fill("a few words " * 40)
    [some] = await heights(window.box)
    await window.box.fill("many words " * 360)
    [many] = await heights(window.box)
    assert empty < some < many < 850 / 3
    await window.box.press("Enter")
    await expect(window.channel).to_have_count(1)
    assert await heights(window.box) == [empty]


async def test_up_edits_the_last_message(window: Window, workspace: Workspace) -> None:
    await window.say("helo #general & <all>")
    await expect(window.channel).to_have_count(1)
    await window.box.press("ArrowUp")
    editor = window.tab.get_by_role("textbox", name="Edit message")
    await expect(editor).to_be_focused()
    await expect(editor).to_have_value("helo #general & <all>")
    await editor.fill("hello #general & <all>")
    await editor.press("Enter")
    await expect(window.channel.first).to_contain_text("hello #general & <all> (edited)")
    await expect(window.box).to_be_focused()
    assert workspace.messages("ask")[0].text == "hello <#C0GENERAL|general> &amp; &lt;all&gt;"


async def test_escape_leaves_a_message_as_it_was(window: Window) -> None:
    await window.say("as it was")
    await expect(window.channel).to_have_count(1)
    await window.box.press("ArrowUp")
    editor = window.tab.get_by_role("textbox", name="Edit message")
    await editor.fill("something else")
    await editor.press("Escape")
    await expect(editor).to_have_count(0)
    await expect(window.channel.first).to_contain_text("as it was")


async def test_a_message_is_deleted_after_a_question(window: Window) -> None:
    await window.say("oops")
    await window.channel.first.hover()
    await window.button("Delete").click()
    await window.dialog.get_by_role("button", name="Keep").click()
    await expect(window.channel).to_have_count(1)
    await window.button("Delete").click()
    await window.dialog.get_by_role("button", name="Delete").click()
    await expect(window.channel).to_have_count(0)


async def test_the_messages_of_others_cannot_be_changed(window: Window, workspace: Workspace) -> None:
    await workspace.post("andre", "ask", "mine")
    await window.channel.first.hover()
    await expect(window.button("Reply in thread")).to_be_visible()
    await expect(window.button("Edit")).to_have_count(0)
    await expect(window.button("Delete")).to_have_count(0)


HOSTILE = "<script>document.title = 'gone'</script><img src=x onerror=\"document.title='gone'\">"


async def test_markup_of_the_web_in_a_message_stays_text(window: Window) -> None:
    await window.say(HOSTILE)
    await expect(window.channel.first).to_contain_text(HOSTILE)
    await expect(window.tab).to_have_title("#ask – Local workspace")


async def test_it_stays_text_in_names_and_in_every_field_of_a_block(
    window: Window, workspace: Workspace, problems: list[str]
) -> None:
    workspace.create_channel(HOSTILE, ["maya", workspace.bot])
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}, "fields": [plain(HOSTILE)]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"<javascript:alert(1)|{'x'}> {HOSTILE}"}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
        {"type": "image", "image_url": "https://example.invalid/x.png", "alt_text": HOSTILE},
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": HOSTILE}, {"type": "link", "url": "javascript:alert(1)", "text": HOSTILE}]}]},
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "press", "text": plain(HOSTILE[:75]), "style": "danger",
             "confirm": {**confirm(), "title": plain(HOSTILE), "text": plain(HOSTILE)}},
            {"type": "static_select", "action_id": "pick", "placeholder": plain(HOSTILE),
             "options": [{"text": plain(HOSTILE[:75]), "value": "x"}]}]},
    ]  # fmt: skip
    await client(workspace).chat_postMessage(channel="C0ASK", text=HOSTILE, blocks=blocks)
    message = window.channel.first
    await expect(message.get_by_role("heading")).to_have_text(HOSTILE)
    await expect(message.get_by_role("columnheader")).to_have_text(HOSTILE)
    await expect(window.tab.get_by_role("list", name="Channels").get_by_role("button").last).to_have_text(f"#{HOSTILE}")
    assert await message.get_by_role("link").count() == 0
    await message.get_by_role("button", name=HOSTILE[:75]).click()
    await expect(window.dialog.get_by_role("heading")).to_have_text(HOSTILE)
    assert await window.tab.locator("body :is(script, img)").count() == 0
    assert await window.tab.title() == "#ask – Local workspace"


async def test_it_stays_text_in_the_name_of_the_app(opened: Callable[..., Awaitable[Window]]) -> None:
    manifest = full_manifest()
    manifest["features"]["bot_user"]["display_name"] = HOSTILE
    async with Workspace(manifest) as workspace:
        window = await opened(workspace)
        await client(workspace).chat_postMessage(channel="C0ASK", text="hello")
        await expect(window.channel.first.locator("strong")).to_have_text(HOSTILE)
        await window.tab.get_by_role("list", name="Apps").get_by_role("button").click()
        await expect(window.tab.get_by_role("heading", level=1)).to_have_text(HOSTILE)
        assert await window.tab.locator("body :is(script, img)").count() == 0


@pytest.mark.parametrize(
    ("markup", "tag", "text"),
    [
        ("so *bold* it is", "strong", "bold"),
        ("so _slanted_ it is", "em", "slanted"),
        ("so ~gone~ it is", "s", "gone"),
        ("a `code *x*` b", "code", "code *x*"),
        ("a\n```\nline one\n  line two\n```", "pre", "line one\n  line two\n"),
        ("&gt; said &amp; done\nby her", "blockquote", "said & done"),
        ("see <https://example.com/a?b=1&amp;c|the page>", "a", "the page"),
        ("see <https://example.com>", "a", "https://example.com"),
        ("<@U0ANDRE> knows", ".mention", "@Andre Whitfield"),
        ("in <#C0RANDOM>", ".mention", "#random"),
        ("<!here> look", ".mention", "@here"),
        ("on <!date^0^{date_num}|some day>", "time", "1970-01-01"),
        ("<!date^soon^{date}|some day>", "time", "some day"),
    ],
)
async def test_markup_is_shown_as_slack_shows_it(
    window: Window, workspace: Workspace, markup: str, tag: str, text: str
) -> None:
    await client(workspace).chat_postMessage(channel="C0ASK", text=markup)
    await expect(window.channel.first.locator(f".words {tag}")).to_have_text(text)


@pytest.mark.parametrize(
    ("seconds_ago", "tokens", "text"),
    [(0, "{date_pretty}", "today"), (86_400, "{date_long_pretty}", "yesterday"), (7_300, "{ago}", "2 hours ago")],
)
async def test_a_date_close_to_now_is_told_by_its_distance(
    window: Window, workspace: Workspace, seconds_ago: int, tokens: str, text: str
) -> None:
    markup = f"<!date^{int(time.time()) - seconds_ago}^{tokens}|some time>"
    await client(workspace).chat_postMessage(channel="C0ASK", text=markup)
    await expect(window.channel.first.locator(".words time")).to_have_text(text)


@pytest.mark.parametrize("text", ["https://" + "." * 39_000 + "a", "*_~`" * 9_000, "<" * 39_000, ":a" * 19_000])
async def test_the_longest_text_does_not_hold_the_page_up(window: Window, text: str) -> None:
    read = """async (text) => {
        const { mrkdwn } = await import("/page/mrkdwn.js");
        const start = performance.now();
        mrkdwn(text, { users: new Map(), channels: new Map() });
        return performance.now() - start;
    }"""
    milliseconds = await window.tab.evaluate(read, text)
    assert milliseconds < 500


@pytest.mark.parametrize("text", ["2*3*4", "snake_case_name", "a * b * c", "~ 5 to ~ 6", "*\n*", ":no_such_thing:"])
async def test_what_only_looks_like_markup_stays_as_it_is(window: Window, workspace: Workspace, text: str) -> None:
    await client(workspace).chat_postMessage(channel="C0ASK", text=text)
    await expect(window.channel.first.locator(".words")).to_have_text(text)
    assert await window.channel.first.locator(".words > *").count() == 0


async def test_emoji_codes_are_shown_as_emoji(window: Window, workspace: Workspace) -> None:
    await client(workspace).chat_postMessage(channel="C0ASK", text=":tada: done :white_check_mark: :+1:")
    await expect(window.channel.first.locator(".words")).to_have_text("🎉 done ✅ 👍")


async def test_every_kind_of_block_that_an_app_like_this_sends_is_drawn(window: Window, workspace: Workspace) -> None:
    await client(workspace).chat_postMessage(channel="C0ASK", text="all", blocks=EVERY_BLOCK)
    message = window.channel.first
    await expect(message.get_by_role("heading", name="Every block 🎉")).to_be_visible()
    await expect(message.get_by_role("separator")).to_have_count(1)
    await expect(message.locator(".fields > div")).to_have_text(
        ["Tea\nThe guest makes it.", "Coffee\nThe cook makes it."]
    )
    await expect(message.locator(".rich strong")).to_have_text("bold")
    await expect(message.locator(".rich a")).to_have_attribute("href", "https://example.com/")
    await expect(message.locator(".rich time")).to_have_text("1970-01-01")
    await expect(message.locator(".rich .mention")).to_have_text("@Maya Lindqvist")
    await expect(message.locator("blockquote")).to_have_text(["quoted in markup", "a quote"])
    await expect(message.locator("pre")).to_have_text("as typed")
    await expect(message.get_by_role("listitem")).to_have_text("an item")
    await expect(message.get_by_role("columnheader")).to_have_text(["Dish", "Small", "Large"])
    await expect(message.get_by_role("cell")).to_have_text(["Soup", "One bowl of soup", "A pot of soup"])
    await expect(message.locator(".context strong")).to_have_text("Source:")
    await expect(message.get_by_text("Picture: A chart")).to_be_visible()
    await expect(message.get_by_role("button", name="Not helpful")).to_be_visible()
    await expect(message.get_by_role("listbox", name="Choose").get_by_role("option")).to_have_count(2)
    await expect(message.get_by_role("checkbox", name="Red")).to_be_checked()
    await expect(message.get_by_role("radio")).to_have_count(2)
    await expect(message.get_by_role("combobox", name="Who").get_by_role("option")).to_have_count(5)
    await expect(message.locator(".unknown")).to_have_text("This page cannot show the block “markdown”. Slack may.")


async def test_what_the_page_cannot_show_is_a_red_note_and_not_nothing(window: Window, workspace: Workspace) -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "markdown", "text": "# Title"},
        {"type": "actions", "elements": [{"type": "external_select", "action_id": "x"}]},
    ]
    await client(workspace).chat_postMessage(channel="C0ASK", text="new", blocks=blocks)
    await expect(window.channel.first.locator(".unknown")).to_have_text([
        "This page cannot show the block “markdown”. Slack may.",
        "This page cannot show the element “external_select”. Slack may.",
    ])  # fmt: skip


class Position(NamedTuple):
    x: float
    y: float


async def heights(found: Locator) -> list[float]:
    boxes = [await one.bounding_box() for one in await found.all()]
    return [box["height"] for box in boxes if box]


async def positions(found: Locator) -> list[Position]:
    boxes = [await one.bounding_box() for one in await found.all()]
    return [Position(box["x"], box["y"]) for box in boxes if box]


async def test_fields_stand_side_by_side_where_there_is_room(window: Window, workspace: Workspace) -> None:
    fields = [{"type": "mrkdwn", "text": f"*{name}*\nsays something"} for name in ("Tea", "Coffee")]
    await client(workspace).chat_postMessage(
        channel="C0ASK", text="sides", blocks=[{"type": "section", "fields": fields}]
    )
    await expect(window.channel.first.locator(".fields > div")).to_have_count(2)
    left, right = await positions(window.channel.first.locator(".fields > div"))
    assert left.y == right.y
    assert left.x < right.x
    await window.tab.set_viewport_size({"width": 390, "height": 800})
    left, right = await positions(window.channel.first.locator(".fields > div"))
    assert left.y < right.y
    assert left.x == right.x


async def test_a_button_that_is_for_one_person_is_seen_by_that_person_only(
    window: Window, workspace: Workspace
) -> None:
    button = {"type": "button", "text": plain("Mine"), "action_id": "mine", "visible_to_user_ids": ["U0ANDRE"]}
    shown = {"type": "button", "text": plain("Ours"), "action_id": "ours", "confirm": confirm()}
    await client(workspace).chat_postMessage(
        channel="C0ASK", text="for one", blocks=[{"type": "actions", "elements": [button, shown]}]
    )
    await expect(window.button("Ours")).to_be_visible()
    await expect(window.button("Mine")).to_have_count(0)
    await window.tab.get_by_label("You are").select_option("Andre Whitfield")
    await expect(window.button("Mine")).to_be_visible()


async def test_an_edit_under_way_outlives_a_reply_to_the_message(window: Window, workspace: Workspace) -> None:
    await window.say("first words")
    await expect(window.channel).to_have_count(1)
    await window.box.press("ArrowUp")
    editor = window.tab.get_by_role("textbox", name="Edit message")
    await editor.press_sequentially(" and more")
    [message] = workspace.messages("ask")
    await workspace.post("andre", "ask", "a reply", thread_ts=message.ts)
    await workspace.post("andre", "ask", "another message")
    await expect(window.channel).to_have_count(2)
    await expect(editor).to_have_value("first words and more")
    await expect(editor).to_be_focused()


async def test_nobody_edits_for_another_person(window: Window) -> None:
    await window.say("mine")
    await expect(window.channel).to_have_count(1)
    await window.box.press("ArrowUp")
    await window.tab.get_by_label("You are").select_option("Andre Whitfield")
    await expect(window.tab.get_by_role("textbox", name="Edit message")).to_have_count(0)


async def test_an_address_in_an_apps_text_is_a_link(window: Window, workspace: Workspace) -> None:
    await client(workspace).chat_postMessage(channel="C0ASK", text="See https://example.com/a?b=1&amp;c=2.")
    link = window.channel.first.get_by_role("link")
    await expect(link).to_have_text("https://example.com/a?b=1&c=2")
    await expect(link).to_have_attribute("href", "https://example.com/a?b=1&c=2")


async def test_the_oldest_messages_go_from_the_window_too(
    window: Window, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localslack.state.messages.MESSAGES_PER_CHANNEL", 3)
    for number in range(5):
        await workspace.post("andre", "ask", f"number {number}")
    await expect(window.channel).to_have_count(3)
    await expect(window.channel.first).to_contain_text("number 2")
