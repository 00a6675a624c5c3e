"""What holds in each state: a file for each subject, a line for each state, and which lines readers may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, HttpUrl, StringConstraints

from bot.knowledge.parts import Day, Id, Line, Strict
from bot.knowledge.places import Code

# Files of states are called ``states-suta-rate.yaml``.
PREFIX = "states-"
LINE_WORDS = 40

Confidence: TypeAlias = Literal[
    "official",
    "official-copy",
    "official-part",
    "two-secondary",
    "one-secondary",
    "conflicting",
    "not-found",
    "unverified",
]
# The only ones that readers see: a state's own words in full, in a copy or in part, or two others that agree.
SHOWN: frozenset[Confidence] = frozenset(("official", "official-copy", "official-part", "two-secondary"))
SECOND_HAND: Confidence = "two-secondary"


class StateSource(Strict):
    """Where a line comes from, as a reader would look it up."""

    title: Line
    link: HttpUrl
    date: Line = Field(description="As the source gives it: 2019, Mar 2026, undated.")


class Agency(Strict):
    """Who has the last word in a state."""

    name: Line
    link: HttpUrl | None = None


class StateLine(Strict):
    """What holds in one state, or that nothing is sourced well enough to be shown."""

    confidence: Confidence
    value: Id | None = Field(None, description="One of the subject's values.")
    text: Annotated[str, StringConstraints(min_length=1, max_length=400)] | None = Field(
        None, description="One or two plain sentences, at most 40 words."
    )
    sources: tuple[StateSource, ...] = ()
    reviewed: Day | None = Field(None, description="The day a person last checked the line, as 2026-12-01.")
    agency: Agency | None = Field(None, description="Whom readers are sent to.")


class Neighbors(Strict):
    """Entries that lie so near that a place decides."""

    with_a_state: tuple[Id, ...] = Field((), description="This entry answers in their place where a state is named.")
    in_a_list: tuple[Id, ...] = Field(
        (), description="This entry answers in their place where all states are asked for."
    )


class StateSubject(Strict):
    """A subject with its lines; in a folder that lies over another, only what differs."""

    subject: Id = Field(description="The id of the entry that the lines belong to.")
    asks: Line | None = Field(None, description='Completes "I have nothing sourced on ... in Alaska."')
    values: dict[Id, Line] = Field(
        {}, description="The fixed set of values in the order of lists, with their headings."
    )
    everywhere: Line | None = Field(None, description="What holds under an ASO in every state.")
    instead_of: Neighbors | None = None
    lines: dict[Code, StateLine]


class StatesFile(Strict):
    """``states-....yaml``: what holds in each state, for one entry."""

    states: StateSubject


@dataclass(frozen=True)
class ShownLine:
    """A line that readers may see.

    Raises:
        ValueError: The confidence is none that readers may see.
    """

    value: str
    text: str
    confidence: Confidence
    sources: Sequence[StateSource]
    reviewed: date

    def __post_init__(self) -> None:
        if self.confidence not in SHOWN:
            raise ValueError(f"a line of confidence '{self.confidence}' must not be shown")

    @classmethod
    def of(cls, line: StateLine) -> ShownLine | None:
        """What readers see of a line; None for one that rests on too little or is not complete."""
        if line.confidence not in SHOWN or not (line.value and line.text and line.sources and line.reviewed):
            return None
        return cls(line.value, line.text, line.confidence, line.sources, line.reviewed)


@dataclass(frozen=True)
class StateFacts:
    """What readers may know about one subject, state by state.

    Attributes:
        subject: The id of the entry.
        asks: What it is about, as part of a sentence.
        headings: By value, in the order of lists.
        everywhere: What holds under an ASO in every state.
        instead_of: Entries in whose place this one answers.
        shown: By postal code; states without a line that may be shown are not in it.
        agencies: By postal code, where known.
    """

    subject: str
    asks: str
    headings: Mapping[str, str]
    everywhere: str | None
    instead_of: Neighbors
    shown: Mapping[str, ShownLine]
    agencies: Mapping[str, Agency]


def facts_of(files: Iterable[StatesFile]) -> dict[str, StateFacts]:
    """The facts of sound files by subject; a line of a later file replaces that of an earlier one."""
    merged: dict[str, StateSubject] = {}
    for file in files:
        own = file.states
        before = merged.get(own.subject, own)
        merged[own.subject] = StateSubject(
            subject=own.subject,
            asks=own.asks or before.asks,
            values={**before.values, **own.values},
            everywhere=own.everywhere or before.everywhere,
            instead_of=own.instead_of or before.instead_of,
            lines={**before.lines, **own.lines},
        )
    return {subject: _facts(states) for subject, states in merged.items()}


def _facts(states: StateSubject) -> StateFacts:
    shown = {code: line for code, one in states.lines.items() if (line := ShownLine.of(one)) is not None}
    agencies = {code: one.agency for code, one in states.lines.items() if one.agency is not None}
    return StateFacts(
        states.subject,
        states.asks or "",
        states.values,
        states.everywhere,
        states.instead_of or Neighbors(),
        shown,
        agencies,
    )
