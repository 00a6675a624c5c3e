"""What goes from one person to others: an answer that is shared, a question that is passed on to a person. Pure.

Names and words of people stand there as plain text, in which nothing can mention or ping.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.answering import Answer, How
from bot.knowledge import KnowledgeBase, Model
from bot.slack.blocks import Reply, headed
from bot.slack.layout import BLOCKS_LIMIT, Block, button, context, escape, quote, section, shortened, spoken_by
from bot.store import Asked, Question
from bot.text import plain

SHARE = "share"
ASK_PERSON = "ask_person"
# Characters of a question that is passed on; its message, if there is one, has the rest.
_MOST_QUOTED = 500
# Of one that is shared, which travels in the button.
_MOST_SHARED = 300


@dataclass(frozen=True)
class Shared:
    """What a button to share stands for: an answer and its question.

    The button is under a message that only the asker sees, so it may carry their words.

    Attributes:
        question_id: What was answered; the record of it must say the same.
        topics: The entries shown, best first.
        focus: The model that was asked about.
        term: The acronym that was asked for.
        words: The question as a reader sees it.
        places: What of it was asked for, as of `Answer`.
        is_of_state: All that is known of one state is shown.
    """

    question_id: str
    topics: Sequence[str]
    focus: Model | None
    term: str | None
    words: str
    places: Sequence[str] = ()
    is_of_state: bool = False

    @classmethod
    def of(cls, answer: Answer, question_id: str, words: str) -> Shared:
        """What an answer to a question shows."""
        term = answer.term.term if answer.term else None
        said = shortened(plain(words), _MOST_SHARED)
        return cls(question_id, answer.topics, answer.focus, term, said, answer.places, answer.how == "place")

    @classmethod
    def read(cls, value: str) -> Shared | None:
        """The inverse of `value`; None for one that is not ours."""
        try:
            told = json.loads(value)
            topics = [str(topic) for topic in told["topics"]]
            words = str(told["words"])[:_MOST_SHARED]
            # Buttons of older versions have no places.
            places = [str(place) for place in told.get("places", ())]
            is_of_state = told.get("is_of_state") is True and len(places) == 1
            return cls(str(told["question_id"]), topics, told["focus"], told["term"], words, places, is_of_state)
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def value(self) -> str:
        """As it travels in the button."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def is_of(self, asked: Asked) -> bool:
        """Whether it is what a question was answered with."""
        shown = (list(asked.topics), asked.focus, list(asked.places))
        return asked.kind == "answer" and shown == (self.topics, self.focus, self.places)

    def answer(self, knowledge: KnowledgeBase) -> Answer | None:
        """The answer, in the words of today; None where a topic is gone."""
        entries = [knowledge.entries[topic] for topic in self.topics if topic in knowledge.entries]
        term = next((term for term in knowledge.glossary if term.term == self.term), None)
        if not entries or len(entries) < len(self.topics):
            return None
        if self.term and (term is None or [term.see] != self.topics):
            return None
        how: How = "place" if self.is_of_state else "ranking"
        return Answer("answer", tuple(entries), self.focus, 1.0, term=term, how=how, places=tuple(self.places))


def share_button(shared: Shared) -> Block:
    """Shows everybody in the channel what one person was shown."""
    return button(SHARE, "Share in channel", shared.value, spoken="Share this answer with everybody in the channel")


def person_button(question: Question) -> Block:
    """Passes a question on; its value is the id of the question."""
    return button(ASK_PERSON, "Ask a person", question.id, spoken="Pass this question on to a person")


def question_of(action_id: str, value: str) -> str | None:
    """The id of the question that is shared or passed on, by the value of the button; None for every other."""
    if action_id == SHARE:
        shared = Shared.read(value)
        return shared.question_id if shared else None
    # Earlier versions wrote more into it.
    return value.partition("|")[0] if action_id == ASK_PERSON else None


def with_buttons(reply: Reply, *buttons: Block) -> Reply:
    """A reply with more buttons before those at its foot."""
    blocks = list(reply.blocks)
    place = next((number for number, block in reversed(list(enumerate(blocks))) if block["type"] == "actions"), None)
    if place is None:
        return Reply(reply.text, [*blocks, {"type": "actions", "elements": list(buttons)}])
    elements = blocks[place]["elements"]
    is_menu = [element["type"] == "overflow" for element in elements]
    before = is_menu.index(True) if True in is_menu else len(elements)
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


def not_passed_on_text() -> str:
    """What the asker reads where that does not work."""
    return "I could not pass the question on. Please ask somebody directly, or try the button again later."


def not_shared_text() -> str:
    """What a person reads who shares an answer where the bot cannot post."""
    return (
        "I am not allowed to post here, so I did not share anything. Type /invite @PEO vs ASO in the channel, and "
        "press the button again."
    )


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
