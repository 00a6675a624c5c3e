"""How people name a place: states, regions, and what is not covered."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from bot.knowledge.parts import Strict, Word

# A postal code.
CODE = "^[A-Z]{2}$"
Code: TypeAlias = Annotated[str, StringConstraints(pattern=CODE)]


class State(Strict):
    """One state, or the District of Columbia."""

    name: Word
    label: Word | None = Field(None, description="The name as lists show it. Default: the name.")
    also: tuple[Word, ...] = Field((), description="Short forms. One that ends in a dot is something else without it.")
    people: tuple[Word, ...] = Field((), description="What people from there are called.")
    cities: tuple[Word, ...] = Field((), description="Places that stand for their state.")

    @property
    def shown(self) -> str:
        """The name that readers see."""
        return self.label or self.name


class Region(Strict):
    """A name of several states at once."""

    name: Word
    also: tuple[Word, ...] = ()
    states: Annotated[tuple[Code, ...], Field(min_length=2)]


class PlacesFile(Strict):
    """``places.yaml``: how people name a place, by postal code, and which words make a doubtful one a place."""

    states: dict[Code, State] = Field({}, description="By postal code.")
    regions: tuple[Region, ...] = ()
    word_codes: tuple[Code, ...] = Field((), description="Postal codes that are everyday words: IN, OR, ME.")
    doubtful_codes: tuple[Code, ...] = Field((), description="Postal codes that mean something else too: ID, CO.")
    capital_codes: tuple[Code, ...] = Field((), description="Of those, the ones that count only in capitals.")
    doubtful_names: tuple[Word, ...] = Field((), description="Names that are also those of people: Austin, Charlotte.")
    before: tuple[Word, ...] = Field((), description="Words before a place: in, from.")
    behind: tuple[Word, ...] = Field((), description="Words behind a place: suta, employees.")
    setting: tuple[Word, ...] = Field((), description="Words that only say that somebody is at a place: live, team.")
    elsewhere: dict[Word, tuple[Word, ...]] = Field(
        {}, description="What is not covered, such as other countries: the name that is shown, and its other names."
    )

    @property
    def plain_names(self) -> tuple[str, ...]:
        """The names of states that mean nothing else."""
        names = (name for state in self.states.values() for name in (state.name, *state.also))
        return tuple(name for name in names if not name.endswith(".") and name not in self.doubtful_names)
