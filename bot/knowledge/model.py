"""What a knowledge base is made of: entries, vocabulary, provider.

The types are checked by pydantic and are also the source of the JSON Schemas in ``knowledge/schema/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    HttpUrl,
    RootModel,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError

from bot.knowledge.parts import Day, Id, Line, Strict, Word
from bot.knowledge.places import Code, PlacesFile
from bot.knowledge.states import StateFacts

# Limits in characters. Slack allows 2,000 in a section field, 3,000 in a section text and 75 in a button
# (https://docs.slack.dev/reference/block-kit/blocks/section-block); ours are lower because the reply puts a
# label around the text, and ``&`` travels as ``&amp;``.
Title: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=70)]
# What a button shows without cutting it off.
LABEL_CHARACTERS = 30
Label: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LABEL_CHARACTERS)]
Question: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=150)]
Side: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1_500)]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2_500)]
Note: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1_500)]
Phrasing: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500)]

Model: TypeAlias = Literal["aso", "peo"]


class Source(Strict):
    """Where a statement comes from, as a reader would look it up.

    Readers see it only with a title and a link; without them it stays in the file for the owners.
    """

    title: Line | None = None
    publisher: Line
    date: Line | None = Field(None, description="As the source gives it: 2019, Mar 2026, undated.")
    link: HttpUrl | None = Field(None, description="Without it, readers do not see this source.")


def _source_kind(value: Any) -> str:
    return "provider" if isinstance(value, str) else "source"


# Told apart by a function, so that a fault is reported once, for the kind that was meant.
AnySource: TypeAlias = Annotated[
    Annotated[Literal["provider"], Tag("provider")] | Annotated[Source, Tag("source")],
    Discriminator(_source_kind),
]


class _EntryBase(Strict):
    id: Id = Field(description="Never changes: buttons in old messages refer to it.")
    title: Title
    short: Label | None = Field(None, description="The title on a button: 30 characters. Default: the title.")
    question: Question = Field(description="The question that this entry answers, as a person would ask it.")
    note: Note | None = Field(None, description="The conditions and limits that a careful reader needs.")
    more: Text | None = Field(None, description="Details that would be too long for the reply itself.")
    sources: Annotated[tuple[AnySource, ...], Field(min_length=1)] = Field(
        description='"provider" is the comparison page that provider.yaml names.'
    )
    reviewed: Day = Field(description="The day a person last checked every word, as 2026-11-23.")
    review_by: Day | None = Field(None, description="Past this day the reply says that the entry is due for review.")
    related: tuple[Id, ...] = Field((), description="What a reader of this entry asks next, best first.")
    names: tuple[Word, ...] = Field(
        (), description="What people call it: work comp, workers' comp insurance. Asked in the frames of frames.yaml."
    )
    frames: tuple[Id, ...] | None = Field(
        None,
        description="Kinds of frames that fit its names; duty and topic for a row, term and topic for a concept.",
    )
    phrasings: Annotated[tuple[Phrasing, ...], Field(min_length=1)] = Field(
        description="Ways in which people ask for this entry: five or more, and various."
    )

    @property
    def label(self) -> str:
        """What a button to this entry says."""
        return self.short or self.title


class Row(_EntryBase):
    """An entry with two sides: what holds under an ASO and what holds under a PEO."""

    aso: Side
    peo: Side


class Concept(_EntryBase):
    """An entry with one text, such as what a PEO is."""

    text: Text


Entry: TypeAlias = Row | Concept

# The kinds of frames that the names of an entry are asked in where it does not say.
FRAMES_OF_ROW: tuple[str, ...] = ("duty", "topic")
FRAMES_OF_CONCEPT: tuple[str, ...] = ("term", "topic")


def frame_kinds(entry: Entry) -> tuple[str, ...]:
    """The kinds of frames that the names of an entry are asked in."""
    if entry.frames is not None:
        return entry.frames
    return FRAMES_OF_ROW if isinstance(entry, Row) else FRAMES_OF_CONCEPT


def _entry_kind(value: Any) -> str:
    """A text and no sides makes a concept; everything else is meant as a row."""
    if isinstance(value, Concept):
        return "concept"
    keys = value.keys() if isinstance(value, dict) else ()
    return "concept" if "text" in keys and not {"aso", "peo"} & set(keys) else "row"


AnyEntry: TypeAlias = Annotated[
    Annotated[Row, Tag("row")] | Annotated[Concept, Tag("concept")],
    Discriminator(_entry_kind),
]

# The tags above stand in pydantic's error locations, but not in the file.
UNION_TAGS = frozenset({"row", "concept", "provider", "source"})


class EntryFile(Strict):
    """A file of entries: ``comparison.yaml``, ``concepts.yaml`` or one of the themes beyond the table."""

    theme: Title
    entries: Annotated[tuple[AnyEntry, ...], Field(min_length=1)]


class PhrasingsFile(Strict):
    """``phrasings-THEME.yaml``: many more ways to ask for entries, by their ids, beside the few that those carry."""

    phrasings: dict[Id, Annotated[tuple[Phrasing, ...], Field(min_length=1)]]


class AskedFile(Strict):
    """``asked.yaml``: questions that people really asked. They count for more than phrasings, which are made up."""

    asked: dict[Id, Annotated[tuple[Phrasing, ...], Field(min_length=1)]] = Field(
        {}, description="Entry id: questions that it answers."
    )
    not_ours: tuple[Phrasing, ...] = Field((), description="Questions that no entry answers.")


def _holds_place(frame: str) -> str:
    if frame.count("{}") != 1:
        raise PydanticCustomError("frame_place", "no place for the name, or more than one")
    return frame


Frame: TypeAlias = Annotated[Line, AfterValidator(_holds_place)]


class FramesFile(Strict):
    """``frames.yaml``: the plain ways in which people ask about what they can name, by kind."""

    frames: dict[Id, tuple[Frame, ...]]


class OutsideFile(Strict):
    """``outside.yaml``: what is not ours to answer. Evidence for staying silent, as phrasings are for an entry."""

    questions: tuple[Phrasing, ...] = Field(description="Questions to the bot that no entry answers.")
    chatter: tuple[Phrasing, ...] = Field(description="What colleagues say to each other in a channel.")


class GoldenQuestion(Strict):
    """A question whose answer must not change unnoticed; the keys are those of ``peo-aso evaluate``."""

    question: Phrasing
    labels: tuple[Id, ...] = Field((), description="Entries that are a right answer, or 'none' where no answer is.")
    all: tuple[Id, ...] = Field((), description="Entries that must be answered together.")
    thread: tuple[Phrasing, ...] = ()
    state: tuple[Code, ...] | None = Field(None, description="The states whose lines are shown, and no others.")


class GoldenFile(RootModel[tuple[GoldenQuestion, ...]]):
    """``golden.yaml``: golden questions."""


class OffFile(Strict):
    """``off.yaml`` in the folder that lies over the knowledge: what is switched off."""

    themes: tuple[Id, ...] = Field((), description="File names of themes, without .yaml.")
    entries: tuple[Id, ...] = ()


class Term(Strict):
    """One acronym or word of the trade."""

    term: Word
    also: tuple[Word, ...] = ()
    stands_for: Line
    meaning: Annotated[str, StringConstraints(min_length=1, max_length=250)]
    see: Id = Field(description="The entry to read on.")


class GlossaryFile(Strict):
    """``glossary.yaml``: acronyms, one line each."""

    terms: tuple[Term, ...]


class Group(Strict):
    """Words of the trade that mean the same: declared once, used by every entry."""

    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    misspellings: tuple[Word, ...] = Field(
        (), description="Usual misspellings that lie too far from the word for the spelling stage to mend."
    )


class VocabularyFile(Strict):
    """``vocabulary.yaml``: the trade's synonyms and acronyms, and the words that say nothing."""

    groups: Annotated[dict[Id, Group], Field(min_length=1)]
    arrangements: tuple[Id, ...] = Field(
        (),
        description="Groups that name a way to outsource HR: a question that names one is likely ours.",
    )
    filler: tuple[Word, ...] = Field(
        (), description="Words that carry no meaning in a question: hey, quick question, pls."
    )
    greetings: tuple[Word, ...] = Field((), description="A message of nothing else is greeted back.")
    thanks: tuple[Word, ...] = Field((), description="A message of nothing else is a thank-you.")
    help: tuple[Word, ...] = Field((), description="A message of nothing else asks what the bot can do.")
    acknowledgments: tuple[Word, ...] = Field((), description="A message of nothing else takes note: ok, lol, brb.")
    goodbyes: tuple[Word, ...] = Field((), description="A message of nothing else says goodbye.")
    insults: tuple[Word, ...] = Field((), description="A message of nothing else insults the bot.")
    asks_for_a_person: tuple[Word, ...] = Field((), description="A message of nothing else asks for a person.")
    asks_about_the_bot: tuple[Word, ...] = Field((), description="A message of nothing else asks who the bot is.")


class ProviderFile(Strict):
    """``provider.yaml``: whose comparison this is, and what is true of that provider only."""

    name: Line
    title: Line = Field(description="The title of the provider's comparison page.")
    link: HttpUrl | None = None
    about: Line | None = Field(
        None, description="Who the provider is, after its name: a PEO that also offers ASO services."
    )
    contact: Line | None = Field(
        None, description="How people reach a person there: a web address, an email address or a phone number."
    )
    competitors: tuple[Word, ...] = Field(
        (), description="Names that readers never see: a source that has one in it is kept for the owners only."
    )
    remarks: dict[Id, Note] = Field(
        {}, description="Entry id: what is true of this provider only, shown under that entry with its name."
    )


@dataclass(frozen=True)
class Theme:
    """One file of entries: its title for people, and its entries in file order."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class KnowledgeBase:
    """A checked knowledge base. Ids are unique, every related id exists, themes are in listing order.

    ``frames`` are by kind. ``entries``, ``phrasings`` and ``states`` are by entry id; an entry's phrasings are its
    question, its own and those of ``phrasings-*.yaml`` and ``asked.yaml``. ``asked`` are those of the phrasings, and of
    the questions outside, that people really asked. ``digest`` changes whenever a file does.
    """

    themes: tuple[Theme, ...]
    vocabulary: VocabularyFile
    provider: ProviderFile
    glossary: tuple[Term, ...]
    outside: OutsideFile
    entries: Mapping[str, Entry]
    frames: Mapping[str, tuple[str, ...]]
    phrasings: Mapping[str, tuple[str, ...]]
    asked: frozenset[str]
    places: PlacesFile
    states: Mapping[str, StateFacts]
    digest: str

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the comparison table, in its order: the first theme's entries that have two sides."""
        return tuple(entry for entry in self.themes[0].entries if isinstance(entry, Row))
