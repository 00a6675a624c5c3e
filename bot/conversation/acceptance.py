"""Whether something that happened on the platform is for the bot; if it is, it is stored before the platform's ack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering import Answer
from bot.conversation.idempotency import first_words_key, last_words_key
from bot.conversation.steps import EARLY_SECONDS, Conversation
from bot.conversation.worker import Worker
from bot.store import Question, Store


@dataclass(frozen=True)
class IncomingQuestion:
    """A question as the platform delivered it.

    Attributes:
        keys: Idempotency keys: another delivery of the same thing has one of them.
        adds_mention: An edit that mentions the bot where the words before did not.
        can_ask: An edit; had the message been sent like that, it could be a question for the bot.
    """

    question: Question
    keys: Sequence[str]
    adds_mention: bool = False
    can_ask: bool = False


class Acceptance:
    """Takes in what is for the bot. Of everything else, nothing is kept.

    All methods raise `StoreError` if the store cannot be used.
    """

    def __init__(self, store: Store, conversation: Conversation, worker: Worker) -> None:
        self._store = store
        self._conversation = conversation
        self._worker = worker

    async def accept(self, incoming: IncomingQuestion) -> bool:
        """Take in a question; whether it is new and for the bot."""
        question = incoming.question
        if question.revision is not None:
            return await self._accept_change(incoming, question.revision)
        is_for_us, overheard = await self._considered(question)
        return is_for_us and await self._worker.accept(question, incoming.keys, overheard)

    async def _considered(self, question: Question) -> tuple[bool, Answer | None]:
        """Whether a question is for the bot, and its answer if that had to be found to tell."""
        if question.surface != "plain":
            return True, None
        overheard = await self._conversation.overheard(question)
        return overheard is not None, overheard

    async def _accept_change(self, incoming: IncomingQuestion, revision: str) -> bool:
        """Take in an edit or a deletion; if its message is unknown, mark it as outdated, without words."""
        question = incoming.question
        known = await self._latest_revision(question)
        if known is None:
            where = (question.channel_id, question.message_ts or "")
            first, last = first_words_key(*where), last_words_key(*where)
            is_deletion = question.surface == "deletion"
            comes_first = await self._store.mark(question.team_id, [first, last] if is_deletion else [first])
            is_question = incoming.can_ask and (incoming.adds_mention or _age_at_edit(question) < EARLY_SECONDS)
            is_for_us, overheard = await self._considered(question) if is_question else (False, None)
            if is_for_us and await self._worker.accept(question, [last], overheard):
                return True
            if comes_first and not is_for_us:
                return False
            # Its message, or another change of it, was faster.
            known = await self._latest_revision(question)
        return known is not None and known < revision and await self._worker.accept(question, incoming.keys)

    async def _latest_revision(self, question: Question) -> str | None:
        """The latest known revision of a message, empty for the message as first sent; None if it is unknown.

        Most messages that are edited or deleted in a channel are unknown.
        """
        exchange = await self._store.exchange(question)
        return exchange[-1].revision if exchange else None


def _age_at_edit(question: Question) -> float:
    """How old a message was when it was edited; in seconds, by Slack's clock."""
    try:
        return float(question.revision or "") - float(question.message_ts or "")
    except ValueError:
        return float("inf")
