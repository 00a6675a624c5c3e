"""What the conversation asks of a platform: send, change, delete and find messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.conversation.contents import Content
from bot.store import Posted, Question


@dataclass(frozen=True)
class Failure:
    """What a failed call to the platform means.

    Attributes:
        code: The platform's error code, or the type of the exception.
        is_temporary: The same call may succeed later.
        may_be_sent: The platform may have carried out the call all the same.
        is_rate_limit: The platform asks for fewer calls.
        is_revoked: The token no longer works: the workspace has reinstalled the bot, or uninstalled it.
        retry_after_seconds: How long the platform asks us to wait; None if it does not say.
    """

    code: str
    is_temporary: bool
    may_be_sent: bool = False
    is_rate_limit: bool = False
    is_revoked: bool = False
    retry_after_seconds: float | None = None


class MessengerError(Exception):
    """The platform did not do what it was asked; ``failure`` says what that means."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Messenger(Protocol):
    """Speaks for the bot in one workspace. A call is never repeated by itself: a failed one may have been carried out.

    Every method raises `MessengerError`, except `notify_privately`.
    """

    async def post(self, question: Question, content: Content) -> str:
        """Post the reply where the question belongs, marked with its id; the id of the message."""

    async def update(self, question: Question, content: Content, message_ts: str) -> None:
        """Turn a message of the bot into a reply."""

    async def respond(self, question: Question, content: Content, *, replaces: bool) -> None:
        """Show a reply only to the person who pressed a button.

        Args:
            question: The button.
            content: What to show.
            replaces: In place of the message with the button.
        """

    async def withdraw(self, question: Question, reply_ts: str) -> bool:
        """Delete the reply to a deleted question; False if it stays because somebody has replied to it."""

    async def find(self, question: Question) -> list[str]:
        """Search the conversation for replies to a question; their ids, oldest first."""

    async def delete_duplicates(self, question: Question, posted: Posted) -> int:
        """Delete every reply to a question but one; how many there were."""

    async def permalink(self, question: Question, message_ts: str) -> str | None:
        """The address of a message in the channel of a question; None if it is gone."""

    async def notify_privately(self, question: Question, content: Content) -> bool:
        """Show the asker, and nobody else, what could not be posted; whether they see it, as far as can be known."""


# By workspace and organization; None where the bot is not installed.
MessengerFor: TypeAlias = Callable[[str | None, str | None], Awaitable[Messenger | None]]
