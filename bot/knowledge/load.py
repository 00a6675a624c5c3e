"""A folder of YAML files -> a checked KnowledgeBase, or every fault with its file and line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bot.errors import Fault, KnowledgeError
from bot.knowledge.across import check_entries, check_groups, check_references
from bot.knowledge.model import (
    EntryFile,
    GlossaryFile,
    KnowledgeBase,
    OutsideFile,
    PhrasingsFile,
    ProviderFile,
    Theme,
    VocabularyFile,
)
from bot.knowledge.shape import checked
from bot.knowledge.source import Document, read_document

COMPARISON = "comparison.yaml"
CONCEPTS = "concepts.yaml"
VOCABULARY = "vocabulary.yaml"
PROVIDER = "provider.yaml"
PHRASINGS = "phrasings.yaml"
OUTSIDE = "outside.yaml"
GLOSSARY = "glossary.yaml"
GOLDEN = "golden.yaml"

# A folder without these is not a knowledge base; every other *.yaml file in it is a theme of entries.
REQUIRED = (COMPARISON, CONCEPTS, VOCABULARY, PROVIDER, PHRASINGS, OUTSIDE, GLOSSARY)
_NOT_ENTRIES = frozenset({VOCABULARY, PROVIDER, PHRASINGS, OUTSIDE, GLOSSARY, GOLDEN})


def load_knowledge(directory: Path, *, thorough: bool = False) -> KnowledgeBase:
    """Load and check a knowledge base.

    Args:
        directory: The folder with the YAML files.
        thorough: Also compare every phrasing with all others. It takes longer than all the rest, and a phrasing
            that stands twice does no harm to a running bot, so that is left to ``peo-aso check``.

    Raises:
        KnowledgeError: With every fault found in one run, in the order of file and line.
    """
    documents = _read_all(directory)
    entry_documents = [document for name, document in documents.items() if name not in _NOT_ENTRIES]
    files = [checked(document, EntryFile) for document in entry_documents]
    vocabulary = checked(documents[VOCABULARY], VocabularyFile)
    provider = checked(documents[PROVIDER], ProviderFile)
    phrasings = checked(documents[PHRASINGS], PhrasingsFile)
    outside = checked(documents[OUTSIDE], OutsideFile)
    glossary = checked(documents[GLOSSARY], GlossaryFile)
    check_groups(documents[VOCABULARY])
    check_entries(entry_documents, documents[PHRASINGS], thorough=thorough)
    check_references(entry_documents, documents[PROVIDER], documents[PHRASINGS], documents[GLOSSARY])
    faults = [fault for document in documents.values() for fault in document.faults]
    if faults or not (vocabulary and provider and phrasings and outside and glossary):
        raise KnowledgeError(faults)
    themes = tuple(Theme(file.theme, file.entries) for file in files if file is not None)
    return KnowledgeBase(
        themes=themes,
        vocabulary=vocabulary,
        provider=provider,
        glossary=glossary.terms,
        outside=outside,
        entries={entry.id: entry for theme in themes for entry in theme.entries},
        phrasings=_all_phrasings(themes, phrasings),
    )


def _all_phrasings(themes: Sequence[Theme], more: PhrasingsFile) -> dict[str, tuple[str, ...]]:
    return {
        entry.id: tuple(dict.fromkeys((entry.question, *entry.phrasings, *more.phrasings.get(entry.id, ()))))
        for theme in themes
        for entry in theme.entries
    }


def _read_all(directory: Path) -> dict[str, Document]:
    """Every YAML file by name: the table first wherever topics are listed, then concepts, then themes by name."""
    try:
        present = sorted(path.name for path in directory.iterdir() if path.suffix == ".yaml")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        remedy = "Point KNOWLEDGE_DIR at a knowledge folder"
        raise KnowledgeError([Fault(str(directory), 1, f"the folder cannot be read ({reason})", remedy)]) from None
    names = dict.fromkeys([*REQUIRED, *present])
    return {name: read_document(directory / name, _shown(directory / name)) for name in names}


def _shown(path: Path) -> str:
    """The path as the owner would type it from where they stand."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
