"""What Slack sends -> a question in the store, before the ack: what was acknowledged is never lost.

The same thing told again (Slack's retries, a mention that also comes as a message, one event at two replicas, a button
pressed twice) has a key that was seen, and is acknowledged without more.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.errors import StoreError
from bot.slack.blocks import CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW, SHOW_TOPIC
from bot.slack.keys import button_key, key
from bot.slack.worker import Worker
from bot.store import Question

log = structlog.get_logger()

# What a person writes; every other subtype is an edit, a deletion, a join or the like, and asks nothing.
# https://docs.slack.dev/reference/events/message
_ASKING_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})
# The number after the colon, where there is one, only keeps the buttons of a block apart.
_ASKING_BUTTONS = frozenset({SHOW_TOPIC, CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW})
# Characters; what Slack calls things by is shorter.
_LONGEST_ID = 32
# Seconds after which Slack may tell us again where the store could not take it in.
RETRY_AFTER_SECONDS = 5

UserHash = Callable[[str, str], str]


@dataclass(frozen=True)
class Told:
    """A question that Slack told us of, and what another telling of it would share."""

    question: Question
    keys: Sequence[str]


def register(app: AsyncApp, worker: Worker, user_hash: UserHash) -> None:
    """Put the intake before every listener."""

    @app.middleware
    async def take(
        body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        told = told_by(body, context.team_id, context.enterprise_id, user_hash)
        if told is None:
            await next()
            return None
        try:
            await worker.accept(told.question, told.keys)
        except StoreError as error:
            # No ack: Slack tells again, here or to another replica.
            log.error("question_not_accepted", reason=str(error), team=told.question.team_id)
            return BoltResponse(status=503, headers={"Retry-After": [str(RETRY_AFTER_SECONDS)]})
        return BoltResponse(status=200)


def told_by(
    body: Mapping[str, Any], team_id: str | None, enterprise_id: str | None, user_hash: UserHash
) -> Told | None:
    """The question in a request of Slack's.

    Args:
        body: As Slack sent it.
        team_id: The workspace that it is for.
        enterprise_id: The organization of the workspace, where it has one.
        user_hash: What a person of a workspace is called in the store.

    Returns:
        None where nobody asks anything, or in a form that is none of Slack's.
    """
    team = team_id or enterprise_id or ""
    event = body.get("event")
    if isinstance(event, dict):
        return _told_by_event(event, body, team, enterprise_id, user_hash)
    if body.get("type") == "block_actions":
        return _told_by_button(body, team, enterprise_id, user_hash)
    return None


def _told_by_event(
    event: Mapping[str, Any], body: Mapping[str, Any], team: str, enterprise_id: str | None, user_hash: UserHash
) -> Told | None:
    is_mention = event.get("type") == "app_mention"
    # A mention in a channel may arrive as a message too; there, only the mention asks.
    is_direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not (is_mention or is_direct) or not _is_by_a_person(event):
        return None
    channel, ts, user = _id(event.get("channel")), _id(event.get("ts")), _id(event.get("user"))
    if channel is None or ts is None or user is None:
        return None
    question = Question(
        id=str(uuid.uuid4()),
        team_id=team,
        enterprise_id=enterprise_id,
        surface="channel" if is_mention else "dm",
        channel_id=channel,
        message_ts=ts,
        thread_ts=_id(event.get("thread_ts")) or (ts if is_mention else None),
        user_hash=user_hash(team, user),
        text=_storable(event.get("text")),
    )
    return Told(question, [key("event", str(body.get("event_id") or ts)), key("message", channel, ts)])


def _is_by_a_person(event: Mapping[str, Any]) -> bool:
    """Whether a person asks here: not a bot, and no edit, whose question was answered when it was first asked."""
    return not event.get("bot_id") and event.get("subtype") in _ASKING_SUBTYPES and not event.get("edited")


def _told_by_button(body: Mapping[str, Any], team: str, enterprise_id: str | None, user_hash: UserHash) -> Told | None:
    action, container = _first_action(body), _mapping(body.get("container"))
    action_id, value = str(action.get("action_id", "")), str(action.get("value", ""))
    channel, ts = _id(container.get("channel_id")), _id(container.get("message_ts"))
    user = _id(_mapping(body.get("user")).get("id"))
    if action_id.partition(":")[0] not in _ASKING_BUTTONS or channel is None or ts is None or user is None:
        return None
    response_url = body.get("response_url")
    question = Question(
        id=str(uuid.uuid4()),
        team_id=team,
        enterprise_id=enterprise_id,
        surface="button",
        channel_id=channel,
        message_ts=ts,
        thread_ts=_thread_of(container, channel, ts),
        user_hash=user_hash(team, user),
        text=None,
        button={
            "action_id": _storable(action_id),
            "value": _storable(value),
            "is_ephemeral": bool(container.get("is_ephemeral")),
        },
        response_url=_storable(response_url) if response_url else None,
    )
    return Told(question, [button_key(question)])


def command_question(
    command: Mapping[str, Any], team_id: str | None, enterprise_id: str | None, user_hash: UserHash
) -> Question:
    """A slash command as a question, without its words: it has its answer by the time that it is recorded."""
    team = team_id or enterprise_id or ""
    return Question(
        id=str(uuid.uuid4()),
        team_id=team,
        enterprise_id=enterprise_id,
        surface="command",
        channel_id=_id(command.get("channel_id")) or "",
        message_ts=None,
        thread_ts=None,
        user_hash=user_hash(team, _id(command.get("user_id")) or ""),
        text=None,
    )


def _thread_of(container: Mapping[str, Any], channel: str, message_ts: str) -> str | None:
    """The thread that the message stands in; under a message of its own in a channel, a thread begins."""
    return _id(container.get("thread_ts")) or (None if channel.startswith("D") else message_ts)


def _first_action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = body.get("actions")
    return _mapping(actions[0]) if isinstance(actions, list) and actions else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> str | None:
    """An id or ts of Slack's; None for anything else, which no column would take."""
    is_one = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    return str(value) if is_one else None


def _storable(value: object) -> str:
    """A text without what PostgreSQL does not take: NUL, and halves of characters."""
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode()
