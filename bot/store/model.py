"""What goes into the store and comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

# `plain`: a channel message that is not addressed to the bot; `deletion`: a message that has been taken back;
# `joining`: the bot has come into a channel; `home`: the search of the Home tab; `shortcut`: in a message's menu;
# `external`: a person of another organization, who is to be told that they get no answer.
Surface: TypeAlias = Literal[
    "channel", "dm", "command", "button", "plain", "deletion", "joining", "home", "shortcut", "external"
]


@dataclass(frozen=True)
class Posted:
    """A posted reply that may have duplicates.

    Attributes:
        age_seconds: Since it was recorded, at the time its question was claimed.
    """

    channel_id: str
    ts: str
    age_seconds: float


@dataclass(frozen=True)
class Room:
    """How many questions a claim may take from one workspace and one conversation.

    Attributes:
        full_workspaces: Take none from these.
        full_conversations: Take none from these; team id and channel id.
    """

    per_workspace: int
    per_conversation: int
    full_workspaces: Sequence[str] = ()
    full_conversations: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Question:
    """What the bot was asked, by words or by a button.

    Attributes:
        id: A UUID; Slack gets it with the reply, which is found by it.
        surface: Where it was asked.
        message_ts: The message that asks, or under which the button stands; None for a command.
        thread_ts: The thread that the reply belongs in; None for a message of its own.
        user_hash: See `Store.user_hash`.
        user_id: As Slack knows the asker.
        text: The asker's words; None for a button.
        button: Its ``action_id``, its ``value``, and whether only one person sees it; None for words.
        response_url: Where a reply for one person alone goes.
        revision: When the message was edited or deleted, by Slack's clock; None for the message as it was first sent.
        may_be_sent: The reply may stand in Slack already.
        deaths: How many processes died over it.
        age_seconds: Since it was accepted, when it was taken out of the store.
        posted: Its reply, if the question is done and only has to be checked for duplicates.
    """

    id: str
    team_id: str
    enterprise_id: str | None
    surface: Surface
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    user_hash: str
    text: str | None
    user_id: str | None = None
    button: dict[str, Any] | None = None
    response_url: str | None = None
    revision: str | None = None
    may_be_sent: bool = False
    deaths: int = 0
    age_seconds: float = 0.0
    posted: Posted | None = None

    @property
    def is_ephemeral(self) -> bool:
        """Whether one person alone sees the message under which the button stands."""
        return bool(self.button and self.button.get("is_ephemeral"))


@dataclass(frozen=True)
class Outcome:
    """What became of a question.

    Attributes:
        state: ``done``: it has its reply; ``failed``: it has none, or an apology.
        kind: Of the answer; None for a button, and where there was no answer.
        topics: The entries shown or offered, best first.
        places: What of it was asked for: postal codes, and names of other places that the bot knows.
        reply_channel: Where the reply stands; None for one that only one person sees.
        reply_ts: The reply itself.
        miss: The asker's words, where the owners should read them.
        nearest: The entries that came nearest to a miss, best first.
        unseen: Keys that count as new again: a button whose reply failed may be pressed again.
    """

    state: Literal["done", "failed"]
    kind: str | None = None
    topics: Sequence[str] = ()
    places: Sequence[str] = ()
    focus: str | None = None
    confidence: float | None = None
    reply_channel: str | None = None
    reply_ts: str | None = None
    miss: str | None = None
    nearest: Sequence[str] = ()
    unseen: Sequence[str] = ()


@dataclass(frozen=True)
class Shown:
    """What an answer showed, on which the next turn may lean; nothing where there was none.

    Attributes:
        topics: As of `Outcome`.
        places: As of `Outcome`.
    """

    topics: Sequence[str] = ()
    places: Sequence[str] = ()


@dataclass(frozen=True)
class Exchange:
    """A message that asked something, at one of its revisions, and what became of it.

    Attributes:
        revision: As of `Question`; empty for the message as it was first sent.
        is_open: It has no outcome yet.
        kind: As of `Outcome`.
        reply_ts: The reply to it; None where there is none.
    """

    question_id: str
    surface: Surface
    revision: str
    is_open: bool
    kind: str | None
    reply_ts: str | None


@dataclass(frozen=True)
class Asked:
    """The record of an answered question, against which the values of buttons are checked.

    Attributes:
        kind: As of `Outcome`.
        places: As of `Outcome`.
        words: Where it had no answer, and they are still kept.
    """

    channel_id: str
    message_ts: str | None
    user_hash: str
    kind: str | None
    topics: Sequence[str]
    places: Sequence[str]
    focus: str | None
    words: str | None


@dataclass(frozen=True)
class ChannelSetting:
    """What the bot has been told about a channel.

    Attributes:
        listens: It answers plain questions there.
        switched_by: Who said so last, ``U...``; None where nobody did, or where that person was forgotten.
    """

    listens: bool
    switched_by: str | None
