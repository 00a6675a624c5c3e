"""What the scenarios share: the topics, asking on every surface, and reading a reply as a person would."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from bot.knowledge import Entry, KnowledgeBase
from bot.slack.messages.layout import shortened
from localslack import Message, Workspace
from tests.shared import parts

ASK = "#ask"
COMMAND = "/peo-vs-aso"

Surface: TypeAlias = Literal["channel", "thread", "dm", "command"]
SURFACES: tuple[Surface, ...] = ("channel", "thread", "dm", "command")

A_QUESTION = "Who handles unemployment claims?"
ITS_TITLE = "Unemployment claims"
OFF_TOPIC = "who won the football game last night"


async def ask(workspace: Workspace, surface: Surface, question: str, user: str = "maya") -> Message:
    """Type a question on a surface and wait for the reply to it."""
    typed = workspace.typed(question)
    if surface == "command":
        outcome = await workspace.slash(user, ASK, COMMAND, typed)
        assert outcome.message is not None, f"Slack says: {outcome.failure} {outcome.detail}"
        return outcome.message
    if surface == "dm":
        await workspace.direct_message(user, typed)
        return await workspace.next_message(workspace.direct_channel(user))
    parent = await workspace.post("andre", ASK, "I have a question for later") if surface == "thread" else None
    asked = await workspace.mention(user, ASK, typed, thread_ts=parent.ts if parent else None)
    return await workspace.next_message(ASK, parent.ts if parent else asked.ts)


async def until(workspace: Workspace, holds: Callable[[], bool]) -> None:
    """Wait until something has come true in the workspace."""
    changes = workspace.subscribe()
    try:
        async with asyncio.timeout(5):
            while not holds():
                await anext(changes)
    finally:
        changes.close()


def title(message: Message) -> str:
    """The heading of a reply; of several, the first; empty where it has none."""
    return next((str(block["text"]["text"]) for block in message.blocks if block["type"] == "header"), "")


def labelled_sides(message: Message) -> list[tuple[str, str]]:
    """(label, text) of the columns that the blocks show, in the order of reading."""
    fields = [plain(field["text"]) for block in message.blocks for field in block.get("fields", ())]
    return [(label.strip("*"), text) for label, _, text in (field.partition("\n") for field in fields)]


def labelled_sides_in_text(message: Message) -> list[tuple[str, str]]:
    """(label, text) of the sides that the text alone tells, in the order of reading."""
    found = re.findall(r"^((?:ASO|PEO)\b[^:\n]*): (.*)$", plain(message.text), re.MULTILINE)
    return [(label, text) for label, text in found]


def by_model(labelled: list[tuple[str, str]]) -> dict[str, str]:
    """The sides by the model that their label begins with."""
    return {label[:3]: text for label, text in labelled}


def elements(message: Message) -> Iterator[Mapping[str, Any]]:
    """The buttons of a message, in order."""
    for block in message.blocks:
        yield from block["elements"] if block["type"] == "actions" else ()
        yield from [block["accessory"]] if "accessory" in block else []


def buttons(message: Message, kind: str) -> list[tuple[str, str]]:
    """(action_id, label) of the buttons whose action_id begins so."""
    found = [element for element in elements(message) if element["action_id"].startswith(kind)]
    return [(element["action_id"], element["text"]["text"]) for element in found]


def on_button(entry: Entry) -> str:
    """What a button to an entry says."""
    return shortened(entry.label, 30)


def title_of(knowledge: KnowledgeBase, label: str) -> str:
    """The title of the entry that a button leads to."""
    [title] = [entry.title for entry in knowledge.entries.values() if on_button(entry) == label]
    return title


def vote_values(message: Message) -> dict[str, str]:
    """What the buttons send, by what they say."""
    [block] = [block for block in message.blocks if block["type"] == "context_actions"]
    [buttons] = block["elements"]
    choices = (buttons["positive_button"], buttons["negative_button"])
    return {choice["text"]["text"]: choice["value"] for choice in choices}


async def vote(workspace: Workspace, message: Message, label: str, user: str = "maya") -> None:
    """Press one of the two under a reply."""
    outcome = await workspace.click(user, message, action_id="vote", value=vote_values(message)[label])
    assert outcome.failure is None


async def with_button(workspace: Workspace, action_id: str, value: str) -> Message:
    """A message of the bot with one button, whose value somebody has made up or changed."""
    element: dict[str, Any] = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "x"}}
    if action_id == "vote":
        choice = {"text": {"type": "plain_text", "text": "x"}, "value": value}
        element = {
            "type": "feedback_buttons",
            "action_id": "vote",
            "positive_button": choice,
            "negative_button": choice,
        }
    else:
        element["value"] = value
    block = {"type": "context_actions" if action_id == "vote" else "actions", "elements": [element]}
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    posted = await client.chat_postMessage(channel=workspace.channel(ASK).id, text="x", blocks=[block])
    message = workspace.message(ASK, posted["ts"])
    assert message is not None
    return message


def value_of(message: Message, action_id: str) -> str:
    """The value of a button."""
    [value] = [element["value"] for element in elements(message) if element["action_id"] == action_id]
    return str(value)


def tables(message: Message) -> list[list[list[str]]]:
    """The tables of a message as rows of cells."""
    found = [block for block in message.blocks if block["type"] == "table"]
    return [[[cell["text"] for cell in row] for row in block["rows"]] for block in found]


def shown(message: Message) -> str:
    """Everything that the blocks show, unescaped."""
    return plain("\n".join(text for block in message.blocks for text in _texts(block)))


def plain(mrkdwn: str) -> str:
    """A text as read on the screen."""
    return html.unescape(mrkdwn)


def replies(workspace: Workspace, asked: Message) -> list[Message]:
    """What the bot has said in the thread of a message."""
    return [message for message in workspace.messages(asked.channel_id, asked.ts)[1:] if message.bot_id]


def said_by_bot(workspace: Workspace, channel: str) -> list[Message]:
    """What the bot has said in a channel itself, outside threads."""
    return [message for message in workspace.messages(channel) if message.user_id == workspace.bot_user_id]


def posts(workspace: Workspace) -> int:
    """How many messages the bot has tried to write to everybody."""
    return len(workspace.traffic.calls("chat.postMessage")) + len(workspace.traffic.calls("chat.update"))


def mrkdwn_sent(workspace: Workspace) -> list[str]:
    """Every text that the bot has sent in which Slack would read markup, on whatever way."""
    traffic = workspace.traffic
    bodies: list[Mapping[str, Any]] = [call.arguments for call in traffic.api_calls if call.method.startswith("chat.")]
    bodies += [call.body for call in traffic.response_url_calls]
    bodies += [envelope.ack_payload for envelope in traffic.envelopes if envelope.ack_payload]
    return [text for body in bodies for text in _mrkdwn_of(body)]


def _mrkdwn_of(body: Mapping[str, Any]) -> Iterator[str]:
    yield str(body.get("text", ""))
    blocks = body.get("blocks") or []
    for block in json.loads(blocks) if isinstance(blocks, str) else blocks:
        yield from (part["text"] for part in parts(block) if part.get("type") == "mrkdwn")


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    yield from (part["text"] for part in parts(dict(block)) if isinstance(part.get("text"), str))
