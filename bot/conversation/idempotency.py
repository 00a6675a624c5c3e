"""By what a second telling of the same thing is known: digests, which take little room and tell nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.slack.messages.answers import CHOOSE_TOPIC
from bot.slack.messages.sharing import question_of
from bot.store import Question


def key(*parts: str) -> str:
    """The key of a thing that its parts name, the kind first; 32 hexadecimal digits."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def message_key(channel_id: str, message_ts: str) -> str:
    """What all tellings of a message share, whether it is a mention or somebody chose the shortcut in its menu."""
    return key("message", channel_id, message_ts)


def first_words_key(channel_id: str, message_ts: str) -> str:
    """What a message shares with its edits and deletion: if one of those comes first, the message is outdated."""
    return key("first words", channel_id, message_ts)


def last_words_key(channel_id: str, message_ts: str) -> str:
    """What an edit and the deletion of a message share where both came before the message: only the first counts."""
    return key("last words", channel_id, message_ts)


def button_key(question: Question) -> str:
    """What all presses of a button share: of choices the first one counts, whoever presses which after it."""
    assert question.button is not None
    place = (question.channel_id, question.message_ts or "")
    action_id = question.button["action_id"]
    if action_id.startswith(CHOOSE_TOPIC):
        return key("choice", *place)
    handed_on = question_of(action_id, question.button["value"])
    if handed_on is not None:
        # Once a question, wherever the button stands and whatever else its value says.
        return key("handing on", action_id, handed_on)
    return key("button", *place, action_id, question.button["value"])


def command_keys(command: Mapping[str, Any]) -> list[str]:
    """What another telling of a slash command would share."""
    trigger_id = command.get("trigger_id")
    return [key("trigger", str(trigger_id))] if trigger_id else []
