"""The part of Slack's message markup that its client writes for a person.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Mapping

BROADCASTS = ("here", "channel", "everyone")

_LINK = r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"]"


def escape(text: str) -> str:
    """Replace the three characters that would start markup: ``&``, ``<`` and ``>``."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, *, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Turn what a person types into what Slack's client sends.

    Args:
        text: As typed: ``@lunch-bot is a <br> tag & more legal in #general?``
        people: Name as typed after ``@`` -> user id; matched without regard to case.
        channels: Channel name -> channel id.

    Returns:
        The text with mentions, channel links, ``@here`` and its like, and web links as markup, and
        ``&``, ``<``, ``>`` escaped everywhere else.
    """
    ids = {f"@{name.casefold()}": f"<@{user_id}>" for name, user_id in people.items()}
    ids |= {f"@{word}": f"<!{word}>" for word in BROADCASTS}
    ids |= {f"#{name.casefold()}": f"<#{id}|{name}>" for name, id in channels.items()}
    # The longest name first, so that "@Maya Lindqvist" is not read as "@Maya".
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    marks = re.compile(rf"(?P<name>(?<!\w)(?:{names})(?![\w-]))|(?P<link>{_LINK})", re.IGNORECASE)

    pieces: list[str] = []
    end = 0
    for mark in marks.finditer(text):
        pieces.append(escape(text[end : mark.start()]))
        name = mark.group("name")
        pieces.append(ids[name.casefold()] if name else f"<{escape(mark.group('link'))}>")
        end = mark.end()
    return "".join([*pieces, escape(text[end:])])
