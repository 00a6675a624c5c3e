"""What goes from one person to others: an answer that is shared, a question that is passed on to a person. Pure.

Names and words of people stand there as plain text, in which nothing can mention or ping.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.answering import Answer
from bot.knowledge import KnowledgeBase, Model
from bot.slack.blocks import Reply, introduced
from bot.slack.layout import Block, button, escape, section, shortened
from bot.store import Asked, Question
from bot.text import plain

SHARE = "share"
ASK_PERSON = "ask_person"
# Characters of a question that is passed on; its message, if there is one, has the rest.
_MOST_QUOTED = 500


@dataclass(frozen=True)
class Shared:
    """What a button to share stands for: an answer without the question.

    Attributes:
        question_id: What was answered; the record of it must say the same.
        topics: The entries shown, best first.
        focus: The model that was asked about.
        term: The acronym that was asked for.
    """

    question_id: str
    topics: Sequence[str]
    focus: Model | None
    term: str | None

    @classmethod
    def of(cls, answer: Answer, question_id: str) -> Shared:
        """What an answer to a question shows."""
        return cls(question_id, answer.topics, answer.focus, answer.term.term if answer.term else None)

    @classmethod
    def read(cls, value: str) -> Shared | None:
        """The inverse of `value`; None for one that is not ours."""
        try:
            told = json.loads(value)
            return cls(str(told["question_id"]), [str(topic) for topic in told["topics"]], told["focus"], told["term"])
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def value(self) -> str:
        """As it travels in the button."""
        return json.dumps(asdict(self))

    def is_of(self, asked: Asked) -> bool:
        """Whether it is what a question was answered with."""
        return asked.kind == "answer" and (list(asked.topics), asked.focus) == (self.topics, self.focus)

    def answer(self, knowledge: KnowledgeBase) -> Answer | None:
        """The answer, in the words of today; None where a topic is gone."""
        entries = [knowledge.entries[topic] for topic in self.topics if topic in knowledge.entries]
        term = next((term for term in knowledge.glossary if term.term == self.term), None)
        if not entries or len(entries) < len(self.topics):
            return None
        if self.term and (term is None or [term.see] != self.topics):
            return None
        return Answer("answer", tuple(entries), self.focus, 1.0, term=term)


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


def shared_reply(reply: Reply, name: str) -> Reply:
    """An answer with the name of who shares it."""
    return introduced(f"{escape(name)} shared this answer from /peo-vs-aso.", reply)


def help_reply(name: str, words: str | None, permalink: str | None, *, is_direct: bool) -> Reply:
    """A question as the people who help read it.

    Args:
        name: Who pressed the button.
        words: Of the question, Slack markup and all; None where they are not kept.
        permalink: Leads to the message that asks; None where there is none, or not any more.
        is_direct: It was asked in a direct message, where nobody else can look.
    """
    lines = [f"{escape(name)} asks for a person. I had no answer to this question:"]
    if words is not None:
        quoted = escape(shortened(plain(words), _MOST_QUOTED)).splitlines()
        lines += [f"> {line}" for line in quoted]
    if permalink is not None:
        lines.append(f"<{permalink}|Open the question>")
    if permalink is None or is_direct:
        lines.append("Nobody else can look where it was asked, so please answer directly.")
    text = "\n".join(lines)
    return Reply(text, [section(text)])


def passed_on_reply(help_channel: str) -> Reply:
    """What the asker is told then."""
    text = f"I have passed this question on to the people in <#{help_channel}>. They will answer here or write to you."
    return Reply(text, [section(text)])


def not_passed_on_text() -> str:
    """What is said where that does not work."""
    return "I could not pass the question on. Please ask somebody directly, or try the button again later."


def not_shared_text() -> str:
    """What is said where the bot may not post."""
    return (
        "I may not post here, so that nothing was shared. In a channel, type /invite @PEO vs ASO, then press "
        "the button again."
    )
