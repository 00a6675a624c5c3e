"""What `ask` prints: answers as in Slack, and why they were given."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.padding import Padding
from rich.text import Text

from bot.answering import Answer, AnswerService, Thresholds
from bot.slack.blocks import answer_reply, states_reply
from bot.slack.states import asks_for_list
from bot.terminal import console, message_lines
from bot.understanding import Match

_TERMS_SHOWN = 6


def print_answer(answer: Answer, service: AnswerService, *, explain: bool) -> None:
    """Print an answer as Slack would show it and, where asked, why it is the answer."""
    screen = console()
    reply = answer_reply(answer, service.knowledge, datetime.now(UTC).date())
    screen.print(message_lines(reply.blocks, reply.text, width=screen.width))
    for entry in answer.entries:
        if asks_for_list(entry, answer.places, service.knowledge):
            # In Slack, the table is behind the button "All states".
            every = states_reply(entry, service.knowledge)
            screen.print(message_lines(every.blocks, every.text, width=screen.width))
    if explain:
        screen.print()
        for line in explanation(answer, service):
            screen.print(Padding(Text(line), (0, 0, 0, 2)))


def explanation(answer: Answer, service: AnswerService) -> list[str]:
    """Why this answer, in sentences an owner of the knowledge can act on."""
    if answer.match is None:
        return [f"Nothing was matched: the message was taken as {answer.reason or 'silent'}."]
    return [
        *_reading_lines(answer.match),
        *([f"Places: {', '.join(answer.places)}"] if answer.places else []),
        *_candidate_lines(answer.match, service),
        _verdict(answer, service.thresholds),
        *_evidence_lines(answer.match),
    ]


def _verdict(answer: Answer, thresholds: Thresholds) -> str:
    """Which way of deciding gave the answer, and the figure that it went by."""
    sure = f"{answer.confidence:.2f}"
    if answer.how == "plain":
        reached = answer.confidence >= thresholds.plain
        talk = " It reads like colleagues talking to each other." if reached and answer.kind == "silent" else ""
        return f"Unaddressed: confidence {sure}, and {thresholds.plain:.2f} is needed.{talk}"
    if answer.kind == "answer":
        return {
            "term": "It asks for an acronym of the glossary.",
            "phrasing": "It is one of the entry's phrasings, whatever the order of its words.",
            "name": "It says no more than the name of an entry.",
            "alone": f"It names a topic after what came before it (confidence {sure}).",
            "thread": f"It leans on what was asked before in the thread (confidence {sure}).",
            "pair": f"It asks for two topics (probability {sure}; {thresholds.pair:.2f} is needed).",
            "place": "It says nothing but a state.",
            "ranking": f"Confidence {sure}; {thresholds.answer:.2f} is needed to answer.",
        }[answer.how]
    of_three = answer.match.confidence_of_three if answer.match else 0.0
    return (
        f"Confidence {sure}; {thresholds.answer:.2f} is needed to answer. One of the first three is meant with "
        f"{of_three:.2f}; {thresholds.choices:.2f} is needed to offer them."
    )


def _reading_lines(match: Match) -> list[str]:
    reading = match.reading
    lines = [f"Read as: {' '.join(reading.words)}"]
    lines += [f"Spelling mended: {before} -> {after}" for before, after in reading.mended]
    if reading.unknown:
        lines.append(f"Unknown words: {', '.join(reading.unknown)}")
    if reading.groups:
        lines.append(f"Groups of the vocabulary: {', '.join(dict.fromkeys(reading.groups))}")
    lines.append(f"Model asked about: {reading.focus or 'none or both'}")
    return lines


def _candidate_lines(match: Match, service: AnswerService) -> list[str]:
    best = match.candidates[0].score
    lines = []
    for place, candidate in enumerate(match.candidates[:3], start=1):
        behind = f", {best - candidate.score:.2f} behind" if place > 1 else ""
        terms = service.matcher.terms(match.reading, candidate.entry_id)[:_TERMS_SHOWN]
        matched = ", ".join(f"{term.feature} +{term.weight:.2f}" for term in terms)
        lines.append(f"{place}. {candidate.entry_id} ({candidate.share:.0%} of the belief{behind}): {matched}")
    if len(match.candidates) == 1:
        lines.append("2. No other entry shares a word with the question.")
    return lines


def _evidence_lines(match: Match) -> list[str]:
    evidence = match.evidence
    lines = [
        f"The closest phrasing of {match.best.entry_id} resembles it by {evidence.alike:.0%}, "
        f"the closest near miss by {evidence.alike_near_miss:.0%}."
    ]
    if evidence.clear < 0:
        lines.append(f"A near miss in outside.yaml fits it better than any entry (by {-evidence.clear:.2f}).")
    if evidence.covered < 1:
        lines.append(
            f"By weight, {1 - evidence.covered:.0%} of its words are none that the entry's phrasings have, which "
            "counts against answering."
        )
    return lines
