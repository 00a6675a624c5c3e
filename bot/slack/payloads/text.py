"""What a message from Slack says, as a person reads it on the screen, and who says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.conversation.files import marked
from bot.slack.messages.layout import escape
from bot.text import MAX_CHARACTERS, words

# What a person writes. Every other subtype (an edit, a deletion, a join) asks nothing.
# https://docs.slack.dev/reference/events/message
_SAID = (None, "file_share", "thread_broadcast")
# What people do, in their own words: "/me wonders who pays".
_DONE = "me_message"
# Slack speaks as this user, in every workspace and without a bot's id.
_SLACKBOT = "USLACKBOT"
# A person, a group, or everybody.
_MENTION = re.compile(r"<@|<!")
# Of parts in one another in the blocks of a message: a list in a list, its items, their texts.
_DEEPEST = 12
# Labels of buttons and menus, which are no part of what is said.
_CONTROLS = ("actions", "context_actions")


def is_by_a_person(message: Mapping[str, Any], *, is_addressed: bool) -> bool:
    """Whether a person says something, themselves or through an app.

    What an app posts with a person's token has the ids of both, and so has what a bot posts by itself: Slack tells them
    apart only where it names the bot's own user. An app is therefore heard where it addresses the bot at the
    beginning of a thread and nowhere else, which keeps two bots from answering each other.

    Args:
        message: As Slack sends it, or tells of it in an edit.
        is_addressed: Whether it is for the bot: a mention or a direct message.
    """
    user, subtype = message.get("user"), message.get("subtype")
    if user == _SLACKBOT or not (subtype in _SAID or (is_addressed and subtype == _DONE)):
        return False
    if not message.get("bot_id"):
        return True
    is_bot = not user or _mapping(message.get("bot_profile")).get("user_id") == user
    is_first = message.get("thread_ts") in (None, message.get("ts"))
    return is_addressed and is_first and bool(message.get("app_id")) and not is_bot


def mentions(message: Mapping[str, Any], user_id: str | None) -> bool:
    """Whether a message names a user; without one, whether it names anybody or pings."""
    said = f"{message.get('text') or ''}\n{''.join(_texts_in(message.get('blocks'), 0))}"
    if user_id is None:
        return _MENTION.search(said) is not None
    return f"<@{user_id}>" in said or f"<@{user_id}|" in said


def words_of(message: Mapping[str, Any]) -> str:
    """What a message says: its text, then anything more in its blocks and in the messages forwarded with it.

    Slack's client repeats quotes and lists in the text; some apps do not.
    """
    text = str(message.get("text") or "")
    attachments = [one for one in _mappings(message.get("attachments")) if not _is_preview(one)]
    shown = "".join(_texts_in(message.get("blocks"), 0))
    forwarded = "\n".join(_text_of_attachment(one) for one in attachments)
    parts = [text] if text.strip() else []
    for more in (shown, forwarded):
        parts += _beyond("\n".join(parts), more[:MAX_CHARACTERS])
    said = "\n".join(parts)
    return marked(said) if any(one.get("files") for one in (message, *attachments)) else said


def _beyond(said: str, more: str) -> list[str]:
    """The lines of a text that say something else than what was said before."""
    if not more:
        return []
    known = _spoken(said)
    lines = [line.strip() for line in more.splitlines()]
    return [line for line in lines if words(line) and _spoken(line) not in known]


def _spoken(text: str) -> str:
    return f" {' '.join(words(text))} "


def _is_preview(attachment: Mapping[str, Any]) -> bool:
    """Whether Slack itself has added it for a link, and nobody forwards it."""
    is_of_link = any(attachment.get(name) for name in ("from_url", "original_url", "is_msg_unfurl", "is_app_unfurl"))
    return is_of_link and not attachment.get("is_share")


def _text_of_attachment(attachment: Mapping[str, Any]) -> str:
    said = [one for one in (attachment.get(name) for name in ("pretext", "title", "text")) if isinstance(one, str)]
    inner = [attachment.get("blocks"), *(_mapping(one.get("message")).get("blocks") for one in _forwarded(attachment))]
    return "\n".join(said) if any(said) else "".join(_texts_in(inner, 0))


def _forwarded(attachment: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return _mappings(attachment.get("message_blocks"))


def _texts_in(part: object, depth: int) -> Iterator[str]:
    """The texts in blocks, in order and with Slack's markup, each block on lines of its own."""
    if depth > _DEEPEST or not isinstance(part, (dict, list)):
        return
    if isinstance(part, list):
        for inner in part:
            yield from _texts_in(inner, depth + 1)
        return
    kind, text = part.get("type"), part.get("text")
    if kind in _CONTROLS:
        return
    if kind == "user":
        yield f"<@{part.get('user_id')}>"
    elif kind == "usergroup":
        yield f"<!subteam^{part.get('usergroup_id')}>"
    elif kind == "broadcast":
        yield f"<!{part.get('range')}>"
    elif kind == "channel":
        yield f"<#{part.get('channel_id')}>"
    elif kind == "link":
        yield f"<{part.get('url')}|{escape(text)}>" if isinstance(text, str) and text else f"<{part.get('url')}>"
    elif isinstance(text, str):
        yield escape(text) if kind == "text" else text
    else:
        for inner in (text, part.get("elements"), part.get("fields")):
            yield from _texts_in(inner, depth + 1)
        yield "\n"


def _mappings(value: object) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
