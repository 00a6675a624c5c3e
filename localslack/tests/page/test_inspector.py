"""The inspector: the events and Web API calls as they were sent."""

from __future__ import annotations

import json
import re

from playwright.async_api import expect

from localslack import Workspace
from localslack.browser import Window

from .support import QUESTION


async def test_events_and_calls_are_listed_with_how_long_they_took(window: Window) -> None:
    await window.ask(QUESTION)
    await window.button("Inspector").click()
    records = window.inspector.get_by_role("listitem")
    await expect(records.filter(has_text="app_mention")).to_contain_text(re.compile(r"ack in \d+\.\d ms"))
    await expect(records.filter(has_text="chat.postMessage")).to_contain_text(re.compile(r"answered in \d+\.\d ms"))


async def test_a_record_opens_to_its_payload_and_is_copied_as_json(window: Window) -> None:
    await window.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await window.ask(QUESTION)
    await window.button("Inspector").click()
    await window.inspector.get_by_text("chat.postMessage").click()
    await expect(window.inspector.locator("pre")).to_contain_text('"channel": "C0ASK"')
    await window.button("Copy as JSON").click()
    await expect(window.tab.get_by_role("status")).to_contain_text("Copied as JSON.")
    copied = json.loads(await window.tab.evaluate("navigator.clipboard.readText()"))
    assert copied["sent"]["channel"] == "C0ASK"
    assert copied["answer"]["ok"] is True


async def test_a_refusal_shows_its_code_and_what_is_open_stays_open(window: Window, workspace: Workspace) -> None:
    workspace.fail_next("chat.postMessage", "channel_not_found")
    await window.button("Inspector").click()
    await window.say("@lunch-bot hello")
    failed = window.inspector.get_by_role("listitem").filter(has_text="channel_not_found").first
    await failed.get_by_text("channel_not_found").first.click()
    await expect(failed.locator("pre")).to_contain_text('"error": "channel_not_found"')
    await window.say("more traffic")
    await window.say("@lunch-bot hello again")
    await expect(failed.locator("pre")).to_be_visible()


async def test_no_token_is_shown(window: Window, workspace: Workspace) -> None:
    await window.ask(QUESTION)
    await window.button("Inspector").click()
    for summary in await window.inspector.locator("summary").all():
        await summary.click()
    shown = await window.inspector.inner_text()
    assert workspace.bot_token not in shown
    assert workspace.app_token not in shown
