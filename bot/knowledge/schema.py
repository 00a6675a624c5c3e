"""The types of the model as JSON Schemas, for editors that check YAML while it is written."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from bot.knowledge.model import (
    AskedFile,
    EntryFile,
    FramesFile,
    GlossaryFile,
    GoldenFile,
    OffFile,
    OutsideFile,
    PhrasingsFile,
    ProviderFile,
    VocabularyFile,
)
from bot.knowledge.places import PlacesFile
from bot.knowledge.states import StatesFile

_SCHEMAS: dict[str, type[BaseModel]] = {
    "entries": EntryFile,
    "vocabulary": VocabularyFile,
    "provider": ProviderFile,
    "phrasings": PhrasingsFile,
    "asked": AskedFile,
    "outside": OutsideFile,
    "frames": FramesFile,
    "glossary": GlossaryFile,
    "golden": GoldenFile,
    "off": OffFile,
    "places": PlacesFile,
    "states": StatesFile,
}


def schema_texts() -> dict[str, str]:
    """File name -> the schema's JSON text, as it should stand in ``knowledge/schema/``."""
    return {
        f"{name}.schema.json": json.dumps(kind.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, kind in _SCHEMAS.items()
    }


def write_schemas(directory: Path) -> list[Path]:
    """Write all schemas below ``directory`` and return their paths."""
    folder = directory / "schema"
    folder.mkdir(exist_ok=True)
    paths = []
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)
    return paths
