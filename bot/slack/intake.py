"""What Slack sends -> a question in the store, before the ack: what was acknowledged is never lost.

The same thing told again (Slack's retries, a mention that also comes as a message, one event at two replicas, a button
pressed twice) has a key that was seen, and is acknowledged without more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.errors import StoreError
from bot.slack.blocks import CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW, SHOW_TOPIC
from bot.slack.containers import Container
from bot.slack.conversation import Conversation
from bot.slack.external import home_of
from bot.slack.handing_on import ASK_PERSON, SHARE
from bot.slack.keys import button_key, first_words_key, key, last_words_key, message_key
from bot.slack.listening import LISTEN
from bot.slack.middleware import Before
from bot.slack.reading import is_by_a_person, mentions, words_of
from bot.slack.states import SHOW_STATES
from bot.slack.worker import Worker
from bot.store import Question, Surface, storable_text
from bot.text import words

log = structlog.get_logger()

_CHANGED, _DELETED = "message_changed", "message_deleted"
# The number after the colon, where there is one, only keeps the buttons of a block apart.
_ASKING_BUTTONS = frozenset(
    {SHOW_TOPIC, CHOOSE_TOPIC, SHOW_MORE, SHOW_OVERVIEW, SHOW_STATES, LISTEN, SHARE, ASK_PERSON}
)
# Where plain messages come from: https://docs.slack.dev/reference/events/message.channels and the others
_GROUP_DM = "mpim"
_CHANNELS = ("channel", "group", _GROUP_DM)
# Characters; what Slack calls things by is shorter.
_LONGEST_ID = 32
_LONGEST_NAME = 80
# Seconds after which Slack may tell us again where the store could not take it in.
RETRY_AFTER_SECONDS = 5

# Events that a listener takes.
LISTENED_TO = frozenset({"app_home_opened"})

# The shortcut in the menu of a message, as the manifest names it.
ANSWER_MESSAGE = "answer_message"

UserHash = Callable[[str, str], str]


@dataclass(frozen=True)
class Told:
    """A question that Slack told us of.

    Attributes:
        keys: What another telling of it would share.
        adds_mention: An edit that calls the bot where the words before did not.
        can_ask: An edit with which the message, had it been sent like that, could be a question for the bot.
    """

    question: Question
    keys: Sequence[str]
    adds_mention: bool = False
    can_ask: bool = False


def register(
    app: AsyncApp, worker: Worker, conversation: Conversation, user_hash: UserHash, declines_external: bool
) -> None:
    """Put the intake before every listener."""

    async def declines(body: Mapping[str, Any], place: Place) -> bool:
        home = home_of(body) if declines_external else None
        return home is not None and await conversation.is_external(home, place.team_id, place.enterprise_id)

    async def take(request: AsyncBoltRequest) -> BoltResponse | None:
        place = Place.of(request.context)
        told = told_by(request.body, place, user_hash)
        try:
            if await declines(request.body, place):
                told = declined_by(request.body, told, place, user_hash)
                if told is None:
                    return BoltResponse(status=200)
            if told is None:
                # Bolt acknowledges only what a listener takes; anything else Slack would retry for minutes.
                return BoltResponse(status=200) if _is_for_nobody(request.body) else None
            # Of what is not for the bot, no word is kept.
            if told.question.revision is not None:
                is_new = await accept_change(told, told.question.revision)
            else:
                is_new = await conversation.minds(told.question) and await worker.accept(told.question, told.keys)
        except StoreError as error:
            # No ack: Slack tells again, here or to another replica.
            log.error("question_not_accepted", reason=str(error), team=place.team_id)
            return BoltResponse(status=503, headers={"Retry-After": [str(RETRY_AFTER_SECONDS)]})
        # Whoever chose the shortcut looks for something to happen.
        return None if told.question.surface == "shortcut" and not is_new else BoltResponse(status=200)

    async def accept_change(told: Told, revision: str) -> bool:
        """Take in an edit or a deletion; if its message is unknown, mark it as outdated, without words."""
        question = told.question
        known = await conversation.latest_revision(question)
        if known is None:
            where = (question.channel_id, question.message_ts or "")
            first, last = first_words_key(*where), last_words_key(*where)
            is_deletion = question.surface == "deletion"
            comes_first = await conversation.mark(question, [first, last] if is_deletion else [first])
            asks = told.can_ask and (told.adds_mention or await conversation.is_early(question))
            if asks and await worker.accept(question, [last]):
                return True
            if comes_first and not asks:
                return False
            # Its message, or another change of it, was faster.
            known = await conversation.latest_revision(question)
        return known is not None and known < revision and await worker.accept(question, told.keys)

    app.middleware(Before(take))


def _is_for_nobody(body: Mapping[str, Any]) -> bool:
    """Whether a request is an event without a listener."""
    kind = _mapping(body.get("event")).get("type")
    return body.get("type") == "event_callback" and isinstance(kind, str) and kind not in LISTENED_TO


def asks_nothing(body: Mapping[str, Any]) -> bool:
    """Whether a request tells of a message that nothing needs to be done about, whichever workspace it is from.

    Of an app, our own among them; of Slack's own accord; or with a mention, with which it comes as one, too, or is for
    somebody else. In a busy channel that is much of what is told, and can have its ack without Bolt.
    """
    event = _mapping(body.get("event"))
    if body.get("type") != "event_callback" or event.get("type") != "message":
        return False
    if event.get("subtype") in (_CHANGED, _DELETED):
        return False
    # Which mention is the bot's, only its workspace tells.
    surface = _surface_of(event, None)
    return surface is None or not is_by_a_person(event, is_addressed=surface != "plain")


@dataclass(frozen=True)
class Place:
    """The workspace that a request is for.

    Attributes:
        team_id: The workspace; what an organization as a whole has installed goes by that.
        enterprise_id: The organization of the workspace, where it has one.
        bot_user_id: The bot there.
    """

    team_id: str
    enterprise_id: str | None
    bot_user_id: str | None

    @classmethod
    def of(cls, context: AsyncBoltContext) -> Place:
        """The one of a request that Bolt has authorized."""
        return cls(context.team_id or context.enterprise_id or "", context.enterprise_id, context.bot_user_id)


def told_by(body: Mapping[str, Any], place: Place, user_hash: UserHash) -> Told | None:
    """The question in a request of Slack's, or what became of one.

    Args:
        body: As Slack sent it.
        place: Where it comes from.
        user_hash: What a person of a workspace is called in the store.

    Returns:
        None where nobody asks anything, or in a form that is none of Slack's.
    """
    event = body.get("event")
    if isinstance(event, dict):
        return _told_by_event(event, str(body.get("event_id") or ""), place, user_hash)
    if body.get("type") == "block_actions":
        return _told_by_button(body, place, user_hash)
    if body.get("type") == "message_action" and body.get("callback_id") == ANSWER_MESSAGE:
        return _told_by_shortcut(body, place, user_hash)
    return None


def declined_by(body: Mapping[str, Any], told: Told | None, place: Place, user_hash: UserHash) -> Told | None:
    """What is left to do about a request of an external person who gets no answer.

    Args:
        body: As Slack sent it.
        told: What it would be of somebody else.
        place: As of `told_by`.
        user_hash: As of `told_by`.

    Returns:
        That they are to be told so, without a word of theirs; the deletion of what they wrote, which takes along what
        they were told; None where they did not address the bot.
    """
    if told is not None and told.question.surface in ("deletion", "joining"):
        return told
    if told is not None and told.question.surface in ("channel", "dm"):
        return replace(told, question=replace(told.question, surface="external", text=None))
    pressed = Container.of(body)
    channel, ts = _id(pressed.channel_id), _id(pressed.message_ts)
    user = _id(_mapping(body.get("user")).get("id"))
    if body.get("type") not in ("block_actions", "message_action") or channel is None or ts is None or user is None:
        return None
    question = _question(place, user_hash, "external", channel, user, message_ts=ts)
    # Others may press the same button: each person reads the sentence once.
    return Told(replace(question, response_url=_response_url_of(body)), [key("external", channel, ts, user)])


def _told_by_event(event: Mapping[str, Any], event_id: str, place: Place, user_hash: UserHash) -> Told | None:
    kind, subtype = event.get("type"), event.get("subtype")
    if kind == "member_joined_channel":
        return _told_by_joining(event, event_id, place, user_hash)
    if kind == "message" and subtype == _CHANGED:
        changed = _mapping(event.get("message"))
        # What stays of the first message of a thread.
        is_gone = changed.get("subtype") == "tombstone"
        return (_told_by_deletion if is_gone else _told_by_edit)(event, event_id, place, user_hash)
    if kind == "message" and subtype == _DELETED:
        return _told_by_deletion(event, event_id, place, user_hash)
    surface = _surface_of(event, place.bot_user_id)
    if surface is None or event.get("edited") or not is_by_a_person(event, is_addressed=surface != "plain"):
        return None
    return _told(event, event, surface, event_id, place, user_hash)


def _surface_of(event: Mapping[str, Any], bot_user_id: str | None) -> Surface | None:
    """Where a message asks; None where it does not, or where it comes as a mention, too.

    Args:
        event: A message, not an edit or a deletion.
        bot_user_id: The bot; None where it is not known yet, and any mention may be its own.
    """
    if event.get("type") == "app_mention":
        return "channel"
    if event.get("type") != "message":
        return None
    channel_type = event.get("channel_type")
    if channel_type == "im":
        return "dm"
    if channel_type == _GROUP_DM and mentions(event, bot_user_id):
        # There it does not come as a mention, too.
        return "channel"
    # With a mention of the bot it comes as a mention, too; with one of somebody else, it is none of the bot's business.
    return "plain" if channel_type in _CHANNELS and not mentions(event, None) else None


def _told(
    event: Mapping[str, Any],
    message: Mapping[str, Any],
    surface: Surface,
    event_id: str,
    place: Place,
    user_hash: UserHash,
    revision: str | None = None,
) -> Told | None:
    channel, ts, user = _id(event.get("channel")), _id(message.get("ts")), _id(message.get("user"))
    if channel is None or ts is None or user is None:
        return None
    is_direct = event.get("type") == "message" and event.get("channel_type") == "im"
    words = None if surface == "deletion" else storable_text(words_of(message))
    thread_ts = _thread_of(message.get("thread_ts"), ts, is_direct)
    question = _question(place, user_hash, surface, channel, user, message_ts=ts, thread_ts=thread_ts, text=words)
    question = replace(question, revision=revision)
    as_first_sent = [message_key(channel, ts), first_words_key(channel, ts)]
    its_keys = [key("revision", channel, ts, revision)] if revision else as_first_sent
    return Told(question, [key("event", event_id or ts), *its_keys])


def _told_by_edit(event: Mapping[str, Any], event_id: str, place: Place, user_hash: UserHash) -> Told | None:
    message, before = _mapping(event.get("message")), _mapping(event.get("previous_message"))
    revision, has_mention = _id(event.get("ts")), mentions(message, place.bot_user_id or "")
    adds_mention = bool(before) and has_mention and not mentions(before, place.bot_user_id or "")
    # Slack also tells so of a preview that it added to a link.
    same_words = words(words_of(message)) == words(words_of(before)) and not adds_mention
    if same_words or revision is None or not is_by_a_person(message, is_addressed=True):
        return None
    surface: Surface = "dm" if event.get("channel_type") == "im" else "plain"
    if surface == "plain" and has_mention:
        surface = "channel"
    can_ask = surface != "plain" or (is_by_a_person(message, is_addressed=False) and not mentions(message, None))
    told = _told(event, message, surface, event_id, place, user_hash, revision)
    return told and replace(told, adds_mention=adds_mention and surface == "channel", can_ask=can_ask)


def _told_by_deletion(event: Mapping[str, Any], event_id: str, place: Place, user_hash: UserHash) -> Told | None:
    message, revision = _mapping(event.get("previous_message")), _id(event.get("ts"))
    if revision is None or not is_by_a_person(message, is_addressed=True):
        return None
    return _told(event, message, "deletion", event_id, place, user_hash, revision)


def _told_by_joining(event: Mapping[str, Any], event_id: str, place: Place, user_hash: UserHash) -> Told | None:
    channel, ts = _id(event.get("channel")), _id(event.get("event_ts"))
    if channel is None or ts is None or event.get("user") != place.bot_user_id:
        return None
    inviter = _id(event.get("inviter")) or ""
    question = replace(_question(place, user_hash, "joining", channel, inviter, message_ts=ts), user_id=None)
    return Told(question, [key("event", event_id), key("joining", channel, ts)])


def _told_by_button(body: Mapping[str, Any], place: Place, user_hash: UserHash) -> Told | None:
    action, container = _first_action(body), Container.of(body)
    action_id, value = str(action.get("action_id", "")), str(action.get("value", ""))
    channel, ts = _id(container.channel_id), _id(container.message_ts)
    user = _id(_mapping(body.get("user")).get("id"))
    if action_id.partition(":")[0] not in _ASKING_BUTTONS or channel is None or ts is None or user is None:
        return None
    thread_ts = _thread_of(container.thread_ts, ts, channel.startswith("D"))
    question = replace(
        _question(place, user_hash, "button", channel, user, message_ts=ts, thread_ts=thread_ts),
        button={
            "action_id": storable_text(action_id),
            "value": storable_text(value),
            "is_ephemeral": container.is_ephemeral,
            **({"by": _name_of(_mapping(body.get("user")))} if action_id in (SHARE, ASK_PERSON) else {}),
        },
        response_url=_response_url_of(body),
    )
    # What is switched on may be switched off and on again.
    trigger_id = body.get("trigger_id") if action_id == LISTEN else None
    return Told(question, [key("trigger", str(trigger_id)) if trigger_id else button_key(question)])


def _told_by_shortcut(body: Mapping[str, Any], place: Place, user_hash: UserHash) -> Told | None:
    """The message of anybody but us, of which somebody wants an answer: it is the question, and they are the asker."""
    message = _mapping(body.get("message"))
    channel, ts = _id(_mapping(body.get("channel")).get("id")), _id(message.get("ts"))
    user = _id(_mapping(body.get("user")).get("id"))
    if channel is None or ts is None or user is None or message.get("user") == place.bot_user_id:
        return None
    thread_ts = _thread_of(message.get("thread_ts"), ts, channel.startswith("D"))
    words = storable_text(words_of(message))
    question = _question(place, user_hash, "shortcut", channel, user, message_ts=ts, thread_ts=thread_ts, text=words)
    question = replace(question, response_url=_response_url_of(body))
    # As if the bot had been mentioned in it: a message that has its reply gets no second one.
    return Told(question, [message_key(channel, ts)])


def _name_of(user: Mapping[str, Any]) -> str:
    """What a person is called, for those who read it; erased with what the button asks for."""
    return storable_text(user.get("name") or user.get("username") or "Somebody")[:_LONGEST_NAME]


def command_question(command: Mapping[str, Any], place: Place, user_hash: UserHash) -> Question:
    """A slash command as a question, without its words: it has its answer by the time that it is recorded."""
    channel, user = _id(command.get("channel_id")) or "", _id(command.get("user_id"))
    return _question(place, user_hash, "command", channel, user)


def home_question(body: Mapping[str, Any], place: Place, user_hash: UserHash) -> Question:
    """A search in the Home tab as a question, without its words: as of `command_question`."""
    return _question(place, user_hash, "home", "", _id(_mapping(body.get("user")).get("id")))


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
    hashed = user_hash(place.team_id, user_id or "")
    return Question(
        id=str(uuid.uuid4()),
        team_id=place.team_id,
        enterprise_id=place.enterprise_id,
        surface=surface,
        channel_id=channel_id,
        message_ts=message_ts,
        thread_ts=thread_ts,
        user_hash=hashed,
        text=text,
        user_id=user_id,
    )


def _response_url_of(body: Mapping[str, Any]) -> str | None:
    response_url = body.get("response_url")
    return storable_text(response_url) if response_url else None


def _thread_of(given: object, ts: str, is_direct: bool) -> str | None:
    """The thread that a reply belongs in; under a message of its own in a channel, a thread begins."""
    thread_ts = _id(given) or ts
    return None if is_direct and thread_ts == ts else thread_ts


def _first_action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = body.get("actions")
    return _mapping(actions[0]) if isinstance(actions, list) and actions else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> str | None:
    """An id or ts of Slack's; None for anything else, which no column would take."""
    is_one = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    return str(value) if is_one else None
