"""Settings -> the answers of this installation."""

from __future__ import annotations

from bot.answering import AnswerService
from bot.fitted import fitted_on, fitted_soon
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.settings import Settings


def load_answers(settings: Settings) -> AnswerService:
    """Load the knowledge that the settings name and make the service that answers from it.

    Raises:
        KnowledgeError: The knowledge base has faults.
    """
    return answers_from(knowledge_of(settings), settings)


def knowledge_of(settings: Settings) -> KnowledgeBase:
    """Load the knowledge that the settings name.

    Raises:
        KnowledgeError: It has faults.
    """
    return load_knowledge(settings.knowledge_dir, settings.knowledge_extra_dir)


def answers_from(knowledge: KnowledgeBase, settings: Settings) -> AnswerService:
    """The service that answers from a knowledge base."""
    return AnswerService(knowledge, fitted_on(knowledge, settings.cache_dir))


def answers_soon(knowledge: KnowledgeBase, settings: Settings, before: AnswerService) -> AnswerService:
    """The service for a changed knowledge base within two seconds, for use until ``answers_from`` has its own.

    Args:
        knowledge: The changed one.
        settings: Name the cache.
        before: The service in use.
    """
    return AnswerService(knowledge, fitted_soon(knowledge, settings.cache_dir, before.matcher.fitted))
