"""What goes from one person to others: an answer that is shared, a question that is passed on to a person. Pure.

Names and words of people stand there as plain text, in which nothing can mention or ping.
"""

from __future__ import annotations

from bot.conversation.buttons import ASK_PERSON, SHARE, Shared
from bot.slack.messages.feedback import WHY
from bot.slack.messages.layout import (
    BLOCKS_LIMIT,
    Block,
    Reply,
    button,
    context,
    escape,
    headed,
    quote,
    section,
    shortened,
    spoken_by,
)
from bot.text import plain

# Characters of a question that is passed on; its message, if there is one, has the rest.
_MOST_QUOTED = 500


def share_button(shared: Shared) -> Block:
    """Shows everybody in the channel what one person was shown."""
    return button(SHARE, "Share in channel", shared.value, spoken="Share this answer with everybody in the channel")


def person_button(question_id: str) -> Block:
    """Passes a question on."""
    return button(ASK_PERSON, "Ask a person", question_id, spoken="Pass this question on to a person")


def with_buttons(reply: Reply, *buttons: Block) -> Reply:
    """A reply with more buttons before "Why this answer?"."""
    blocks = list(reply.blocks)
    place = next((number for number, block in reversed(list(enumerate(blocks))) if block["type"] == "actions"), None)
    if place is None:
        return Reply(reply.text, [*blocks, {"type": "actions", "elements": list(buttons)}])
    elements = blocks[place]["elements"]
    before = next((number for number, one in enumerate(elements) if one["action_id"] == WHY), len(elements))
    blocks[place] = {**blocks[place], "elements": [*elements[:before], *buttons, *elements[before:]]}
    return Reply(reply.text, blocks)


def shared_reply(reply: Reply, name: str, words: str) -> Reply:
    """An answer with its question and the name of the person who shares it."""
    line = f"{name} asked and shared the answer:" if words else f"{name} shared this answer."
    asked = [quote(words)] if words else []
    text = escape(" ".join([line, *([f'"{words}"'] if words else [])]))
    return Reply(headed(text, reply.text), [spoken_by(line), *asked, *reply.blocks][:BLOCKS_LIMIT])


def help_reply(name: str, words: str | None, permalink: str | None, *, is_direct: bool) -> Reply:
    """A question as the people who help read it.

    Args:
        name: Who pressed the button.
        words: Of the question, Slack markup and all; None where they are not kept.
        permalink: Leads to the message that asks; None where there is none, or not any more.
        is_direct: It was asked in a direct message, where nobody else can look.
    """
    line = f"{name} asks for a person."
    line += " I had no answer to this question:" if words is not None else ""
    asked = [shortened(plain(words), _MOST_QUOTED)] if words is not None else []
    lines = [f"<{permalink}|Open the question>"] if permalink is not None else []
    if permalink is None or is_direct:
        lines.append("Nobody else can see where it was asked, so please answer directly.")
    text = "\n".join([escape(line), *(f"> {escape(one)}" for one in asked), *lines])
    return Reply(text, [spoken_by(line), *map(quote, asked), section("\n".join(lines))])


def passed_on_reply(help_channel: str) -> Reply:
    """What the asker reads then."""
    text = f"I passed this question on to the people in <#{help_channel}>. They will answer here or write to you."
    return Reply(text, [section(text)])


def with_way_to_a_person(reply: Reply, help_channel: str | None, contact: str | None) -> Reply:
    """A reply with a line on how to reach a person, if there is a help channel or a contact."""
    if help_channel is not None:
        line = f"You can ask a person in <#{help_channel}>."
    elif contact is not None:
        line = f"You can ask a person: {_linked(contact)}."
    else:
        return reply
    buttons = [block for block in reply.blocks if block["type"] == "actions"]
    others = [block for block in reply.blocks if block["type"] != "actions"]
    return Reply(f"{reply.text}\n{line}", [*others, context(line), *buttons])


def _linked(contact: str) -> str:
    if contact.startswith(("https://", "http://")):
        return f"<{escape(contact)}|{escape(contact)}>"
    return f"<mailto:{escape(contact)}|{escape(contact)}>" if "@" in contact else escape(contact)
