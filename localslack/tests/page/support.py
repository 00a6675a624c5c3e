"""What the tests of the page share: an app that uses all of Block Kit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from localslack import Workspace
from support import full_manifest

BOT = "lunch-bot"
QUESTION = "what is for lunch?"
ANSWER = "What now?"

# What a slow app takes for an ack.
SLOW_SECONDS = 0.5

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Block:
    return {"text": plain(value.title()), "value": value}


def options(*values: str) -> list[Block]:
    return [option(value) for value in values]


def confirm() -> Block:
    return {
        "title": plain("Sure?"),
        "text": plain("It cannot be undone."),
        "confirm": plain("Do it"),
        "deny": plain("No"),
    }


def feedback() -> Block:
    return {
        "type": "feedback_buttons",
        "action_id": "vote",
        "positive_button": {"text": plain("Helpful"), "value": "yes"},
        "negative_button": {"text": plain("Not helpful"), "value": "no"},
    }


EVERY_BLOCK: list[Block] = [
    {"type": "header", "text": plain("Every block :tada:")},
    {"type": "section", "text": {"type": "mrkdwn", "text":
        "*bold* _slanted_ ~gone~ `code` <https://example.com|link> <@U0ANDRE> <#C0GENERAL>\n&gt; quoted in markup"}},
    {"type": "section", "fields": [
        {"type": "mrkdwn", "text": "*Tea*\nThe guest makes it."},
        {"type": "mrkdwn", "text": "*Coffee*\nThe cook makes it."}]},
    {"type": "divider"},
    {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "text", "text": " and "},
            {"type": "link", "url": "https://example.com/", "text": "a link"},
            {"type": "text", "text": " by "},
            {"type": "user", "user_id": "U0MAYA"},
            {"type": "text", "text": " on "},
            {"type": "date", "timestamp": 0, "format": "{date_num}"},
            {"type": "emoji", "name": "wave"},
        ]},
        {"type": "rich_text_list", "style": "ordered", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "an item"}]}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quote"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "as typed"}]},
    ]},
    {"type": "actions", "elements": [
        {"type": "button", "action_id": "primary", "text": plain("Primary"), "style": "primary"},
        {"type": "button", "action_id": "danger", "text": plain("Danger"), "style": "danger", "confirm": confirm()},
        {"type": "button", "action_id": "ordinary", "text": plain("Ordinary")},
        {"type": "static_select", "action_id": "one", "placeholder": plain("Pick one"), "options": options("a", "b")},
        {"type": "overflow", "action_id": "more", "options": options("first", "second")},
        {"type": "datepicker", "action_id": "day"},
    ]},
    {"type": "actions", "elements": [
        {"type": "checkboxes", "action_id": "boxes", "options": options("red", "blue"),
         "initial_options": [option("red")]},
        {"type": "radio_buttons", "action_id": "radio", "options": options("left", "right")},
        {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
        {"type": "timepicker", "action_id": "time", "placeholder": plain("At")},
        {"type": "datetimepicker", "action_id": "moment"},
    ]},
    {"type": "section", "text": plain("Choose"), "accessory": {
        "type": "multi_static_select", "action_id": "many", "placeholder": plain("Several"),
        "option_groups": [{"label": plain("Letters"), "options": options("a", "b")}]}},
    {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in (
        ("Dish", "Small", "Large"), ("Soup", "One bowl of soup", "A pot of soup"))]},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "*Source:* somewhere"}]},
    {"type": "context_actions", "elements": [feedback()]},
    {"type": "image", "image_url": "https://example.invalid/chart.png", "alt_text": "A chart"},
    {"type": "markdown", "text": "# What the page does not know"},
]  # fmt: skip

ASK_MODAL: Block = {
    "type": "modal",
    "callback_id": "wish",
    "title": plain("Your wish"),
    "submit": plain("Send it"),
    "close": plain("Not now"),
    "blocks": [
        {"type": "input", "block_id": "why", "label": plain("Why"), "hint": plain("In a few words"),
         "element": {"type": "plain_text_input", "action_id": "why", "multiline": True}},
        {"type": "input", "block_id": "topic", "label": plain("Topic"),
         "element": {"type": "static_select", "action_id": "topic", "options": options("price", "leave")}},
        {"type": "input", "block_id": "when", "label": plain("When"), "optional": True,
         "element": {"type": "datepicker", "action_id": "when"}},
        {"type": "input", "block_id": "how", "label": plain("How"), "optional": True,
         "element": {"type": "radio_buttons", "action_id": "how", "options": options("mail", "phone")}},
    ],
}  # fmt: skip

HOME: Block = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Welcome home")},
        {"type": "actions", "block_id": "home", "elements": [
            {"type": "button", "action_id": "wish", "text": plain("Make a wish")},
            {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"),
             "options": options("one", "two")},
        ]},
    ],
}  # fmt: skip


def _trial_bolt_app(workspace: Workspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    app = AsyncApp(client=client)

    @app.event("app_mention")
    async def offer(event: dict[str, Any], client: AsyncWebClient) -> None:
        elements = [
            {"type": "button", "action_id": "wish", "text": plain("Make a wish")},
            {"type": "button", "action_id": "settle", "text": plain("Settle it"), "confirm": confirm()},
            {"type": "overflow", "action_id": "more", "options": options("first", "second")},
        ]
        blocks: list[Block] = [
            {"type": "section", "text": plain(ANSWER)},
            {"type": "actions", "block_id": "offer", "elements": elements},
        ]
        await client.chat_postMessage(channel=event["channel"], text=ANSWER, blocks=blocks, thread_ts=event["ts"])

    @app.event("message")
    async def answer_what_is_plain(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event.get("text", "").startswith("plainly:"):
            await client.chat_postMessage(channel=event["channel"], text="An answer.", thread_ts=event["ts"])

    @app.event("app_home_opened")
    async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=HOME)

    @app.action("wish")
    async def open_modal(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=ASK_MODAL)

    @app.action("settle")
    async def settle(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        message = body["container"]
        await client.chat_update(channel=message["channel_id"], ts=message["message_ts"], text="Settled.", blocks=[])

    @app.action("slow")
    async def take_time(ack: AsyncAck) -> None:
        await asyncio.sleep(SLOW_SECONDS)
        await ack()

    @app.action({"type": "block_actions", "action_id": "vote"})
    async def count(ack: AsyncAck) -> None:
        await ack()

    @app.action({"type": "block_actions", "action_id": "more"})
    @app.action("pick")
    async def tell_choice(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        await client.chat_postMessage(channel="C0ASK", text=f"Chosen: {chosen}")

    @app.view("wish")
    async def take(ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        if len(values["why"]["why"]["value"]) < 5:
            await ack(response_action="errors", errors={"why": "Say a little more."})
            return
        await ack()
        wish = {name: next(iter(actions.values())) for name, actions in values.items()}
        told = [wish["why"]["value"], wish["topic"]["selected_option"]["value"], wish["when"]["selected_date"]]
        await client.chat_postMessage(channel="C0ASK", text=f"Wish: {told}")

    return app


@asynccontextmanager
async def trial_app() -> AsyncIterator[Workspace]:
    """A workspace with the trial app in it."""
    async with Workspace(full_manifest()) as workspace:
        handler = AsyncSocketModeHandler(_trial_bolt_app(workspace), workspace.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await workspace.wait_connected()
        yield workspace
        await handler.close_async()  # type: ignore[no-untyped-call]


def client(workspace: Workspace) -> AsyncWebClient:
    """A client of the Web API for the app, to post what a test needs."""
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
