"""Slack's payloads as questions for the conversation. Pure; payloads have passed `bot.slack.payloads.shapes`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from bot.conversation.acceptance import IncomingQuestion
from bot.conversation.buttons import ACTIONS, ASK_PERSON, LISTEN, SHARE, action_of
from bot.conversation.idempotency import button_key, first_words_key, key, message_key
from bot.slack.payloads.containers import Container
from bot.slack.payloads.place import Place
from bot.slack.payloads.text import is_by_a_person, mentions, words_of
from bot.store import Question, Surface, storable_text
from bot.text import words

Payload: TypeAlias = Mapping[str, Any]
# What a person of a workspace is called in the store.
UserHash: TypeAlias = Callable[[str, str], str]

# The shortcut in the menu of a message, as the manifest names it.
ANSWER_MESSAGE = "answer_message"

_CHANGED, _DELETED = "message_changed", "message_deleted"
# Where plain messages come from: https://docs.slack.dev/reference/events/message.channels and the others
_GROUP_DM = "mpim"
_CHANNELS = ("channel", "group", _GROUP_DM)
# Characters.
_LONGEST_NAME = 80


def parse_question(body: Payload, place: Place, user_hash: UserHash) -> IncomingQuestion | None:
    """The question in a request from Slack, or what became of one.

    Args:
        body: As Slack sent it.
        place: Where it comes from.
        user_hash: What a person of a workspace is called in the store.

    Returns:
        None if nobody asks anything.
    """
    kind = body.get("type")
    if kind == "event_callback":
        return _Events(place, user_hash, body["event_id"]).parse(body["event"])
    if kind == "block_actions":
        return _parse_button(body, place, user_hash)
    if kind == "message_action" and body["callback_id"] == ANSWER_MESSAGE:
        return _parse_shortcut(body, place, user_hash)
    return None


def parse_declined(
    body: Payload, incoming: IncomingQuestion | None, place: Place, user_hash: UserHash
) -> IncomingQuestion | None:
    """What is left to do about a request by an external person who gets no answer.

    Args:
        body: As Slack sent it.
        incoming: What it would be from anybody else.
        place: As for `parse_question`.
        user_hash: As for `parse_question`.

    Returns:
        A question without words, to tell them so; the deletion of what they wrote, which also deletes what they were
        told; None if they did not address the bot.
    """
    if incoming is not None and incoming.question.surface in ("deletion", "joining"):
        return incoming
    if incoming is not None and incoming.question.surface in ("channel", "dm"):
        return replace(incoming, question=replace(incoming.question, surface="external", text=None))
    if body.get("type") not in ("block_actions", "message_action"):
        return None
    pressed = Container.of(body)
    channel, ts, user = pressed.channel_id, pressed.message_ts, body["user"]["id"]
    if not channel or not ts:
        return None
    question = _question(place, user_hash, "external", channel, user, message_ts=ts)
    # Others may press the same button: each person reads the sentence once.
    return IncomingQuestion(
        replace(question, response_url=_response_url_of(body)), [key("external", channel, ts, user)]
    )


class _Events:
    """Parses the event of one callback."""

    def __init__(self, place: Place, user_hash: UserHash, event_id: str) -> None:
        self._place = place
        self._user_hash = user_hash
        self._event_id = event_id

    def parse(self, event: Payload) -> IncomingQuestion | None:
        kind, subtype = event["type"], event.get("subtype")
        if kind == "member_joined_channel":
            return self._joining(event)
        if kind == "message" and subtype == _DELETED:
            return self._deletion(event)
        if kind == "message" and subtype == _CHANGED:
            # What is left of the first message of a thread when it is deleted.
            is_deleted = (event.get("message") or {}).get("subtype") == "tombstone"
            return self._deletion(event) if is_deleted else self._edit(event)
        surface = _surface_of(event, self._place.bot_user_id)
        if surface is None or event.get("edited") or not is_by_a_person(event, is_addressed=surface != "plain"):
            return None
        return self._message(event, event, surface)

    def _message(
        self, event: Payload, message: Payload, surface: Surface, revision: str | None = None
    ) -> IncomingQuestion | None:
        channel, ts, user = event["channel"], message.get("ts"), message.get("user")
        if not ts or not user:
            return None
        is_direct = event["type"] == "message" and event.get("channel_type") == "im"
        text = None if surface == "deletion" else storable_text(words_of(message))
        thread_ts = _thread_of(message.get("thread_ts"), ts, is_direct)
        question = _question(
            self._place, self._user_hash, surface, channel, user, message_ts=ts, thread_ts=thread_ts, text=text
        )
        if revision:
            keys = [key("revision", channel, ts, revision)]
        else:
            keys = [message_key(channel, ts), first_words_key(channel, ts)]
        return IncomingQuestion(replace(question, revision=revision), [key("event", self._event_id or ts), *keys])

    def _edit(self, event: Payload) -> IncomingQuestion | None:
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        bot = self._place.bot_user_id or ""
        has_mention = mentions(message, bot)
        adds_mention = bool(before) and has_mention and not mentions(before, bot)
        # Slack also sends this event for a preview that it added to a link.
        is_unchanged = words(words_of(message)) == words(words_of(before)) and not adds_mention
        if is_unchanged or not is_by_a_person(message, is_addressed=True):
            return None
        surface: Surface = "dm" if event.get("channel_type") == "im" else "channel" if has_mention else "plain"
        can_ask = surface != "plain" or (is_by_a_person(message, is_addressed=False) and not mentions(message, None))
        incoming = self._message(event, message, surface, event["ts"])
        return incoming and replace(incoming, adds_mention=adds_mention and surface == "channel", can_ask=can_ask)

    def _deletion(self, event: Payload) -> IncomingQuestion | None:
        message = event.get("previous_message") or {}
        if not is_by_a_person(message, is_addressed=True):
            return None
        return self._message(event, message, "deletion", event["ts"])

    def _joining(self, event: Payload) -> IncomingQuestion | None:
        channel, ts = event["channel"], event.get("event_ts")
        if not ts or event["user"] != self._place.bot_user_id:
            return None
        inviter = event.get("inviter") or ""
        question = _question(self._place, self._user_hash, "joining", channel, inviter, message_ts=ts)
        return IncomingQuestion(
            replace(question, user_id=None), [key("event", self._event_id), key("joining", channel, ts)]
        )


def _surface_of(event: Payload, bot_user_id: str | None) -> Surface | None:
    """Where a message asks; None if it does not, or if it is delivered as a mention too.

    Args:
        event: Not an edit or a deletion.
        bot_user_id: The bot.
    """
    if event["type"] == "app_mention":
        return "channel"
    if event["type"] != "message":
        return None
    channel_type = event.get("channel_type")
    if channel_type == "im":
        return "dm"
    if channel_type == _GROUP_DM and mentions(event, bot_user_id):
        # There it is not delivered as a mention too.
        return "channel"
    # A message that mentions the bot is delivered as a mention too; one that mentions somebody else is for them.
    return "plain" if channel_type in _CHANNELS and not mentions(event, None) else None


def _parse_button(body: Payload, place: Place, user_hash: UserHash) -> IncomingQuestion | None:
    [action, *_], container = body["actions"], Container.of(body)
    action_id, user = action["action_id"], body["user"]
    channel, ts = container.channel_id, container.message_ts
    if action_of(action_id) not in ACTIONS or not channel or not ts:
        return None
    thread_ts = _thread_of(container.thread_ts, ts, channel.startswith("D"))
    question = replace(
        _question(place, user_hash, "button", channel, user["id"], message_ts=ts, thread_ts=thread_ts),
        button={
            "action_id": storable_text(action_id),
            "value": storable_text(action.get("value")),
            "is_ephemeral": container.is_ephemeral,
            **({"by": _name_of(user)} if action_id in (SHARE, ASK_PERSON) else {}),
        },
        response_url=_response_url_of(body),
    )
    # What is turned on may be turned off and on again.
    trigger_id = body.get("trigger_id") if action_id == LISTEN else None
    return IncomingQuestion(question, [key("trigger", trigger_id) if trigger_id else button_key(question)])


def _parse_shortcut(body: Payload, place: Place, user_hash: UserHash) -> IncomingQuestion | None:
    """A message that somebody wants answered: it is the question, and they are the asker."""
    message, channel = body["message"], body["channel"]["id"]
    if message.get("user") == place.bot_user_id:
        return None
    ts: str = message["ts"]
    question = _question(
        place,
        user_hash,
        "shortcut",
        channel,
        body["user"]["id"],
        message_ts=ts,
        thread_ts=_thread_of(message.get("thread_ts"), ts, channel.startswith("D")),
        text=storable_text(words_of(message)),
    )
    # As if the bot had been mentioned in it: a message that has its reply gets no second one.
    return IncomingQuestion(replace(question, response_url=_response_url_of(body)), [message_key(channel, ts)])


def command_question(command: Payload, place: Place, user_hash: UserHash) -> Question:
    """A slash command as a question, without its words: it is answered by the time it is recorded."""
    return _question(place, user_hash, "command", command.get("channel_id") or "", command.get("user_id"))


def home_question(body: Payload, place: Place, user_hash: UserHash) -> Question:
    """A search in the Home tab as a question, without its words: see `command_question`."""
    return _question(place, user_hash, "home", "", body["user"]["id"])


def _question(
    place: Place,
    user_hash: UserHash,
    surface: Surface,
    channel_id: str,
    user_id: str | None,
    *,
    message_ts: str | None = None,
    thread_ts: str | None = None,
    text: str | None = None,
) -> Question:
    """A question with a new id; see `Question`."""
    return Question(
        id=str(uuid.uuid4()),
        team_id=place.team_id,
        enterprise_id=place.enterprise_id,
        surface=surface,
        channel_id=channel_id,
        message_ts=message_ts,
        thread_ts=thread_ts,
        user_hash=user_hash(place.team_id, user_id or ""),
        text=text,
        user_id=user_id,
    )


def _name_of(user: Payload) -> str:
    """The name of a person, for those who read it; erased with what the button asks for."""
    return storable_text(user.get("name") or user.get("username") or "Somebody")[:_LONGEST_NAME]


def _response_url_of(body: Payload) -> str | None:
    response_url = body.get("response_url")
    return storable_text(response_url) if response_url else None


def _thread_of(thread_ts: str | None, ts: str, is_direct: bool) -> str | None:
    """The thread that a reply belongs in; in a channel, a thread begins under the message itself."""
    thread_ts = thread_ts or ts
    return None if is_direct and thread_ts == ts else thread_ts
