"""What the listeners work with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.replies import HelpChannel, Replies
from bot.conversation.worker import Worker
from bot.knowledge import KnowledgeBase
from bot.live_answers import Answers
from bot.slack.metrics import Metrics
from bot.store import Store


@dataclass(frozen=True)
class Services:
    """Passed to the ``register`` of every listener.

    Attributes:
        answers: In use now.
        replies: What to reply to a question.
        help_channel: Where the questions of a workspace are passed on to.
        worker: Answers the questions in the store.
        store: Keeps the record of what listeners answer themselves.
        metrics: Counts it.
    """

    answers: Answers
    replies: Replies
    help_channel: HelpChannel
    worker: Worker
    store: Store
    metrics: Metrics

    @property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge in use now."""
        return self.answers.current.knowledge
