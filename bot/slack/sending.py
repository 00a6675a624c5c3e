"""Sending to Slack. If Slack rejects the blocks of a message, its text is sent alone; replies can be found again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.conversation.contents import Content
from bot.conversation.messenger import MessengerError
from bot.slack.messages.layout import SAFE_TEXT_LIMIT, Reply, shortened
from bot.slack.messages.render import render
from bot.slack.payloads.containers import Container, visible_thread
from bot.slack.web_api import CALL_ERRORS, UnreadableAnswer, body_of, error_in, failure_of, is_success
from bot.store import Posted, Question

log = structlog.get_logger()

# The link to an answer's source must not unfurl a preview under every reply.
_NO_UNFURL: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
# The message metadata by which a reply is found: https://docs.slack.dev/messaging/message-metadata
_REPLY_EVENT = "peo_aso_reply"
# Messages per page when searching for a reply.
_PAGE_SIZE = 200
# Seconds before a second attempt. A person who has clicked is waiting for something to happen.
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 2.0
# Errors about place, permission or timing. Any other error is assumed to be about content, since Slack has dozens of
# those and keeps adding more; sending only the text may help.
_NOT_ABOUT_CONTENT = frozenset(
    {
        "access_denied",
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "cant_delete_message",
        "cant_update_message",
        "channel_not_found",
        "channel_type_not_supported",
        "edit_window_closed",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "exchanged_trigger_id",
        "expired_trigger_id",
        "expired_url",
        "hash_conflict",
        "invalid_trigger_id",
        "is_archived",
        "is_inactive",
        "message_limit_exceeded",
        "message_not_found",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_enabled",
        "not_found",
        "not_in_channel",
        "org_login_required",
        "push_limit_reached",
        "team_access_not_granted",
        "team_not_found",
        "thread_not_found",
        "token_expired",
        "two_factor_setup_required",
        "used_url",
        "user_not_found",
        "user_not_in_channel",
    }
)
_RESTRICTED = "restricted_action"
# What was to be deleted is already gone.
_GONE = frozenset({"message_not_found", "thread_not_found"})

Sent = TypeVar("Sent")


class SlackMessenger:
    """A `Messenger` for one workspace.

    Args:
        client: Has the token of the workspace. It must not retry or sleep by itself.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(self, question: Question, content: Content) -> str:
        """See `Messenger`."""
        metadata = {"event_type": _REPLY_EVENT, "event_payload": {"question_id": question.id}}

        async def send(message: dict[str, Any]) -> str:
            posted = await self._client.chat_postMessage(
                channel=question.channel_id, thread_ts=question.thread_ts, **message, **_NO_UNFURL
            )
            return str(posted["ts"])

        with _as_messenger_error():
            return await _with_fallback(send, render(content), metadata)

    async def update(self, question: Question, content: Content, message_ts: str) -> None:
        """See `Messenger`."""

        async def send(message: dict[str, Any]) -> None:
            await self._client.chat_update(channel=question.channel_id, ts=message_ts, **message)

        with _as_messenger_error():
            await _with_fallback(send, render(content))

    async def respond(self, question: Question, content: Content, *, replaces: bool) -> None:
        """See `Messenger`."""
        assert question.response_url is not None
        options: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replaces}
        with _as_messenger_error():
            await _send_to_url(self._client, question.response_url, render(content), options)

    async def withdraw(self, question: Question, reply_ts: str) -> bool:
        """See `Messenger`."""
        with _as_messenger_error():
            try:
                if await self._has_replies(question, reply_ts):
                    return False
                await self._client.chat_delete(channel=question.channel_id, ts=reply_ts)
            except SlackApiError as error:
                # Somebody was faster, or the thread was deleted with its first message.
                if failure_of(error).code not in _GONE:
                    raise
            return True

    async def _has_replies(self, question: Question, reply_ts: str) -> bool:
        # Outside threads, in direct messages, a thread may begin at the reply itself.
        thread_ts = question.thread_ts or reply_ts
        page = await self._client.conversations_replies(
            channel=question.channel_id, ts=thread_ts, oldest=reply_ts, limit=_PAGE_SIZE, include_all_metadata=True
        )
        messages: list[Mapping[str, Any]] = page["messages"]
        return any(message["ts"] > reply_ts and _question_id_of(message) is None for message in messages)

    async def find(self, question: Question) -> list[str]:
        """See `Messenger`."""
        with _as_messenger_error():
            return await self._find(question)

    async def _find(self, question: Question) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            # Only what is younger than the question can be its reply.
            since: dict[str, Any] = {"oldest": question.message_ts or "0", "limit": _PAGE_SIZE}
            where: dict[str, Any] = {"channel": question.channel_id, "cursor": cursor, "include_all_metadata": True}
            if question.thread_ts is not None:
                page = await self._client.conversations_replies(ts=question.thread_ts, **where, **since)
            else:
                page = await self._client.conversations_history(**where, **since)
            messages: list[Mapping[str, Any]] = page["messages"]
            found += [str(message["ts"]) for message in messages if _question_id_of(message) == question.id]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return sorted(set(found))

    async def delete_duplicates(self, question: Question, posted: Posted) -> int:
        """See `Messenger`. Duplicates are in the thread of the question, or in the channel of the reply."""
        deleted = 0
        for place in (question, replace(question, channel_id=posted.channel_id, thread_ts=None)):
            with _as_messenger_error():
                found = await self._found_in(place)
                # A reply in two parts has a message in each place.
                kept = posted.ts if posted.ts in found else next(iter(found), None)
                for ts in found:
                    deleted += ts != kept and await self._delete(place.channel_id, ts)
            if kept == posted.ts:
                break
        return deleted

    async def _found_in(self, place: Question) -> list[str]:
        try:
            return await self._find(place)
        except SlackApiError as error:
            if failure_of(error).code not in _GONE:
                raise
            # The thread was deleted, or the button was in an ephemeral message, which has no thread.
            return []

    async def _delete(self, channel_id: str, ts: str) -> bool:
        """Delete a message of the bot; False if it was gone already."""
        try:
            await self._client.chat_delete(channel=channel_id, ts=ts)
        except SlackApiError as error:
            if failure_of(error).code not in _GONE:
                raise
            return False
        return True

    async def permalink(self, question: Question, message_ts: str) -> str | None:
        """See `Messenger`."""
        try:
            answer = await self._client.chat_getPermalink(channel=question.channel_id, message_ts=message_ts)
        except CALL_ERRORS as error:
            failure = failure_of(error)
            if failure.is_temporary:
                raise MessengerError(failure) from error
            return None
        return str(answer["permalink"])

    async def notify_privately(self, question: Question, content: Content) -> bool:
        """See `Messenger`."""
        assert question.user_id is not None
        thread_ts = None if question.is_ephemeral else visible_thread(question.thread_ts, question.message_ts)
        person = Person(question.user_id, question.channel_id, thread_ts, question.response_url)
        return await notify_privately(self._client, person, render(content))


@contextmanager
def _as_messenger_error() -> Iterator[None]:
    try:
        yield
    except CALL_ERRORS as error:
        raise MessengerError(failure_of(error)) from error


def _question_id_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("question_id") if metadata.get("event_type") == _REPLY_EVENT else None


@dataclass(frozen=True)
class Person:
    """Somebody who gets a message that nobody else sees.

    Attributes:
        user_id: ``U...``.
        channel_id: Where they are looking; None in a view.
        thread_ts: The thread there, if somebody has replied in it: see `visible_thread`.
        response_url: Of what they pressed.
    """

    user_id: str
    channel_id: str | None = None
    thread_ts: str | None = None
    response_url: str | None = None

    @classmethod
    def of(cls, interaction: Mapping[str, Any]) -> Person:
        """Who pressed something: https://docs.slack.dev/reference/interaction-payloads"""
        container = Container.of(interaction)
        thread_ts = None if container.is_ephemeral else visible_thread(container.thread_ts, container.message_ts)
        return cls(interaction["user"]["id"], container.channel_id, thread_ts, interaction.get("response_url"))


async def notify_privately(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    """Tell one person something by the first way that Slack allows: beside what they pressed, in the channel, directly.

    Returns:
        Whether they see it, as far as can be known.
    """
    for way in (_by_response_url, _in_channel, _directly):
        call = partial(way, client, person, reply)
        # An ephemeral message may better come twice than not at all; a direct message stays.
        lasts = way is _directly
        try:
            if await (call() if lasts else with_one_retry(call)):
                return True
        except CALL_ERRORS as error:
            failure = failure_of(error)
            log.warning("not_notified", way=way.__name__.strip("_"), code=failure.code)
            if lasts and failure.may_be_sent:
                return True
    return False


async def with_one_retry(call: Callable[[], Awaitable[Sent]]) -> Sent:
    """Make a call that does no harm when it is made twice, and once more after an error that soon passes.

    Raises:
        SlackApiError: It did not work; or any other of `CALL_ERRORS`.
    """
    try:
        return await call()
    except CALL_ERRORS as error:
        failure = failure_of(error)
        pause = failure.retry_after_seconds or _PAUSE_SECONDS
        if not failure.is_temporary or failure.is_revoked or pause > _LONGEST_PAUSE_SECONDS:
            raise
    await asyncio.sleep(pause)
    return await call()


async def _by_response_url(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    if person.response_url is None:
        return False
    options: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False}
    await _send_to_url(client, person.response_url, reply, options | _in_thread(person.thread_ts))
    return True


async def _in_channel(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    if person.channel_id is None:
        return False

    async def send(message: dict[str, Any]) -> None:
        where = {"channel": person.channel_id, "user": person.user_id} | _in_thread(person.thread_ts)
        await client.chat_postEphemeral(**where, **message)

    await _with_fallback(send, reply)
    return True


async def _directly(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    async def send(message: dict[str, Any]) -> None:
        # The id of a person stands for the direct messages with them.
        await client.chat_postMessage(channel=person.user_id, **message, **_NO_UNFURL)

    await _with_fallback(send, reply)
    return True


def _in_thread(thread_ts: str | None) -> dict[str, Any]:
    return {"thread_ts": thread_ts} if thread_ts else {}


async def _send_to_url(client: AsyncWebClient, url: str, reply: Reply, options: dict[str, Any]) -> None:
    """Send a reply to a response_url.

    Raises:
        SlackApiError: As the Web API would, which a response_url does not do by itself.
        UnreadableAnswer: Likewise.
    """
    webhook = AsyncWebhookClient(url, session=client.session, retry_handlers=[])

    async def send(message: dict[str, Any]) -> None:
        response = await webhook.send_dict({**message, **options})
        body = body_of(response)
        if response.status_code == 429 or error_in(body):
            raise SlackApiError("The response_url refused.", response)  # type: ignore[no-untyped-call]
        if response.status_code != 200 or not is_success(body):
            raise UnreadableAnswer(response.status_code, response.headers)

    await _with_fallback(send, reply)


async def _with_fallback(
    send: Callable[[dict[str, Any]], Awaitable[Sent]], reply: Reply, metadata: Mapping[str, Any] | None = None
) -> Sent:
    """Send a reply; if Slack rejects the content, send only the text, which says the same.

    Args:
        send: Called with the content, at most twice.
        reply: To send.
        metadata: Of the message. Sent with the text alone too, unless Slack's error is about metadata.
    """
    with_metadata = {"metadata": metadata} if metadata else {}
    try:
        return await send({"text": reply.text, "blocks": reply.blocks, **with_metadata})
    except SlackApiError as error:
        if not is_about_content(error):
            raise
        code = failure_of(error).code
        log.error("blocks_refused", code=code, detail=_details_of(error.response))
    text = shortened(reply.text, SAFE_TEXT_LIMIT)
    return await send({"text": text, **({} if "metadata" in code else with_metadata)})


def is_about_content(error: SlackApiError) -> bool:
    """Whether Slack rejects the content rather than the place. Unknown errors count as about content."""
    failure = failure_of(error)
    is_about_place = failure.code in _NOT_ABOUT_CONTENT or failure.code.startswith(_RESTRICTED)
    return not (failure.is_temporary or is_about_place)


def _details_of(response: Any) -> object:
    """Which block Slack rejects; None if it does not say."""
    data = getattr(response, "data", None)
    return data.get("response_metadata") if isinstance(data, dict) else None
