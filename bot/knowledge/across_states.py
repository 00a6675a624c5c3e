"""Faults of lines of states that no single value shows, and what owners should mend in them.

Works on the raw values, so that one broken line does not hide the faults of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from bot.knowledge.places import CODE, PlacesFile
from bot.knowledge.raw import mapping_at, strings_in
from bot.knowledge.source import Document, KeyPath, closest
from bot.knowledge.states import LINE_WORDS, SECOND_HAND, SHOWN
from bot.knowledge.wording import first_named, word_count

# How a line that rests on others says so.
_SAYS_WHO = "list it as"
_WHAT_IS_SHOWN = ("value", "text", "sources", "reviewed")

# Where to warn, of what, and what to do; or where a link stands, of what it is, and its address.
Remark: TypeAlias = tuple[Document, KeyPath, str, str]


def named_entries(document: Document) -> Iterator[tuple[KeyPath, str]]:
    """The entries that a file of states names, and where."""
    for subject, ((_, states), *_) in _by_subject([document]).items():
        yield ("states", "subject"), subject
        for key, others in mapping_at(states, "instead_of").items():
            for index, other in strings_in(others):
                yield ("states", "instead_of", key, index), other


def check_states(folders: Sequence[Sequence[Document]], places: PlacesFile) -> None:
    """Note what is wrong with the lines of states.

    Args:
        folders: The files of states of each folder, the shipped folder first.
        places: Which states there are.
    """
    for documents in folders:
        _check_subjects(documents)
    for subject, found in _by_subject(document for documents in folders for document in documents).items():
        values = {value for _, states in found for value in mapping_at(states, "values")}
        for key in ("asks", "values"):
            if not any(states.get(key) for _, states in found):
                found[0][0].fault(("states",), f"the states of '{subject}' have no '{key}'", f"Add '{key}:'")
        for document, states in found:
            for code, line in mapping_at(states, "lines").items():
                # A key that is no postal code at all is a fault of the file's shape.
                if re.fullmatch(CODE, code) and code not in places.states:
                    path: KeyPath = ("states", "lines", code)
                    remedy = closest(document, code, places.states) or "Use a postal code of places.yaml"
                    document.fault(path, f"there is no state '{code}'", remedy)
                elif isinstance(line, dict):
                    _check_line(document, code, line, values)


def _check_subjects(documents: Iterable[Document]) -> None:
    for subject, ((first, _), *others) in _by_subject(documents).items():
        for document, _ in others:
            problem = f"the states of '{subject}' stand in {first.file} already"
            document.fault(("states", "subject"), problem, "Put all lines into one file")


def _check_line(document: Document, code: str, line: Mapping[str, Any], values: set[str]) -> None:
    def fault(key: str, problem: str, remedy: str) -> None:
        document.fault(("states", "lines", code, key), problem, remedy)

    confidence, value, text = line.get("confidence"), line.get("value"), line.get("text")
    if confidence not in SHOWN:
        for key in _WHAT_IS_SHOWN:
            if line.get(key):
                problem = f"the line of {code} has '{key}', but one that is '{confidence}' is never shown"
                fault(key, problem, "Delete it, or raise the confidence when there is a better source")
        return
    for key in _WHAT_IS_SHOWN:
        if not line.get(key):
            fault(key, f"the line of {code} has no '{key}'", f"Add it, or lower the confidence from '{confidence}'")
    if isinstance(value, str) and value and value not in values:
        remedy = closest(document, value, values) or "Use one of 'values'"
        fault("value", f"the value '{value}' of {code} is not in the set", remedy)
    if isinstance(text, str) and text:
        count = word_count(text)
        if count > LINE_WORDS:
            fault("text", f"the line of {code} has {count} words; {LINE_WORDS} are allowed", "Shorten it")
        if confidence == SECOND_HAND and _SAYS_WHO not in text:
            problem = f"the line of {code} rests on others but reads like the state's rule"
            fault("text", problem, f'Say who: "PEOs {_SAYS_WHO} ... Ask the state agency."')


def states_warnings(documents: Iterable[Document], codes: Iterable[str]) -> Iterator[Remark]:
    """Subjects for which a state has no line, over all folders."""
    every = list(codes)
    for subject, found in _by_subject(documents).items():
        has = {code for _, states in found for code in mapping_at(states, "lines")}
        missing = [code for code in every if code not in has]
        if missing:
            problem = f"the states of '{subject}' have no line for {', '.join(missing)}"
            yield found[0][0], ("states", "lines"), problem, "Add one each; 'confidence: not-found' will do"


def lines_naming(documents: Iterable[Document], names: Sequence[str]) -> Iterator[Remark]:
    """Lines that name one of these names in their text."""
    for document, code, line in _lines(documents):
        name = first_named(line.get("text") or "", names)
        if name is not None:
            problem = f"the line of {code} names '{name}', a competitor of the provider"
            yield document, ("states", "lines", code, "text"), problem, "Leave it out"


def state_links(documents: Iterable[Document]) -> Iterator[Remark]:
    """Every address that readers may follow."""
    for document, code, line in _lines(documents):
        path: KeyPath = ("states", "lines", code)
        for index, source in enumerate(line.get("sources") or ()):
            yield document, (*path, "sources", index, "link"), f"source {index + 1} of {code}", source["link"]
        agency = line.get("agency") or {}
        if agency.get("link"):
            yield document, (*path, "agency", "link"), f"the agency of {code}", agency["link"]


def _lines(documents: Iterable[Document]) -> Iterator[tuple[Document, str, Mapping[str, Any]]]:
    for found in _by_subject(documents).values():
        for document, states in found:
            for code, line in mapping_at(states, "lines").items():
                yield document, code, line


def _by_subject(documents: Iterable[Document]) -> dict[str, list[tuple[Document, Mapping[str, Any]]]]:
    """The files whose subject can be read, by it, each with what it says."""
    found: dict[str, list[tuple[Document, Mapping[str, Any]]]] = {}
    for document in documents:
        states = mapping_at(document.value, "states")
        subject = states.get("subject")
        if isinstance(subject, str) and subject:
            found.setdefault(subject, []).append((document, states))
    return found
