"""Faults that no single value shows: ids, phrasings and words of the trade that clash with others.

Works on the raw values, so that one broken entry does not hide the faults of the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from bot.knowledge.across_states import named_entries
from bot.knowledge.near import near_pairs
from bot.knowledge.raw import list_at, mapping_at, strings_in
from bot.knowledge.source import Document, KeyPath, closest
from bot.text import stems

# rapidfuzz `ratio`, 0 to 100, between the sorted stems of two phrasings. Above it, the two differ by an
# ending or a letter, and which entry answers would hang on that.
COLLISION_SCORE = 94


@dataclass(frozen=True)
class _Phrasing:
    document: Document
    path: KeyPath
    entry_id: str
    text: str
    key: str

    @property
    def place(self) -> str:
        return f"{self.document.file}:{self.document.line_of(self.path)}"

    def fault(self, problem: str, remedy: str) -> None:
        self.document.fault(self.path, problem, remedy)


def entry_ids(document: Document) -> set[str]:
    """The ids that can be read in a file of entries."""
    return {entry["id"] for _, _, entry in raw_entries(document)}


def check_entries(documents: Iterable[Document], beside: Iterable[tuple[Document, str]], *, thorough: bool) -> None:
    """Note duplicate ids and, if ``thorough``, phrasings that are alike or nearly alike.

    Args:
        documents: The files of entries.
        beside: Files with more phrasings, each with the key of a mapping from entry id to texts.
        thorough: Whether to compare the phrasings, where no file of entries is so broken that their ids are unknown.
    """
    documents = list(documents)
    entries = [found for document in documents for found in raw_entries(document)]
    _check_ids(entries)
    if thorough and all(_shows_all_ids(document) for document in documents):
        more = (phrasing for document, key in beside for phrasing in _phrasings_beside(document, key))
        all_phrasings = [*_phrasings_of_entries(entries), *more]
        _check_duplicates(all_phrasings)
        _check_collisions(all_phrasings)


def check_references(
    documents: Sequence[Document],
    *,
    mappings: Iterable[tuple[Document, str]],
    glossaries: Iterable[Document],
    off: Iterable[Document],
    golden: Iterable[Document],
    states: Iterable[Document],
    themes: Iterable[str],
) -> None:
    """Note references to what does not exist.

    Args:
        documents: The files of entries, whose related ids are checked too.
        mappings: Files beside them, each with the key of a mapping whose keys are entry ids.
        glossaries: Files whose terms name an entry to see.
        off: Files that name entries and themes.
        golden: Files of questions, whose labels name entries.
        states: Files of states, whose subject is an entry.
        themes: The names of all themes.
    """
    if not all(_shows_all_ids(document) for document in documents):
        # An id that cannot be read would make every reference to it look wrong; first things first.
        return
    entries = [found for document in documents for found in raw_entries(document)]
    known = {entry["id"] for _, _, entry in entries}
    for document, path, entry in entries:
        for index, related in strings_in(entry.get("related")):
            if related == entry["id"]:
                document.fault((*path, "related", index), f"entry '{related}' is related to itself", "Delete the line")
            elif related not in known:
                remedy = _closest(document, related, known)
                document.fault((*path, "related", index), f"related entry '{related}' does not exist", remedy)
    references: list[tuple[Document, KeyPath, str]] = [
        (document, (key, entry_id), entry_id)
        for document, key in mappings
        for entry_id in mapping_at(document.value, key)
    ]
    for document in glossaries:
        for index, term in enumerate(list_at(document.value, "terms")):
            if isinstance(term, dict) and isinstance(term.get("see"), str):
                references.append((document, ("terms", index, "see"), term["see"]))
    for document in off:
        references += [
            (document, ("entries", index), name) for index, name in strings_in(list_at(document.value, "entries"))
        ]
        for index, name in strings_in(list_at(document.value, "themes")):
            if name not in themes:
                document.fault(("themes", index), f"there is no theme '{name}'", _closest(document, name, themes))
    for document in states:
        references += ((document, path, entry_id) for path, entry_id in named_entries(document))
    for document in golden:
        references += [found for found in _labels(document) if found[2] != "none"]
    for document, path, entry_id in references:
        if entry_id not in known:
            document.fault(path, f"there is no entry '{entry_id}'", _closest(document, entry_id, known))


def _labels(document: Document) -> Iterator[tuple[Document, KeyPath, str]]:
    for index, question in enumerate(document.value if isinstance(document.value, list) else ()):
        for key in ("labels", "all"):
            for place, name in strings_in(list_at(question, key)):
                yield document, (index, key, place), name


def check_groups(documents: Iterable[Document]) -> None:
    """Note words of the vocabulary that stand in two groups: they would mean both."""
    first: dict[tuple[str, ...], tuple[str, str]] = {}
    for document in documents:
        for path, name, word in _vocabulary_words(document):
            place = f"{document.file}:{document.line_of(path)}"
            seen_name, seen_place = first.setdefault(stems(word), (name, place))
            # Inside one group a word may stand twice, as its own inflection or in both folders; it means the same.
            if seen_name != name:
                document.fault(
                    path,
                    f"'{word}' belongs to group '{name}' and, in {seen_place}, to group '{seen_name}'",
                    "Keep it where it means one thing",
                )


def check_frames(entries: Iterable[Document], frames: Sequence[Document]) -> None:
    """Note kinds of frames that an entry names and that are not declared."""
    known = {kind for document in frames for kind in mapping_at(document.value, "frames")}
    for document, path, entry in (one for file in entries for one in raw_entries(file)):
        for index, kind in strings_in(entry.get("frames")):
            if kind not in known:
                remedy = _closest(document, kind, known)
                document.fault((*path, "frames", index), f"there is no kind of frames '{kind}'", remedy)


def _vocabulary_words(document: Document) -> Iterator[tuple[KeyPath, str, str]]:
    for name, group in mapping_at(document.value, "groups").items():
        for key in ("words", "misspellings"):
            for index, word in strings_in(list_at(group, key)):
                yield ("groups", name, key, index), name, word


def raw_entries(document: Document) -> Iterator[tuple[Document, KeyPath, dict[str, Any]]]:
    """The entries of a file that another folder does not replace, each with its path."""
    for index, entry in enumerate(list_at(document.value, "entries")):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"] not in document.replaced:
            yield document, ("entries", index), entry


def _shows_all_ids(document: Document) -> bool:
    entries = document.value.get("entries") if isinstance(document.value, dict) else None
    return isinstance(entries, list) and all(
        isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in entries
    )


def _check_ids(entries: Iterable[tuple[Document, KeyPath, Mapping[str, Any]]]) -> None:
    first: dict[str, str] = {}
    for document, path, entry in entries:
        if entry["id"] in first:
            problem = f"the id '{entry['id']}' is taken by {first[entry['id']]}"
            document.fault((*path, "id"), problem, "Give this entry another id")
        else:
            first[entry["id"]] = f"{document.file}:{document.line_of((*path, 'id'))}"


def _phrasings_of_entries(entries: Iterable[tuple[Document, KeyPath, Mapping[str, Any]]]) -> Iterator[_Phrasing]:
    for document, path, entry in entries:
        texts: list[tuple[KeyPath, Any]] = [(("question",), entry.get("question"))]
        texts += [(("phrasings", index), text) for index, text in strings_in(entry.get("phrasings"))]
        for rest, text in texts:
            if isinstance(text, str) and text:
                yield _Phrasing(document, (*path, *rest), entry["id"], text, " ".join(sorted(stems(text))))


def _phrasings_beside(document: Document, key: str) -> Iterator[_Phrasing]:
    for entry_id, texts in mapping_at(document.value, key).items():
        for index, text in strings_in(texts):
            path: KeyPath = (key, entry_id, index)
            yield _Phrasing(document, path, entry_id, text, " ".join(sorted(stems(text))))


def _check_duplicates(phrasings: Iterable[_Phrasing]) -> None:
    first: dict[str, _Phrasing] = {}
    for phrasing in phrasings:
        seen = first.setdefault(phrasing.key, phrasing)
        # An entry may repeat its own question among its phrasings; it costs nothing.
        if seen is not phrasing and not (seen.entry_id == phrasing.entry_id and seen.path[-1] == "question"):
            phrasing.fault(
                f"the phrasing '{_short(phrasing.text)}' of '{phrasing.entry_id}' stands in {seen.place} already, "
                f"under '{seen.entry_id}'",
                "Delete one of the two",
            )


def _check_collisions(phrasings: list[_Phrasing]) -> None:
    of_key: defaultdict[str, list[_Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        of_key[phrasing.key].append(phrasing)
    order = {id(phrasing): number for number, phrasing in enumerate(phrasings)}
    keys = list(of_key)
    told: set[int] = set()
    for one, other in near_pairs(keys, COLLISION_SCORE):
        for pair in product(of_key[keys[one]], of_key[keys[other]]):
            first, second = sorted(pair, key=lambda phrasing: order[id(phrasing)])
            # Once for each: of a thousand that are all alike, every pair would be half a million lines.
            if first.entry_id != second.entry_id and id(second) not in told:
                told.add(id(second))
                second.fault(
                    f"the phrasing '{_short(second.text)}' of '{second.entry_id}' nearly collides with "
                    f"'{_short(first.text)}' of '{first.entry_id}' in {first.place}",
                    "Make clear in both what only one of them asks, or delete one",
                )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _closest(document: Document, wanted: str, known: Iterable[str]) -> str:
    return closest(document, wanted, known) or "Delete it, or add the entry"
