"""Folders of YAML files -> a checked KnowledgeBase, or every fault with its file and line.

A second folder may lie over the first: the owner's own words in the place of the shipped ones, more entries, more
vocabulary, and a list of what is switched off. What is checked is the merged result.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.errors import Fault, KnowledgeError
from bot.knowledge.across import check_entries, check_frames, check_groups, check_references, entry_ids
from bot.knowledge.across_states import check_states
from bot.knowledge.advice import Link, links, warnings
from bot.knowledge.model import (
    AskedFile,
    Entry,
    EntryFile,
    FramesFile,
    GlossaryFile,
    GoldenFile,
    Group,
    KnowledgeBase,
    OffFile,
    OutsideFile,
    PhrasingsFile,
    ProviderFile,
    Term,
    Theme,
    VocabularyFile,
)
from bot.knowledge.places import PlacesFile
from bot.knowledge.shape import checked
from bot.knowledge.source import Document, read_bounded, read_document
from bot.knowledge.states import PREFIX, StatesFile, facts_of

Kind = TypeVar("Kind", bound=BaseModel)

COMPARISON = "comparison.yaml"
CONCEPTS = "concepts.yaml"
VOCABULARY = "vocabulary.yaml"
PROVIDER = "provider.yaml"
ASKED = "asked.yaml"
OUTSIDE = "outside.yaml"
FRAMES = "frames.yaml"
GLOSSARY = "glossary.yaml"
GOLDEN = "golden.yaml"
PLACES = "places.yaml"
OFF = "off.yaml"

# What tells one topic from another is that a state is named, not which one.
STATES_GROUP = "us-state"

# A folder without these is not a knowledge base; every other *.yaml file in it is a theme of entries, but for those
# that begin with `PREFIX`.
REQUIRED = (COMPARISON, CONCEPTS, VOCABULARY, PROVIDER, OUTSIDE, GLOSSARY)
_NOT_ENTRIES = frozenset({VOCABULARY, PROVIDER, ASKED, OUTSIDE, FRAMES, GLOSSARY, GOLDEN, PLACES, OFF})
# One file, or one for each theme: phrasings-comparison.yaml.
_PHRASINGS = re.compile(r"phrasings(-.+)?\.ya?ml$")


def load_knowledge(directory: Path, extra: Path | None = None, *, thorough: bool = False) -> KnowledgeBase:
    """Load and check a knowledge base.

    Args:
        directory: The folder with the YAML files.
        extra: A folder that lies over it. An entry there replaces the one of the same id; other entries are added;
            vocabulary, phrasings, glossary and what is outside are added to; ``provider.yaml`` replaces;
            ``off.yaml`` names the themes and entries that are switched off.
        thorough: Also compare every phrasing with all others. It takes longer than all the rest, and a phrasing
            that stands twice does no harm to a running bot, so that is left to ``peo-aso check``.

    Raises:
        KnowledgeError: With every fault found in one run, in the order of file and line.
    """
    return _merged(directory, extra, thorough=thorough).knowledge()


@dataclass(frozen=True)
class Checkup:
    """What ``peo-aso check`` says about a knowledge base without a fault."""

    knowledge: KnowledgeBase
    warnings: list[Fault]
    links: list[Link]


def check_knowledge(directory: Path, extra: Path | None = None) -> Checkup:
    """Check a knowledge base thoroughly, and collect what to mend beyond its faults.

    Raises:
        KnowledgeError: As `load_knowledge`.
    """
    merged = _merged(directory, extra, thorough=True)
    return Checkup(merged.knowledge(), merged.warnings(), merged.links())


def _merged(directory: Path, extra: Path | None, *, thorough: bool) -> _Merged:
    folders = [_Folder(_read_all(directory, REQUIRED))]
    if extra is not None:
        folders.append(_Folder(_read_all(extra, ())))
    merged = _Merged(folders)
    merged.check(thorough=thorough)
    faults = [fault for folder in folders for document in folder.documents.values() for fault in document.faults]
    if faults:
        raise KnowledgeError(faults)
    return merged


def digest_of_files(directory: Path, extra: Path | None = None) -> str | None:
    """What changes whenever a file of a knowledge base does, golden questions among them; None for what is not there.

    Takes a hundredth of the time and memory of `load_knowledge`.
    """
    digest = hashlib.sha256()
    try:
        for folder in (directory, extra) if extra else (directory,):
            for name in _file_names(folder):
                digest.update(f"{folder} {name} {_content(folder / name)}\n".encode())
    except OSError:
        return None
    return digest.hexdigest()


def _content(path: Path) -> str:
    """What changes with the part of a file that is read, or with the reason why nothing is."""
    try:
        return hashlib.sha256(read_bounded(path)).hexdigest()
    except FileNotFoundError:
        raise
    except OSError as error:
        return str(error.strerror)


@dataclass
class _Folder:
    """The documents of one folder, by file name."""

    documents: dict[str, Document]

    @property
    def entry_documents(self) -> dict[str, Document]:
        return {
            name: document
            for name, document in self.documents.items()
            if name not in _NOT_ENTRIES and not name.startswith(PREFIX) and not _PHRASINGS.match(name)
        }

    @property
    def phrasing_documents(self) -> list[Document]:
        return [document for name, document in self.documents.items() if _PHRASINGS.match(name)]

    @property
    def state_documents(self) -> list[Document]:
        return [document for name, document in self.documents.items() if name.startswith(PREFIX)]


class _Merged:
    """What one or two folders make together."""

    def __init__(self, folders: Sequence[_Folder]) -> None:
        self._folders = folders
        self._entry_files = [
            {name: checked(document, EntryFile) for name, document in folder.entry_documents.items()}
            for folder in folders
        ]
        self._vocabularies = self._all(VOCABULARY, VocabularyFile)
        self._providers = self._all(PROVIDER, ProviderFile)
        self._phrasings = _sound(self._phrasing_documents, PhrasingsFile)
        self._asked = self._all(ASKED, AskedFile)
        self._outside = self._all(OUTSIDE, OutsideFile)
        self._frames = self._all(FRAMES, FramesFile)
        self._glossaries = self._all(GLOSSARY, GlossaryFile)
        self._off = self._all(OFF, OffFile)
        self._all(GOLDEN, GoldenFile)
        # The last folder that has the names of places; without any, no place is known.
        self._places = [PlacesFile(), *self._all(PLACES, PlacesFile)][-1]
        self._states = _sound(self._state_documents, StatesFile)

    def _all(self, name: str, kind: type[Kind]) -> list[Kind]:
        """The file of that name in every folder that has it in good shape, the shipped one first."""
        return _sound(self._documents(name), kind)

    def check(self, *, thorough: bool) -> None:
        """Note the faults that lie across files."""
        overlaid = {
            entry_id
            for folder in self._folders[1:]
            for document in folder.entry_documents.values()
            for entry_id in entry_ids(document)
        }
        for document in self._folders[0].documents.values():
            document.replaced = frozenset(overlaid)
        entry_documents = self._entry_documents
        check_groups(self._documents(VOCABULARY))
        check_frames(entry_documents, self._documents(FRAMES))
        beside = [
            *((document, "phrasings") for document in self._phrasing_documents),
            *((document, "asked") for document in self._documents(ASKED)),
        ]
        check_entries(entry_documents, beside, thorough=thorough)
        themes = {Path(name).stem for folder in self._folders for name in folder.entry_documents}
        check_references(
            entry_documents,
            mappings=[
                *((document, "remarks") for document in self._documents(PROVIDER)),
                *beside,
            ],
            glossaries=self._documents(GLOSSARY),
            off=self._documents(OFF),
            golden=self._documents(GOLDEN),
            states=self._state_documents,
            themes=themes,
        )
        check_states([folder.state_documents for folder in self._folders], self._places)
        if any(theme.entries for _, theme in self._themes) and not self._kept:
            for document in self._documents(OFF):
                document.fault((), "everything is switched off", "Delete a line")

    @property
    def _entry_documents(self) -> list[Document]:
        return [document for folder in self._folders for document in folder.entry_documents.values()]

    @property
    def _phrasing_documents(self) -> list[Document]:
        return [document for folder in self._folders for document in folder.phrasing_documents]

    @property
    def _state_documents(self) -> list[Document]:
        return [document for folder in self._folders for document in folder.state_documents]

    def warnings(self) -> list[Fault]:
        """What to mend although it is no fault; only for folders without one."""
        return warnings(self._entry_documents, self._documents(PROVIDER), self._state_documents, self._places.states)

    def links(self) -> list[Link]:
        """Every address that readers may follow; only for folders without a fault."""
        return links(self._entry_documents, self._documents(PROVIDER), self._state_documents)

    @cached_property
    def _kept(self) -> set[str]:
        """The ids of the entries that are not switched off."""
        off = {entry_id for file in self._off for entry_id in file.entries}
        off_themes = {name for file in self._off for name in file.themes}
        off |= {entry.id for name, theme in self._themes if name in off_themes for entry in theme.entries}
        return {entry.id for _, theme in self._themes for entry in theme.entries} - off

    def _documents(self, name: str) -> list[Document]:
        return [folder.documents[name] for folder in self._folders if name in folder.documents]

    def knowledge(self) -> KnowledgeBase:
        """The knowledge base; only for folders without a fault."""
        kept = self._kept
        themes = tuple(
            Theme(theme.title, entries)
            for _, theme in self._themes
            if (entries := tuple(_related_within(entry, kept) for entry in theme.entries if entry.id in kept))
        )
        phrasings = self._phrasings_of(entry for _, theme in self._themes for entry in theme.entries)
        provider = self._providers[-1]
        return KnowledgeBase(
            themes=themes,
            vocabulary=self._vocabulary(),
            provider=provider,
            glossary=tuple(term for term in self._terms() if term.see in kept),
            outside=OutsideFile(
                # What is switched off is still asked for, and must not be answered by its neighbors.
                questions=(
                    *(text for file in self._outside for text in file.questions),
                    *(text for file in self._asked for text in file.not_ours),
                    *(text for entry_id in sorted(phrasings.keys() - kept) for text in phrasings[entry_id]),
                ),
                chatter=tuple(text for file in self._outside for text in file.chatter),
            ),
            entries={entry.id: entry for theme in themes for entry in theme.entries},
            frames={kind: texts for file in self._frames for kind, texts in file.frames.items()},
            phrasings={entry.id: phrasings[entry.id] for theme in themes for entry in theme.entries},
            asked=frozenset(
                text for file in self._asked for texts in (file.not_ours, *file.asked.values()) for text in texts
            ),
            places=self._places,
            states={subject: facts for subject, facts in facts_of(self._states).items() if subject in kept},
            digest=self._digest(),
        )

    @cached_property
    def _themes(self) -> list[tuple[str, Theme]]:
        """Every theme with its file's name without the ending; an entry of the upper folder stands in its old place."""
        lower, *upper = self._entry_files
        own = {entry.id: entry for files in upper for file in files.values() if file for entry in file.entries}
        placed = {entry.id for file in lower.values() if file for entry in file.entries}
        themes = [
            (Path(name).stem, Theme(file.theme, tuple(own.get(entry.id, entry) for entry in file.entries)))
            for name, file in lower.items()
            if file is not None
        ]
        for files in upper:
            for name, file in files.items():
                added = tuple(entry for entry in file.entries if entry.id not in placed) if file else ()
                if file is not None and added:
                    themes.append((Path(name).stem, Theme(file.theme, added)))
        return themes

    def _phrasings_of(self, entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
        beside = [*(file.phrasings for file in self._phrasings), *(file.asked for file in self._asked)]
        return {
            entry.id: tuple(
                dict.fromkeys(
                    (entry.question, *entry.phrasings, *(text for texts in beside for text in texts.get(entry.id, ())))
                )
            )
            for entry in entries
        }

    def _vocabulary(self) -> VocabularyFile:
        """The words of all folders, with the names of states as one more group."""
        vocabulary = self._vocabularies[0] if len(self._vocabularies) == 1 else self._merged_vocabulary()
        names = self._places.plain_names
        if not names:
            return vocabulary
        return vocabulary.model_copy(update={"groups": {**vocabulary.groups, STATES_GROUP: Group(words=names)}})

    def _merged_vocabulary(self) -> VocabularyFile:
        groups: dict[str, Group] = {}
        for file in self._vocabularies:
            for name, group in file.groups.items():
                known = groups.get(name, Group.model_construct(words=(), misspellings=()))
                groups[name] = Group(
                    words=(*known.words, *group.words), misspellings=(*known.misspellings, *group.misspellings)
                )
        lists = {
            key: tuple(dict.fromkeys(word for file in self._vocabularies for word in getattr(file, key)))
            for key in VocabularyFile.model_fields
            if key != "groups"
        }
        return VocabularyFile(groups=groups, **lists)

    def _digest(self) -> str:
        # Golden questions are asked of the knowledge and are no part of it.
        documents = (
            (name, document)
            for folder in self._folders
            for name, document in folder.documents.items()
            if name != GOLDEN
        )
        return hashlib.sha256(
            "".join(f"{name} {document.digest}\n" for name, document in documents).encode()
        ).hexdigest()

    def _terms(self) -> Iterable[Term]:
        return {term.term: term for file in self._glossaries for term in file.terms}.values()


def _sound(documents: Iterable[Document], kind: type[Kind]) -> list[Kind]:
    """The files in good shape; the faults of the others are noted."""
    files = (checked(document, kind) for document in documents)
    return [file for file in files if file is not None]


def _related_within(entry: Entry, kept: set[str]) -> Entry:
    if set(entry.related) <= kept:
        return entry
    return entry.model_copy(update={"related": tuple(other for other in entry.related if other in kept)})


def _read_all(directory: Path, required: Sequence[str]) -> dict[str, Document]:
    """Every YAML file by name: the table first wherever topics are listed, then concepts, then themes by name."""
    try:
        present = _file_names(directory)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        remedy = "Point KNOWLEDGE_DIR and KNOWLEDGE_EXTRA_DIR at knowledge folders"
        raise KnowledgeError([Fault(str(directory), 1, f"the folder cannot be read ({reason})", remedy)]) from None
    names = dict.fromkeys([*required, *present])
    return {name: read_document(directory / name, shown_path(directory / name)) for name in names}


def _file_names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))


def shown_path(path: Path) -> str:
    """A path as the owner would type it from where they stand."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
