"""Idempotency keys: what is delivered twice has a key that was seen before. Digests, short and telling nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.conversation.buttons import CHOOSE_TOPIC, action_of, question_of
from bot.store import Question


def key(*parts: str) -> str:
    """The key of what its parts name, the kind first; 32 hexadecimal digits."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def message_key(channel_id: str, message_ts: str) -> str:
    """Shared by all deliveries of a message, whether it is a mention or somebody chose the shortcut in its menu."""
    return key("message", channel_id, message_ts)


def first_words_key(channel_id: str, message_ts: str) -> str:
    """Shared by a message, its edits and its deletion: if one of those comes first, the message is outdated."""
    return key("first words", channel_id, message_ts)


def last_words_key(channel_id: str, message_ts: str) -> str:
    """Shared by an edit and the deletion of a message that both came before the message: only the first counts."""
    return key("last words", channel_id, message_ts)


def button_key(question: Question) -> str:
    """Shared by all presses of a button; of offered choices the first press counts, whoever presses which after it."""
    assert question.button is not None
    place = (question.channel_id, question.message_ts or "")
    action_id, value = question.button["action_id"], question.button["value"]
    if action_of(action_id) == CHOOSE_TOPIC:
        return key("choice", *place)
    handed_on = question_of(action_id, value)
    if handed_on is not None:
        # Once for each question, wherever the button stands and whatever else its value says.
        return key("handing on", action_id, handed_on)
    return key("button", *place, action_id, value)


def command_keys(command: Mapping[str, Any]) -> list[str]:
    """Shared by all deliveries of a slash command."""
    trigger_id = command.get("trigger_id")
    return [key("trigger", str(trigger_id))] if trigger_id else []
