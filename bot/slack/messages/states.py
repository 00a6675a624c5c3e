"""What holds in a state, laid out: lines under a row, lists by value, a table, a card of one state. Pure.

Each text is made twice: as mrkdwn, and as the plain text that says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.conversation.buttons import SHOW_STATES
from bot.knowledge import Agency, Entry, KnowledgeBase, Model, ShownLine, StateFacts
from bot.knowledge.states import SECOND_HAND, Confidence, StateSource
from bot.knowledge.wording import first_named
from bot.slack.messages.layout import (
    LINK_LIMIT,
    SECTION_LIMIT,
    TABLE_LIMIT,
    TABLE_ROWS,
    Block,
    button,
    escape,
    section,
    shortened,
    split,
    table,
)
from bot.understanding import EVERY_STATE

OPEN_STATE = "open_state"
_NUMBERS = {1: "one PEO", 2: "two PEOs", 3: "three PEOs"}
# What is said before the states of a list whose lines rest on less than a rule in full.
_GROUNDS: tuple[tuple[str, frozenset[Confidence]], ...] = (
    ("", frozenset(("official", "official-copy"))),
    ("Read only in part: ", frozenset(("official-part",))),
    ("Listed by PEOs or advisers, not read in a rule: ", frozenset((SECOND_HAND,))),
)
_TABLE_HEAD = ("State", "Under a PEO", "Source")


class Said(NamedTuple):
    """One text as mrkdwn and as plain text."""

    marked: str
    told: str


def lines_at(entry: Entry, places: Sequence[str], knowledge: KnowledgeBase, focus: Model | None) -> list[Said]:
    """A line for each place that a question names, and what holds everywhere under an ASO.

    Empty for an entry without lines for states, and for a question without a place.
    """
    facts = knowledge.states.get(entry.id)
    named = [place for place in places if place != EVERY_STATE]
    if facts is None or not named:
        return []
    lines = [_line_at(place, facts, knowledge) for place in named]
    is_state_named = not knowledge.places.states.keys().isdisjoint(named)
    everywhere = [_plain(facts.everywhere)] if facts.everywhere and is_state_named else []
    return [*everywhere, *lines] if focus == "aso" else [*lines, *everywhere]


def lines_block(lines: Sequence[Said]) -> list[Block]:
    """Lines as one block, or as several where they are too long for one; none where there are no lines."""
    return [section(part) for part in split("\n".join(line.marked for line in lines), SECTION_LIMIT)] if lines else []


def asks_for_list(entry: Entry, places: Sequence[str], knowledge: KnowledgeBase) -> bool:
    """Whether all states are asked for, and something is known of them."""
    return EVERY_STATE in places and entry.id in knowledge.states


def listed_by_value(facts: StateFacts, knowledge: KnowledgeBase) -> list[Said]:
    """What holds under an ASO, then the states grouped by what holds under a PEO, in the order of the values."""
    found = [_plain(facts.everywhere)] if facts.everywhere else []
    for value, heading in facts.headings.items():
        of_value = {code: line for code, line in facts.shown.items() if line.value == value}
        if of_value:
            found.append(_labelled(f"{heading} ({len(of_value)})", _by_ground(of_value, knowledge)))
    return found


def _by_ground(lines: Mapping[str, ShownLine], knowledge: KnowledgeBase) -> str:
    """States grouped by the ground of their lines: the rule, a part of it, or lists of others."""
    said = []
    for before, confidences in _GROUNDS:
        codes = [code for code, line in lines.items() if line.confidence in confidences]
        if codes:
            said.append(f"{before}{_names(codes, knowledge)}.")
    return " ".join(said)


def count_text(facts: StateFacts, knowledge: KnowledgeBase) -> str:
    """How many states are sourced; a list never claims to be complete."""
    every = len(knowledge.places.states)
    return f"{len(facts.shown)} of {every} are sourced; for the rest ask the state agency."


def states_button(entry: Entry) -> Block:
    """Shows all states of an entry."""
    return button(SHOW_STATES, "All states", entry.id, spoken=f"All states: {entry.title}")


def table_of(facts: StateFacts, knowledge: KnowledgeBase) -> Block:
    """Every state in a Slack table, which holds 100 rows and 10,000 characters; the longest texts are cut to fit."""
    rows = [_TABLE_HEAD, *_rows(facts, knowledge)][:TABLE_ROWS]
    most = max(len(cell) for row in rows for cell in row)
    while sum(min(len(cell), most) for row in rows for cell in row) > TABLE_LIMIT:
        most -= 1
    return table([[shortened(cell, most) for cell in row] for row in rows])


def sections_of(facts: StateFacts, knowledge: KnowledgeBase) -> list[Block]:
    """Every state as paragraphs, where no table is allowed."""
    lines = [_line_at(code, facts, knowledge).marked for code in _by_name(knowledge)]
    return [section(part) for part in split("\n".join(lines), SECTION_LIMIT)]


def card_lines(code: str, entries: Sequence[Entry], knowledge: KnowledgeBase) -> list[tuple[Entry, Said]]:
    """What is known of one state, entry by entry."""
    return [(entry, _line_of(code, knowledge.states[entry.id], knowledge)) for entry in entries]


def name_of(place: str, knowledge: KnowledgeBase) -> str:
    """The name of a place as readers see it."""
    state = knowledge.places.states.get(place)
    return state.shown if state else place


def picker(knowledge: KnowledgeBase) -> Block:
    """Chooses a state."""
    options = [
        {"text": {"type": "plain_text", "text": name_of(code, knowledge)}, "value": code}
        for code in _by_name(knowledge)
    ]
    return {
        "type": "static_select",
        "action_id": OPEN_STATE,
        "placeholder": {"type": "plain_text", "text": "Choose a state"},
        "options": options,
    }


def _line_at(place: str, facts: StateFacts, knowledge: KnowledgeBase) -> Said:
    name = name_of(place, knowledge)
    if place in knowledge.places.states:
        line = _line_of(place, facts, knowledge)
        return Said(f"*{escape(name)}:* {line.marked}", f"{escape(name)}: {line.told}")
    return _labelled(name, "not covered. I know only US states and D.C.")


def _line_of(code: str, facts: StateFacts, knowledge: KnowledgeBase) -> Said:
    """The line of one state, without its name."""
    line = facts.shown.get(code)
    if line is not None:
        source = _source_of(line, knowledge)
        return Said(f"{escape(line.text)} {source.marked}", f"{escape(line.text)} {source.told}")
    nothing = escape(f"I have nothing sourced on {facts.asks} in {name_of(code, knowledge)}.")
    agency = _agency(facts.agencies.get(code))
    return Said(f"{nothing} Ask {agency.marked}.", f"{nothing} Ask {agency.told}.")


def _agency(agency: Agency | None) -> Said:
    if agency is None:
        return _plain("the state agency")
    link = str(agency.link) if agency.link else None
    return Said(f"the {_linked(agency.name, link)}", f"the {escape(agency.name)}")


def _source_of(line: ShownLine, knowledge: KnowledgeBase) -> Said:
    """The first source that readers may see, with its date; or how many there are."""
    source = _shown_source(line, knowledge)
    if source is None:
        return _plain(f"Source: pages of {_NUMBERS.get(len(line.sources), 'several PEOs')}.")
    link = str(source.link)
    marked = f"Source: {_linked(source.title, link)}, {escape(source.date)}."
    return Said(marked, f"Source: {escape(source.title)}, {escape(source.date)} ({escape(link)}).")


def _shown_source(line: ShownLine, knowledge: KnowledgeBase) -> StateSource | None:
    """The first source that readers may see: one that names no competitor."""
    competitors = knowledge.provider.competitors
    return next((one for one in line.sources if first_named(f"{one.title} {one.link}", competitors) is None), None)


def _linked(title: str, link: str | None) -> str:
    # Inside a link's label a pipe would end the address early.
    marked = f"<{link}|{escape(title).replace('|', '/')}>"
    return marked if link and len(marked) <= LINK_LIMIT else escape(title)


def _rows(facts: StateFacts, knowledge: KnowledgeBase) -> Iterator[tuple[str, str, str]]:
    for code in _by_name(knowledge):
        line = facts.shown.get(code)
        if line is None:
            agency = facts.agencies.get(code)
            who = f"the {agency.name}" if agency else "the state agency"
            yield name_of(code, knowledge), f"Nothing sourced. Ask {who}.", "none"
        else:
            source = _shown_source(line, knowledge)
            told = f"{source.title}, {source.date}" if source else f"pages of {_NUMBERS.get(len(line.sources), 'PEOs')}"
            yield name_of(code, knowledge), line.text, told


def _by_name(knowledge: KnowledgeBase) -> list[str]:
    return sorted(knowledge.places.states, key=lambda code: name_of(code, knowledge))


def _names(codes: Sequence[str], knowledge: KnowledgeBase) -> str:
    asked = set(codes)
    return ", ".join(name_of(code, knowledge) for code in _by_name(knowledge) if code in asked)


def _labelled(label: str, text: str) -> Said:
    return Said(f"*{escape(label)}:* {escape(text)}", f"{escape(label)}: {escape(text)}")


def _plain(text: str) -> Said:
    return Said(escape(text), escape(text))
