"""What the tests of interactions share: elements, a form, and acting with an ack."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp

from localslack import Outcome
from support import Socket

ASK = "C0ASK"
COMMAND = "/lunch"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.upper()), "value": value}


CHOICES = {
    "type": "actions",
    "block_id": "choices",
    "elements": [
        {"type": "button", "action_id": "topic_1", "text": plain("SUTA"), "value": "suta-rate"},
        {"type": "static_select", "action_id": "state", "options": [option("ny"), option("tx")]},
        {"type": "overflow", "action_id": "more", "options": [option("help")]},
        {
            "type": "button",
            "action_id": "for_priya",
            "text": plain("Priya"),
            "visible_to_user_ids": ["U0PRIYA"],
        },
    ],
}
FEEDBACK = {
    "type": "context_actions",
    "block_id": "feedback",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rate",
            "positive_button": {"text": plain("Good"), "value": "up"},
            "negative_button": {"text": plain("Bad"), "value": "down"},
        }
    ],
}


async def act(
    socket: Socket, action: Awaitable[Outcome], ack: dict[str, Any] | None = None
) -> tuple[Outcome, dict[str, Any]]:
    """Let a person do something, acknowledge it, and return what they see and what the app got."""
    doing = asyncio.ensure_future(action)
    envelope = await socket.receive_acked(ack)
    return await doing, envelope["payload"]


async def answer(session: aiohttp.ClientSession, payload: dict[str, Any], **body: Any) -> tuple[int, dict[str, Any]]:
    """Send something to the response_url of a payload."""
    async with session.post(payload["response_url"], json=body) as response:
        return response.status, await response.json()
