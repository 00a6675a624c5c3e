"""What the bot knows: YAML that owners edit, read and checked."""

from bot.knowledge.load import Checkup, check_knowledge, digest_of_files, load_knowledge
from bot.knowledge.model import (
    Concept,
    Entry,
    KnowledgeBase,
    Model,
    ProviderFile,
    Row,
    Source,
    Term,
    Theme,
    frame_kinds,
)
from bot.knowledge.states import Agency, ShownLine, StateFacts

__all__ = [
    "Agency",
    "Checkup",
    "Concept",
    "Entry",
    "KnowledgeBase",
    "Model",
    "ProviderFile",
    "Row",
    "ShownLine",
    "Source",
    "StateFacts",
    "Term",
    "Theme",
    "check_knowledge",
    "digest_of_files",
    "frame_kinds",
    "load_knowledge",
]
