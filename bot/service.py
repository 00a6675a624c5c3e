"""Settings -> the answers of this installation."""

from __future__ import annotations

from bot.answering import AnswerService
from bot.fitted import fitted_on
from bot.knowledge import load_knowledge
from bot.settings import Settings


def load_answers(settings: Settings) -> AnswerService:
    """Load the knowledge that the settings name and make the service that answers from it.

    Raises:
        KnowledgeError: The knowledge base has faults.
    """
    knowledge = load_knowledge(settings.knowledge_dir, settings.knowledge_extra_dir)
    return AnswerService(knowledge, fitted_on(knowledge, settings.cache_dir))
