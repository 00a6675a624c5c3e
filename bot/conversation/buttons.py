"""What people can do with buttons in a conversation, and what the buttons carry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.answering import Answer, How
from bot.knowledge import KnowledgeBase, Model
from bot.store import Asked, Question
from bot.text import plain

# Show a topic; choose one of several that were offered; show the details of a topic, or what is known of every state;
# show what the bot covers.
SHOW_TOPIC = "show_topic"
CHOOSE_TOPIC = "choose_topic"
SHOW_MORE = "show_more"
SHOW_STATES = "show_states"
SHOW_OVERVIEW = "show_overview"
# Turn listening in a channel on or off.
LISTEN = "listen"
ON, OFF = "on", "off"
# Show an answer to the whole channel; pass a question on to a person.
SHARE = "share"
ASK_PERSON = "ask_person"

ACTIONS = frozenset({SHOW_TOPIC, CHOOSE_TOPIC, SHOW_MORE, SHOW_STATES, SHOW_OVERVIEW, LISTEN, SHARE, ASK_PERSON})

# Between the topic of a button and the places it is shown for; neither can contain it.
_BAR = "|"
# Characters of a shared question, which travels in the button.
_MAX_SHARED = 300


@dataclass(frozen=True)
class Button:
    """A button that was pressed.

    Attributes:
        action: One of `ACTIONS`.
        value: What it carries.
        is_ephemeral: Only one person sees the message it is under.
        pressed_by: The name of the person; empty for actions that show nobody's name.
    """

    action: str
    value: str
    is_ephemeral: bool
    pressed_by: str

    @classmethod
    def of(cls, question: Question) -> Button | None:
        """The button of a question; None for a question in words."""
        stored = question.button
        if stored is None:
            return None
        return cls(
            action_of(stored["action_id"]), stored["value"], bool(stored.get("is_ephemeral")), stored.get("by", "")
        )


def action_of(action_id: str) -> str:
    """The action of a button id; a number after a colon only keeps the buttons of one message apart."""
    return action_id.partition(":")[0]


def topic_value(entry_id: str, places: Sequence[str]) -> str:
    """The value of a button that shows a topic for some places."""
    return _BAR.join((entry_id, *places))


def parse_topic_value(value: str) -> tuple[str, tuple[str, ...]]:
    """The topic and the places of such a value."""
    entry_id, *places = value.split(_BAR)
    return entry_id, tuple(places)


@dataclass(frozen=True)
class Shared:
    """What a share button carries: an answer and its question.

    The button is under a message that only the asker sees, so it may carry their words.

    Attributes:
        question_id: What was answered; the record of it must say the same.
        topics: The entries shown, best first.
        focus: The model that was asked about.
        term: The acronym that was asked about.
        words: The question as a reader sees it.
        places: The places that were asked about; see `Answer`.
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
        said = _shortened(plain(words))
        return cls(question_id, answer.topics, answer.focus, term, said, answer.places, answer.how == "place")

    @classmethod
    def parse(cls, value: str) -> Shared | None:
        """The inverse of `value`; None for a value that the bot did not write."""
        try:
            fields = json.loads(value)
            topics = [str(topic) for topic in fields["topics"]]
            words = str(fields["words"])[:_MAX_SHARED]
            # Buttons of older versions have no places.
            places = [str(place) for place in fields.get("places", ())]
            is_of_state = fields.get("is_of_state") is True and len(places) == 1
            return cls(str(fields["question_id"]), topics, fields["focus"], fields["term"], words, places, is_of_state)
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def value(self) -> str:
        """As it travels in the button."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def is_of(self, asked: Asked) -> bool:
        """Whether a question was answered with this."""
        shown = (list(asked.topics), asked.focus, list(asked.places))
        return asked.kind == "answer" and shown == (self.topics, self.focus, self.places)

    def answer(self, knowledge: KnowledgeBase) -> Answer | None:
        """The answer in the words of today; None if a topic was removed."""
        entries = [knowledge.entries[topic] for topic in self.topics if topic in knowledge.entries]
        term = next((term for term in knowledge.glossary if term.term == self.term), None)
        if not entries or len(entries) < len(self.topics):
            return None
        if self.term and (term is None or [term.see] != self.topics):
            return None
        how: How = "place" if self.is_of_state else "ranking"
        return Answer("answer", tuple(entries), self.focus, 1.0, term=term, how=how, places=tuple(self.places))


def question_of(action: str, value: str) -> str | None:
    """The id of the question that a button shares or passes on; None for every other button."""
    if action == SHARE:
        shared = Shared.parse(value)
        return shared.question_id if shared else None
    # Earlier versions wrote more into it.
    return value.partition("|")[0] if action == ASK_PERSON else None


def _shortened(words: str) -> str:
    return words if len(words) <= _MAX_SHARED else words[: _MAX_SHARED - 1] + "…"
