"""What a workspace is made of: users, channels, messages, views, and the changes to them.

All of them are immutable: a message that a test or a subscriber has got stays as it was. An edit makes a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Payload: TypeAlias = dict[str, Any]
"""A JSON object as Slack sends or receives it."""

Blocks: TypeAlias = tuple[Payload, ...]

ViewValues: TypeAlias = Mapping[str, Mapping[str, Payload]]
"""What is filled in: block_id -> action_id -> Slack's value object."""

ChannelKind: TypeAlias = Literal["channel", "group", "im", "mpim"]
"""Public channel, private channel, direct message, group direct message: Slack's ``channel_type``."""


@dataclass(frozen=True, slots=True)
class User:
    """A member of the workspace.

    Attributes:
        id: ``U...``.
        name: The handle, lower case, without ``@``.
        real_name: The name that is shown.
        is_bot: True for the bot user of the app under test.
        team_id: ``T...`` of another organization's workspace, for people who are here through Slack Connect.
    """

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation of any kind.

    Attributes:
        id: ``C...`` or ``G...`` for channels, ``D...`` for a direct message.
        name: Without ``#``; empty for a direct message.
        members: User ids.
        created: Seconds since the epoch.
        about: What the page's header says about the app there; empty for the page's default.
    """

    id: str
    name: str
    kind: ChannelKind
    members: frozenset[str]
    is_archived: bool = False
    created: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One version of a message.

    Attributes:
        ts: Slack's id of a message within its channel: seconds, a dot, six digits of microseconds.
        text: With Slack's markup and escapes.
        user_id: The author; None for a classic bot, which has only a ``bot_id``.
        thread_ts: The ``ts`` of the thread's parent, on its replies only.
        subtype: As in Slack's ``message`` events; None for an ordinary message.
        bot_id: ``B...`` when an app wrote it.
        app_id: ``A...`` of another app than the one under test, where Slack names it.
        attachments: As Slack sends them: forwarded messages and link previews.
        edited_by: User id, with ``edited_ts``, once the message shows an "(edited)" mark.
        ephemeral_to: The one user who sees it; None when everybody in the channel does.
    """

    channel_id: str
    ts: str
    text: str
    user_id: str | None
    blocks: Blocks = ()
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    files: tuple[Payload, ...] = ()
    attachments: tuple[Payload, ...] = ()
    metadata: Payload | None = None
    client_msg_id: str | None = None
    edited_by: str | None = None
    edited_ts: str | None = None
    ephemeral_to: str | None = None

    @property
    def is_top_level(self) -> bool:
        """Whether the channel itself shows it: not a reply, or a reply also sent to the channel."""
        return self.thread_ts is None or self.subtype == "thread_broadcast"


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab that one user sees.

    Attributes:
        id: ``V...``, kept through updates.
        user_id: Whose screen it is on.
        body: The view as the app sent it, with block and action ids filled in.
        hash: Changes with every update.
        root_view_id: The first modal of the stack; its own id for a Home tab.
        previous_view_id: The modal below in the stack.
        values: What has been filled in or chosen.
    """

    id: str
    user_id: str
    body: Payload
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: ViewValues = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``modal`` or ``home``."""
        return str(self.body["type"])

    @property
    def blocks(self) -> Blocks:
        """The blocks of the view, each with a ``block_id``."""
        return tuple(self.body["blocks"])


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has chosen in the elements of a message.

    Attributes:
        ts: Of the message.
        values: As in ``state.values`` of an interaction, with the feedback button that was pressed, if any.
    """

    channel_id: str
    ts: str
    user_id: str
    values: ViewValues


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that everybody who has the page open should know, such as an error in a file.

    Attributes:
        key: A later notice with the same key replaces it.
        level: ``error`` stays until it is withdrawn; a person can dismiss ``info``.
        text: Plain text; empty once it has been withdrawn.
    """

    key: str
    level: Literal["info", "error"]
    text: str


ChangeKind: TypeAlias = Literal[
    "channel_changed",
    "message_posted",
    "message_changed",
    "message_deleted",
    "ephemeral_shown",
    "ephemeral_changed",
    "ephemeral_removed",
    "view_opened",
    "view_changed",
    "view_closed",
    "home_published",
    "traffic_recorded",
    "notice_changed",
    "choices_made",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change in the workspace, for a page or a terminal that follows it live.

    Attributes:
        kind: What happened.
        subject: The `Channel`, `Message`, `View`, `Notice`, `Choices` or traffic record after it happened; for a
            deletion or a closing, as it was before.
    """

    kind: ChangeKind
    subject: object
