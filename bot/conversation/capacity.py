"""How many questions a worker takes at once, and which conversations are paused by a rate limit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from bot.store import Question, Room

Key = TypeVar("Key")

# Workspace id and channel id: rate limits are per channel.
Place: TypeAlias = tuple[str, str]


def conversation_of(question: Question) -> Place:
    """Where a question was asked."""
    return question.team_id, question.channel_id


class Capacity:
    """Counts the questions being worked on, so that one busy conversation or workspace does not block the others.

    Args:
        at_once: The most questions at the same time.
        in_workspace: The most of one workspace.
        in_conversation: The most of one conversation.
    """

    def __init__(self, at_once: int, in_workspace: int, in_conversation: int) -> None:
        self._at_once = at_once
        self._in_workspace = in_workspace
        self._in_conversation = in_conversation
        self._workspaces: Counter[str] = Counter()
        self._conversations: Counter[Place] = Counter()

    @property
    def free(self) -> int:
        """How many more questions can be taken."""
        return self._at_once - self._conversations.total()

    def has_room_for(self, question: Question) -> bool:
        """Whether this question can be taken."""
        is_free = self.free > 0 and self._workspaces[question.team_id] < self._in_workspace
        return is_free and self._conversations[conversation_of(question)] < self._in_conversation

    def take(self, question: Question) -> None:
        """A question is being worked on now."""
        self._workspaces[question.team_id] += 1
        self._conversations[conversation_of(question)] += 1

    def give_back(self, question: Question) -> None:
        """A question is no longer being worked on."""
        self._workspaces[question.team_id] -= 1
        self._conversations[conversation_of(question)] -= 1
        # Unary plus drops the zeros.
        self._workspaces, self._conversations = +self._workspaces, +self._conversations

    @property
    def room(self) -> Room:
        """How much can be claimed without exceeding a limit."""
        full, per_workspace = _room(self._workspaces, self._in_workspace)
        full_places, per_conversation = _room(self._conversations, self._in_conversation)
        return Room(per_workspace, per_conversation, full, full_places)

    def may_have_left_some(self, claimed: Sequence[Question], room: Room) -> bool:
        """Whether a limit may have kept us from claiming more."""
        workspaces, conversations = Counter(one.team_id for one in claimed), Counter(map(conversation_of, claimed))
        filled_a_share = (
            max(workspaces.values(), default=0) >= room.per_workspace
            or max(conversations.values(), default=0) >= room.per_conversation
        )
        now = self.room
        return filled_a_share or self.free <= 0 or bool(now.full_workspaces or now.full_conversations)


def _room(counter: Counter[Key], most: int) -> tuple[list[Key], int]:
    full = [key for key, count in counter.items() if count >= most]
    return full, most - max((count for count in counter.values() if count < most), default=0)


@dataclass
class _Pause:
    until: float
    next_turn: float


class Pauses:
    """Conversations in which the platform has rate-limited the bot.

    Messages for a paused conversation are deferred to the end of the pause, and spaced out so that they do not all go
    out at once.

    Args:
        spacing_seconds: Between two deferred messages.
        clock: Monotonic, in seconds.
    """

    def __init__(self, spacing_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._spacing_seconds = spacing_seconds
        self._clock = clock
        self._pauses: dict[Place, _Pause] = {}

    def begin(self, place: Place, seconds: float) -> None:
        """Pause a conversation."""
        until = self._clock() + seconds
        self._pauses[place] = _Pause(until, until)

    def is_on(self, place: Place) -> bool:
        """Whether a conversation is paused."""
        pause = self._pauses.get(place)
        if pause is not None and pause.until <= self._clock():
            del self._pauses[place]
            return False
        return pause is not None

    def turn(self, place: Place) -> float:
        """Reserve a slot after the pause; in how many seconds it comes, 0 if the conversation is not paused."""
        if not self.is_on(place):
            return 0.0
        pause = self._pauses[place]
        turn = pause.next_turn
        pause.next_turn += self._spacing_seconds
        return turn - self._clock()
