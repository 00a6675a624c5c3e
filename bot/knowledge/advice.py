"""What an owner should mend although the bot can work with it: long texts, and sources that readers cannot follow.

Works on the raw values of a folder without a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Fault
from bot.knowledge.across import raw_entries
from bot.knowledge.across_states import lines_naming, state_links, states_warnings
from bot.knowledge.model import LABEL_CHARACTERS
from bot.knowledge.source import Document, KeyPath
from bot.knowledge.wording import BODY_WORDS, NOTE_WORDS, SIDE_WORDS, TEXT_WORDS, first_named, shown_of_note, word_count
from bot.text import words

# With fewer ways to ask for it, and without a name, an entry is hardly found.
FEWEST_PHRASINGS = 5
_BUDGETS = {"aso": SIDE_WORDS, "peo": SIDE_WORDS, "text": TEXT_WORDS, "note": NOTE_WORDS}


@dataclass(frozen=True)
class Link:
    """An address that readers may follow, and where an owner finds it."""

    document: Document
    path: KeyPath
    name: str
    url: str

    def warning(self, problem: str, remedy: str) -> Fault:
        """What is wrong with it."""
        return _warning(self.document, self.path, f"the link of {self.name} {problem}", remedy)


def warnings(
    entry_documents: Iterable[Document],
    providers: Iterable[Document],
    state_documents: Sequence[Document],
    codes: Iterable[str],
) -> list[Fault]:
    """Everything to mend in files of entries, of states and of the provider, in the order of file and line.

    Args:
        entry_documents: The files of entries.
        providers: That of the provider, in each folder.
        state_documents: The files of states.
        codes: Every state.
    """
    # The last folder's provider is the one that counts.
    provider = list(providers)[-1]
    entries = [found for document in entry_documents for found in raw_entries(document)]
    competitors = provider.value.get("competitors") or ()
    found = [warning for one in entries for warning in _of_entry(*one)]
    found += [warning for one in entries for warning in _naming(competitors, *one)]
    found += _spelled_differently(entries)
    found += [_warning(*one) for one in states_warnings(state_documents, codes)]
    found += [_warning(*one) for one in lines_naming(state_documents, competitors)]
    if not provider.value.get("link"):
        found.append(_warning(provider, (), "the provider has no link, so no reply shows its page", "Add 'link:'"))
    return sorted(found)


def links(
    entry_documents: Iterable[Document], providers: Iterable[Document], state_documents: Iterable[Document]
) -> list[Link]:
    """Every address of a source, of a state's agency and of the provider."""
    found = [
        Link(document, (*path, "link"), name, source["link"])
        for entry_document in entry_documents
        for entry in raw_entries(entry_document)
        for document, path, name, source in _sources(*entry)
        if source.get("link")
    ]
    for document in providers:
        if document.value.get("link"):
            found.append(Link(document, ("link",), "the provider", document.value["link"]))
    return found + [Link(*one) for one in state_links(state_documents)]


def _of_entry(document: Document, path: KeyPath, entry: Mapping[str, Any]) -> Iterator[Fault]:
    name = f"entry '{entry['id']}'"
    for key, most in _BUDGETS.items():
        count = word_count(entry.get(key) or "")
        if count > most:
            problem = f"'{key}' of {name} has {count} words, and a reply has room for {most}"
            yield _warning(document, (*path, key), problem, "Shorten it, or move the details to 'more'")
    body = [entry["title"], *(entry.get(key) or "" for key in ("aso", "peo", "text"))]
    count = sum(map(word_count, body)) + word_count(shown_of_note(entry.get("note") or ""))
    if count > BODY_WORDS:
        problem = f"{name} has {count} words with its note, and a reply has room for {BODY_WORDS}"
        yield _warning(document, (*path, "id"), problem, "Shorten a side, or move the details to 'more'")
    length = len(entry["title"])
    if length > LABEL_CHARACTERS and not entry.get("short"):
        problem = f"the title of {name} has {length} characters, and a button shows {LABEL_CHARACTERS}"
        yield _warning(document, (*path, "title"), problem, "Add a shorter title as 'short:'")
    count = len(entry["phrasings"])
    if count < FEWEST_PHRASINGS and not entry.get("names"):
        problem = f"{name} has no names and fewer phrasings than {FEWEST_PHRASINGS}, so few questions will find it"
        yield _warning(document, (*path, "phrasings"), problem, "Add 'names:', or more phrasings")
    for _, where, source_name, source in _sources(document, path, entry):
        missing = [key for key in ("title", "link") if not source.get(key)]
        if missing:
            problem = f"{source_name} has no {' and no '.join(missing)}, so readers do not see it"
            yield _warning(document, where, problem, f"Add {' and '.join(missing)}")


def _naming(names: Iterable[str], document: Document, path: KeyPath, entry: Mapping[str, Any]) -> Iterator[Fault]:
    for key in ("title", "short", *_BUDGETS, "more"):
        name = first_named(entry.get(key) or "", names)
        if name is not None:
            problem = f"'{key}' of entry '{entry['id']}' names '{name}', a competitor of the provider"
            yield _warning(document, (*path, key), problem, "Leave it out, or take it off the list in provider.yaml")


def _spelled_differently(entries: Iterable[tuple[Document, KeyPath, dict[str, Any]]]) -> Iterator[Fault]:
    """The same address with another name, or the same name with another address, in a later place."""
    first: dict[str, tuple[Mapping[str, Any], str]] = {}
    for entry in entries:
        for document, path, name, source in _sources(*entry):
            for key in _identities(source):
                seen, place = first.setdefault(key, (source, f"{document.file}:{document.line_of(path)}"))
                if seen != source:
                    problem = f"{name} is spelled differently in {place}"
                    yield _warning(document, path, problem, "Write title, publisher, date and link the same in both")
                    break


def _identities(source: Mapping[str, Any]) -> Iterator[str]:
    if source.get("link"):
        yield _address(source["link"])
    if source.get("title"):
        # Publishers are spelled in many ways, and different ones give a page the same title: "PEO FAQ".
        yield " ".join([*words(source["title"]), *words(source["publisher"])[:1]])


def _address(link: str) -> str:
    """An address without what does not change where it leads."""
    return link.partition("://")[2].removeprefix("www.").rstrip("/")


def _sources(
    document: Document, path: KeyPath, entry: Mapping[str, Any]
) -> Iterator[tuple[Document, KeyPath, str, Mapping[str, Any]]]:
    """The described sources of an entry, each with its place and its name in a warning."""
    for index, source in enumerate(entry["sources"]):
        if isinstance(source, dict):
            yield document, (*path, "sources", index), f"source {index + 1} of entry '{entry['id']}'", source


def _warning(document: Document, path: KeyPath, problem: str, remedy: str) -> Fault:
    return Fault(document.file, document.line_of(path), f"warning: {problem}", remedy)
