"""What the bot says where it has no answer to show: small talk, and questions that it cannot answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering import Answer
from bot.knowledge import Entry, KnowledgeBase

EXAMPLE_QUESTION = "who handles unemployment claims?"
# Beside the overview and a person that makes four buttons.
MOST_OFFERED = 2
# Where no entry is sure enough to be shown, the likeliest are offered from this probability on that one of the first
# three is meant, unless a near miss fits by so much better. Of the 18 questions of tests/questions/fit that end so
# although an entry answers them, 11 get an offer, 10 times with the right entry; of the 383 others 47.
LIKELY_OF_THREE = 0.2
LIKELY_CLEAR = -1.0

# By the reason of an answer. With True, the overview is one press away.
_SMALL_TALK: dict[str, tuple[str, bool]] = {
    "greeting": (f"Hello! Ask me about PEO and ASO, for example: {EXAMPLE_QUESTION}", True),
    "empty": (f"I see no question there. Ask me about PEO and ASO, for example: {EXAMPLE_QUESTION}", True),
    "thanks": ("You're welcome!", False),
    "ok": ("Great. I'm here if anything else comes up.", False),
    "bye": ("Bye! I'm here whenever you need me.", False),
    "insult": ("Sorry I wasn't more help. Try me with other words, or ask a person.", True),
    "human": ("I'm a bot, and some questions are better for a person.", False),
    "bot": ("Yes, I'm a bot. People wrote and reviewed every answer that I give about PEO and ASO.", True),
    "other-language": ("I know about PEO and ASO, and only in English. Por ahora solo entiendo inglés.", True),
}


@dataclass(frozen=True)
class Said:
    """A sentence, the entries that it leads to, and whether the overview is offered with them."""

    sentence: str
    offered: Sequence[Entry] = ()
    has_overview: bool = True


def said_to(answer: Answer, knowledge: KnowledgeBase) -> Said:
    """What an answer of kind ``none`` says."""
    if answer.reason in _SMALL_TALK:
        sentence, has_overview = _SMALL_TALK[answer.reason]
        return Said(sentence, has_overview=has_overview)
    if answer.nearest:
        return Said("I don't have that exactly. This is close:", answer.nearest[:MOST_OFFERED])
    likely = _likely(answer, knowledge)
    if likely:
        return Said("I'm not sure what you mean. Is it one of these?", likely)
    return Said("I have no answer to that: I only know about PEO and ASO, two ways to outsource HR.")


def _likely(answer: Answer, knowledge: KnowledgeBase) -> list[Entry]:
    """The likeliest entries, where one of them may well be meant."""
    match = answer.match
    if match is None or match.confidence_of_three < LIKELY_OF_THREE or match.evidence.clear < LIKELY_CLEAR:
        return []
    ids = [candidate.entry_id for candidate in match.candidates[:MOST_OFFERED]]
    return [knowledge.entries[one] for one in ids if one in knowledge.entries]
