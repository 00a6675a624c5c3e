"""The use case: a question and where it was asked -> an Answer.

``peo-aso ask`` and Slack both come through here, so that they cannot disagree.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import wordfreq

from bot.knowledge import Entry, KnowledgeBase, Model
from bot.matching import Match, Matcher
from bot.text import stems

Kind: TypeAlias = Literal["answer", "choices", "none", "silent"]

# Why an addressed message ends in `none`: nothing was asked, or nothing that we know.
Reason: TypeAlias = Literal["greeting", "thanks", "help", "empty", "unknown"]


@dataclass(frozen=True)
class Thresholds:
    """Where an answer begins. Probabilities, 0 to 1, on the scale of ``Answer.confidence``.

    Attributes:
        answer: From here on the best entry is shown as the answer.
        choices: From here on, below ``answer``, the likeliest entries are offered as choices.
        plain: From here on an unaddressed channel message is answered.
    """

    answer: float = 0.5
    choices: float = 0.35
    plain: float = 0.9


@dataclass(frozen=True)
class Answer:
    """What the asker gets.

    Attributes:
        kind: See design: ``answer``, ``choices``, ``none`` or ``silent``.
        entries: The entries shown or offered, best first; empty for ``none`` and ``silent``.
        focus: The one model that was asked about, if one was.
        confidence: Of the answers given at 0.8, eight in ten are right; 0 where nothing was matched.
        micros: Time for matching and deciding, in microseconds.
        reason: Why ``none``; None for every other kind.
        match: What matching found, for explaining; None where there was nothing to match.
    """

    kind: Kind
    entries: tuple[Entry, ...] = ()
    focus: Model | None = None
    confidence: float = 0.0
    micros: int = 0
    reason: Reason | None = None
    match: Match | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the entries, best first."""
        return tuple(entry.id for entry in self.entries)


class AnswerService:
    """Answers questions from one knowledge base; fitted when it is made, safe to share between tasks."""

    def __init__(self, knowledge: KnowledgeBase, thresholds: Thresholds | None = None) -> None:
        self.knowledge = knowledge
        self.thresholds = thresholds or Thresholds()
        self.matcher = Matcher(knowledge, common_english_words())
        self._small_talk = _SmallTalk(knowledge)

    def answer(self, question: str, *, addressed: bool = True, thread: Sequence[str] = ()) -> Answer:
        """Answer one question.

        Args:
            question: What the person typed, Slack markup and all; any text of any length.
            addressed: Whether it was meant for the bot (mention, command, DM). An ordinary channel message
                never gets choices or ``none``.
            thread: What was asked before in this thread, oldest first.
        """
        started = time.perf_counter_ns()
        answer = self._decide(question, addressed)
        micros = (time.perf_counter_ns() - started) // 1_000
        return Answer(**{**vars(answer), "micros": micros})

    def show(self, entry_id: str) -> Answer | None:
        """The entry that a button asks for; None where it is no longer in the knowledge base."""
        entry = self.knowledge.entries.get(entry_id)
        return Answer("answer", (entry,), confidence=1.0) if entry else None

    def _decide(self, question: str, addressed: bool) -> Answer:
        reason = self._small_talk.reason(question)
        if reason is not None:
            return Answer("none", reason=reason) if addressed else Answer("silent")
        match = self.matcher.match(question)
        if match is None:
            return Answer("none", reason="empty") if addressed else Answer("silent")
        return self._by_confidence(match, addressed)

    def _by_confidence(self, match: Match, addressed: bool) -> Answer:
        best = self.knowledge.entries[match.candidates[0].entry_id]
        if match.confidence >= (self.thresholds.answer if addressed else self.thresholds.plain):
            return Answer("answer", (best,), match.focus, match.confidence, match=match)
        if not addressed:
            return Answer("silent", focus=match.focus, confidence=match.confidence, match=match)
        if match.confidence >= self.thresholds.choices:
            offered = tuple(self.knowledge.entries[candidate.entry_id] for candidate in match.candidates[:3])
            return Answer("choices", offered, match.focus, match.confidence, match=match)
        return Answer("none", (), match.focus, match.confidence, reason="unknown", match=match)


class _SmallTalk:
    """Messages that ask nothing about a topic: a greeting, a thank-you, a call for help."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        vocabulary = knowledge.vocabulary
        self._help = {stems(phrase) for phrase in vocabulary.help}
        self._thanks = _stems_of(vocabulary.thanks)
        self._greetings = _stems_of(vocabulary.greetings)
        self._filler = _stems_of(vocabulary.filler)

    def reason(self, question: str) -> Reason | None:
        said = stems(question)
        if not said:
            return "empty"
        without_filler = tuple(stem for stem in said if stem not in self._filler | self._greetings | self._thanks)
        if said in self._help or without_filler in self._help:
            return "help"
        if without_filler:
            return None
        if any(stem in self._thanks for stem in said):
            return "thanks"
        return "greeting"


def _stems_of(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(stem for phrase in phrases for stem in stems(phrase))


def common_english_words() -> list[str]:
    """The some 29,000 words that make up everyday English, most frequent first; usual misspellings are not in it."""
    return wordfreq.top_n_list("en", 30_000, wordlist="small")
