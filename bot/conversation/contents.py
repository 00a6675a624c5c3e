"""What the bot has to say, before a platform gives it a layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.answering import Answer
from bot.conversation.buttons import Shared
from bot.knowledge import Entry, KnowledgeBase
from bot.store import ChannelSetting


@dataclass(frozen=True)
class WayToPerson:
    """How the asker can reach a person.

    Attributes:
        has_button: A button passes the question on; otherwise a line says where to ask.
        help_channel: Where the people who help are; None if there is no such channel.
    """

    has_button: bool
    help_channel: str | None


@dataclass(frozen=True)
class AnswerContent:
    """An answer that is not silent.

    Attributes:
        knowledge: What the answer comes from.
        question_id: Votes on the reply are stored under it.
        is_shared: People other than the asker read it.
        has_files: Files came with the question; the bot does not read them.
        share: What a button to share the answer carries; None for no button.
        person: How to reach a person; None where the bot has answered.
    """

    answer: Answer
    knowledge: KnowledgeBase
    question_id: str
    is_shared: bool = False
    has_files: bool = False
    share: Shared | None = None
    person: WayToPerson | None = None


@dataclass(frozen=True)
class Overview:
    """What the bot covers and how to ask."""

    knowledge: KnowledgeBase


@dataclass(frozen=True)
class Details:
    """What did not fit into the answer with an entry."""

    entry: Entry
    knowledge: KnowledgeBase


@dataclass(frozen=True)
class AllStates:
    """What is known of an entry state by state."""

    entry: Entry
    knowledge: KnowledgeBase


@dataclass(frozen=True)
class SharedAnswer:
    """An answer that a person shows to a channel.

    Attributes:
        name: The person.
        words: Their question; may be empty.
    """

    answer: AnswerContent
    name: str
    words: str


@dataclass(frozen=True)
class HelpRequest:
    """A question that is passed on, as the people who help read it.

    Attributes:
        name: Who pressed the button.
        words: The question, with the platform's markup; None if they are not kept.
        is_direct: It was asked in a direct message, where nobody else can look.
        permalink: Leads to the message that asks; None if there is none, or no longer.
    """

    name: str
    words: str | None
    is_direct: bool
    permalink: str | None = None


@dataclass(frozen=True)
class PassedOn:
    """What the asker reads once the question was passed on."""

    help_channel: str


@dataclass(frozen=True)
class Introduction:
    """What the bot says about itself when it joins a channel, and about listening there."""

    setting: ChannelSetting


@dataclass(frozen=True)
class OnlyVisibleToAsker:
    """What could not be posted where the question was asked."""

    content: Content


class Notice(StrEnum):
    """A sentence that is always the same."""

    GONE = "the topic behind a button was removed"
    DECLINED = "people of other organizations get no answer"
    FAILED = "the bot failed"
    NOT_PASSED_ON = "a question could not be passed on"
    NOT_SHARED = "the bot cannot post in the channel"


Content: TypeAlias = (
    AnswerContent
    | Overview
    | Details
    | AllStates
    | SharedAnswer
    | HelpRequest
    | PassedOn
    | Introduction
    | OnlyVisibleToAsker
    | Notice
)
