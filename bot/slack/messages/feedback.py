"""What stands under every reply: a vote, and why it is this one. Pure.

What a reply rests on travels in a button, so that nothing about the question has to be kept for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answering import Answer
from bot.knowledge import Entry, KnowledgeBase
from bot.slack.messages.layout import (
    BLOCKS_LIMIT,
    SECTION_LIMIT,
    TEXT_LIMIT,
    VIEW_OPTIONS,
    Block,
    Reply,
    button,
    context,
    escape,
    plain,
    section,
    shortened,
    split,
)
from bot.slack.messages.small_print import review_text, source_lines

VOTE = "vote"
WHY = "why"
HELPFUL, NOT_HELPFUL = "helpful", "not_helpful"
# The modal after "Not helpful", and its fields.
EXPECTED = "expected"
TOPIC = "topic"
WORDS = "words"
MOST_CHARACTERS = 2_000

MOST_TOPICS = 3
# Of a select: options in a group, and groups.
_MOST_OPTIONS = 100
# Between the parts of a value, none of which can hold it.
_BAR = "|"


@dataclass(frozen=True)
class Grounds:
    """What a reply rests on. Nothing in it is a person's: everybody who sees the reply can read its buttons.

    Attributes:
        kind: Of the answer; ``shown`` for a topic that somebody picked.
        percent: The confidence; 0 where there is none.
        topics: The entries shown or offered; where nothing fitted, those that came nearest.
    """

    kind: str
    percent: int
    topics: Sequence[str]

    @classmethod
    def of(cls, answer: Answer) -> Grounds:
        """The grounds of an answer that is not silent."""
        if answer.match is None:
            return cls("shown" if answer.entries else answer.kind, 0, answer.topics[:MOST_TOPICS])
        nearest = tuple(candidate.entry_id for candidate in answer.match.candidates)
        return cls(answer.kind, round(answer.confidence * 100), (answer.topics or nearest)[:MOST_TOPICS])

    @classmethod
    def parse(cls, value: str) -> Grounds | None:
        """The grounds in the value of a button; None in one that is not ours."""
        parts = value.split(_BAR)
        if len(parts) != 3 or not parts[1].isdecimal():
            return None
        return cls(parts[0], int(parts[1]), parts[2].split())

    @property
    def value(self) -> str:
        """As it travels in the button."""
        return _BAR.join([self.kind, str(self.percent), " ".join(self.topics)])


def with_foot(reply: Reply, question_id: str, grounds: Grounds) -> Reply:
    """A reply with what stands under it.

    Args:
        reply: Without.
        question_id: What it answers, by which votes on it are known.
        grounds: What it rests on.
    """
    why = button(WHY, "Why this answer?", grounds.value)
    blocks = list(reply.blocks)
    if blocks and blocks[-1]["type"] == "actions":
        blocks[-1] = {**blocks[-1], "elements": [*blocks[-1]["elements"], why]}
    else:
        blocks.append({"type": "actions", "elements": [why]})
    return Reply(reply.text, [*blocks[: BLOCKS_LIMIT - 1], _votes(question_id)])


def _votes(question_id: str) -> Block:
    def choice(label: str, vote: str, spoken: str) -> Block:
        return {"text": plain(label), "value": f"{vote}{_BAR}{question_id}", "accessibility_label": spoken}

    buttons: Block = {
        "type": "feedback_buttons",
        "action_id": VOTE,
        "positive_button": choice("Helpful", HELPFUL, "This reply was helpful"),
        "negative_button": choice("Not helpful", NOT_HELPFUL, "This reply was not helpful"),
    }
    return {"type": "context_actions", "elements": [buttons]}


def read_vote(value: str) -> tuple[str, bool] | None:
    """The question whose reply a vote is on, and whether it was helpful; None for a value that is not ours."""
    vote, bar, question_id = value.partition(_BAR)
    if vote not in (HELPFUL, NOT_HELPFUL) or not bar or not question_id:
        return None
    return question_id, vote == HELPFUL


def why_view(grounds: Grounds, knowledge: KnowledgeBase, help_channel: str | None, today: date) -> Block:
    """The modal behind "Why this answer?"."""
    entries = [knowledge.entries[topic] for topic in grounds.topics if topic in knowledge.entries]
    whom = f"the people in <#{help_channel}>" if help_channel else "the person who looks after this bot"
    blocks = [
        section(_because(grounds, entries)),
        *(block for entry in entries for block in _about(entry, knowledge, today)),
        context(f'Is something wrong? Choose "Not helpful" under the reply and say what you expected, or tell {whom}.'),
    ]
    return {"type": "modal", "title": plain("Why this answer?"), "close": plain("Close"), "blocks": blocks}


def _because(grounds: Grounds, entries: Sequence[Entry]) -> str:
    sure = f"{grounds.percent}% sure"
    if grounds.kind == "shown":
        return "Somebody picked this topic with a button."
    if grounds.kind == "choices":
        return f"I was {sure} of the first of these topics, which is too little to choose by myself."
    if grounds.kind == "none":
        titles = escape("; ".join(entry.title for entry in entries))
        near = f"The closest topics were: {titles}." if titles else "Nothing that I know comes close."
        return f"{near} I was {sure}, which is too little to answer."
    right = f"about {grounds.percent} in a hundred such answers are right"
    return f"This topic fits the question best. I was {sure}: {right}."


def _about(entry: Entry, knowledge: KnowledgeBase, today: date) -> list[Block]:
    lines = [f"*{escape(entry.title)}*", *source_lines(entry, knowledge), review_text(entry, today)]
    return [section(part) for part in split("\n".join(lines), SECTION_LIMIT)]


def as_message(view: Block) -> Reply:
    """What a modal of texts says, where it cannot be opened."""
    texts = [text for block in view["blocks"] for text in (block.get("text"), *block.get("elements", ())) if text]
    words = "\n".join(text["text"] for text in texts)
    return Reply(shortened(words, TEXT_LIMIT), view["blocks"][:BLOCKS_LIMIT])


def expected_view(knowledge: KnowledgeBase, question_id: str, retention_days: int) -> Block:
    """The modal after "Not helpful"."""
    days = "a day" if retention_days == 1 else f"{retention_days} days"
    groups = list(_groups(knowledge))
    return {
        "type": "modal",
        "callback_id": EXPECTED,
        "private_metadata": question_id,
        "title": plain("What did you expect?"),
        "submit": plain("Send"),
        "close": plain("Skip"),
        "blocks": [
            section("Your vote is counted. If you like, tell us what would have helped."),
            {
                "type": "input",
                "optional": True,
                "block_id": TOPIC,
                "label": plain("The topic that I should have answered with"),
                "element": {
                    "type": "static_select",
                    "action_id": TOPIC,
                    "placeholder": plain("Choose a topic"),
                    "option_groups": groups,
                },
            },
            {
                "type": "input",
                "optional": True,
                "block_id": WORDS,
                "label": plain("In your own words"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": WORDS,
                    "multiline": True,
                    "max_length": MOST_CHARACTERS,
                },
            },
            context(
                f"Only the people who maintain these answers read this. It is kept for {days}, without your name. "
                "Please write nothing confidential."
            ),
        ],
    }


def _groups(knowledge: KnowledgeBase) -> Iterator[Block]:
    """A group of options for each theme, as many as a view holds."""
    left = VIEW_OPTIONS
    for theme in knowledge.themes[:_MOST_OPTIONS]:
        entries = theme.entries[: min(_MOST_OPTIONS, left)]
        left -= len(entries)
        if entries:
            options = [{"text": plain(entry.title), "value": entry.id} for entry in entries]
            yield {"label": plain(theme.title), "options": options}
