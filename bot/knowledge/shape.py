"""Does a document have the shape of its type? If not: what is wrong, at which line, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.knowledge.model import UNION_TAGS, Concept, Group, Row, Source, Term
from bot.knowledge.places import CODE, Region, State
from bot.knowledge.source import Document, KeyPath, closest
from bot.knowledge.states import Agency, StateLine, StateSource, StateSubject

Checked = TypeVar("Checked", bound=BaseModel)

# What stands below the first level of a file.
_PARTS: tuple[type[BaseModel], ...] = (
    Row,
    Concept,
    Source,
    Group,
    Term,
    StateSubject,
    StateLine,
    StateSource,
    Agency,
    State,
    Region,
)

# Pydantic's last step where the key of a mapping is wrong and not its value.
_THE_KEY_ITSELF = "[key]"

# Characters of an owner's text that a fault quotes.
_MOST_QUOTED = 60


def checked(document: Document, kind: type[Checked]) -> Checked | None:
    """The document as ``kind``; None where it has faults, which are then noted on the document."""
    if document.faults:
        return None
    try:
        return kind.model_validate(document.value)
    except ValidationError as error:
        for details in error.errors():
            if not _repeats_another(details):
                path = _path_in_file(details["loc"])
                document.fault(path, *_in_words(document, path, details, kind))
        return None


def _repeats_another(details: ErrorDetails) -> bool:
    """Whether the fault only follows from one that is reported too."""
    given = details["input"]
    if details["type"] == "missing":
        # A text beside one side is reported as such; which of the two has to go, the owner decides.
        return details["loc"][-1] in ("aso", "peo") and "text" in given
    # Pydantic leaves the faulty items out and then finds the list too short.
    return details["type"] == "too_short" and len(given) > 0


def _path_in_file(loc: tuple[str | int, ...]) -> KeyPath:
    """Pydantic's location without the union tags, which stand for no key of the file."""
    path: KeyPath = ()
    was_tag = False
    for step in loc:
        in_union = path[-2:-1] in (("entries",), ("sources",)) and isinstance(path[-1], int)
        was_tag = in_union and not was_tag and step in UNION_TAGS
        path = path if was_tag else (*path, step)
    return path


def _in_words(document: Document, path: KeyPath, details: ErrorDetails, file: type[BaseModel]) -> tuple[str, str]:
    """The problem and the remedy, in words an owner uses."""
    context: Mapping[str, Any] = details.get("ctx", {})
    kind, given = details["type"], details["input"]
    if kind in ("missing", "extra_forbidden"):
        return _wrong_key(document, path, file, is_missing=kind == "missing")
    name = f"a key of '{path[0]}'" if path[-1:] == (_THE_KEY_ITSELF,) else _name(document, path)
    if given in (None, "") or kind in ("string_too_short", "too_short"):
        return f"{name} is empty", "Write it, or delete the line"
    if kind == "string_too_long":
        return f"{name} has {len(given):,} characters; {context['max_length']:,} fit into Slack", "Shorten it"
    if kind.startswith("date"):
        return f"{name} is not a date: '{_short(given)}'", "Write it as year-month-day, like 2026-11-23"
    if kind.startswith("url"):
        return f"{name} is not a web address: '{_short(given)}'", "Start it with https://"
    if kind == "string_pattern_mismatch" and context["pattern"] == CODE:
        return f"{name} is not a postal code: '{_short(given)}'", "Write it as two capitals, like TX"
    if kind == "string_pattern_mismatch":
        return f"{name} is not a valid id: '{_short(given)}'", "Use a-z, 0-9 and single hyphens"
    if kind == "literal_error":
        others = "" if path[-1] == "confidence" else ", or title and publisher"
        return f"{name} is '{_short(given)}'", f"Write {context['expected']}{others}"
    expected = {"tuple_type": "a list", "dict_type": "a mapping", "model_type": "a mapping"}.get(kind, "text")
    return f"{name} is not {expected}", f"Write it as {expected}"


def _wrong_key(document: Document, path: KeyPath, file: type[BaseModel], *, is_missing: bool) -> tuple[str, str]:
    """A key that is missing, or one that should not be there."""
    owner, key = _name(document, path[:-1]), str(path[-1])
    if is_missing:
        article = "an" if key[0] in "aeiou" else "a"
        hint = "; an entry needs an 'aso' and a 'peo' side, or a 'text'" if key in ("aso", "peo") else ""
        return f"{owner} has no '{key}'", f"Add {article} '{key}:' line{hint}"
    if key == "text" and path[0] == "entries" and len(path) == 3:
        return f"{owner} has a 'text' beside a side", "Keep the 'text', or an 'aso' and a 'peo' side"
    return f"unknown key '{_short(key)}' in {owner}", _did_you_mean(key, document, path, file)


def _name(document: Document, path: KeyPath) -> str:
    """What an owner would call the thing at a path: ``'aso' of entry 'suta-rate'``, ``source 2 of entry 'aca'``."""
    match path:
        case ():
            return "this file"
        case ("entries", int(index)):
            return _item(document.value["entries"][index], "entry", index, "id")
        case ("terms", int(index)):
            return _item(document.value["terms"][index], "term", index, "term")
        case ("groups", str(group)):
            return f"group '{_short(group)}'"
        case ("states", "lines", str(code)):
            return f"the line of {_short(code)}"
        case (*entry, "sources", int(index)):
            return f"source {index + 1} of {_name(document, tuple(entry))}"
        case (*whole, int(index)):
            return f"item {index + 1} of {_name(document, tuple(whole))}"
        case (*whole, key):
            owner = _name(document, tuple(whole)).removesuffix(" of this file")
            return f"'{_short(key)}' of {owner}"
    raise AssertionError(path)


def _item(value: Any, noun: str, index: int, key: str) -> str:
    """An item of a list by its own name where it has one, else by its number."""
    name = value.get(key) if isinstance(value, dict) else None
    return f"{noun} '{_short(name)}'" if name and isinstance(name, str) else f"{noun} {index + 1}"


def _did_you_mean(key: str, document: Document, path: KeyPath, file: type[BaseModel]) -> str:
    siblings = document.value
    for step in path[:-1]:
        siblings = siblings[step]
    kinds = [file] if len(path) == 1 else (kind for kind in _PARTS if _could_be(kind, siblings))
    known = (name for kind in kinds for name in kind.model_fields if name not in siblings)
    return closest(document, key, known) or "Delete it, or see the schema for the keys there are"


def _could_be(kind: type[BaseModel], siblings: dict[str, Any]) -> bool:
    """A type whose required keys are mostly there is the one that was meant."""
    required = [name for name, info in kind.model_fields.items() if info.is_required()]
    return sum(name in siblings for name in required) * 2 >= len(required)


def _short(text: Any) -> str:
    quoted = str(text)
    return quoted if len(quoted) <= _MOST_QUOTED else f"{quoted[: _MOST_QUOTED - 3]}..."
