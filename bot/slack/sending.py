"""One way out to Slack, so that every message has the same manners, the same fallback, and is found again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.install.clients import DEAD_TOKEN, UnreadableAnswer, error_in, is_success
from bot.slack.messages.answers import Reply
from bot.slack.messages.layout import SAFE_TEXT_LIMIT, shortened
from bot.slack.payloads.containers import Container, visible_thread
from bot.store import Posted, Question

log = structlog.get_logger()

# An answer's source link must not unfold a preview under every reply.
_NO_UNFURL: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
_REPLY_EVENT = "peo_aso_reply"
# Messages that one look for a reply reads at a time.
_LOOK_AT = 200
# Errors that pass by themselves; with any of them Slack may have done what it was asked.
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_TOO_FAST_SECONDS = 1.0
# Before a second try, in seconds; whoever has clicked looks for something to happen.
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 2.0
# Errors about place, permission or timing. Any other error is assumed to be about content, since Slack has dozens of
# those and keeps adding more; sending the text alone may help.
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
# What was to be deleted is not there any more.
_GONE = frozenset({"message_not_found", "thread_not_found"})

# Slack's error code for too many calls.
RATE_LIMITED = "ratelimited"

# Whatever a call may fail with.
TROUBLES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)

Sent = TypeVar("Sent")


async def post(client: AsyncWebClient, question: Question, reply: Reply) -> str:
    """Post a reply where it belongs, marked with the id of its question; its ts."""
    mark = {"event_type": _REPLY_EVENT, "event_payload": {"question_id": question.id}}

    async def send(content: dict[str, Any]) -> str:
        posted = await client.chat_postMessage(
            channel=question.channel_id, thread_ts=question.thread_ts, **content, **_NO_UNFURL
        )
        return str(posted["ts"])

    return await _in_blocks_or_words(send, reply, mark)


async def update(client: AsyncWebClient, question: Question, reply: Reply, ts: str) -> str:
    """Turn a message of ours into a reply; its ts."""

    async def send(content: dict[str, Any]) -> str:
        await client.chat_update(channel=question.channel_id, ts=ts, **content)
        return ts

    return await _in_blocks_or_words(send, reply)


async def withdraw(client: AsyncWebClient, question: Question, reply_ts: str) -> bool:
    """Delete the reply to a question that is gone, unless somebody has said something after it; whether it is gone."""
    try:
        if await _is_replied_to(client, question, reply_ts):
            return False
        await client.chat_delete(channel=question.channel_id, ts=reply_ts)
    except SlackApiError as error:
        # Somebody was faster, or the thread went with its first message.
        if trouble_of(error).code not in _GONE:
            raise
    return True


async def _is_replied_to(client: AsyncWebClient, question: Question, reply_ts: str) -> bool:
    # Outside threads, in direct messages, a thread may hang on the reply itself.
    thread_ts = question.thread_ts or reply_ts
    page = await client.conversations_replies(
        channel=question.channel_id, ts=thread_ts, oldest=reply_ts, limit=_LOOK_AT, include_all_metadata=True
    )
    messages: list[Mapping[str, Any]] = page["messages"]
    return any(message["ts"] > reply_ts and _question_id_of(message) is None for message in messages)


async def respond(client: AsyncWebClient, question: Question, reply: Reply, *, replace_original: bool) -> None:
    """Show a reply to the one who pressed the button, and to nobody else.

    Raises:
        SlackApiError: As the Web API would, which a response_url does not by itself.
        UnreadableAnswer: Likewise.
    """
    assert question.response_url is not None
    how: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replace_original}
    await _send_to_url(client, question.response_url, reply, how)


async def _send_to_url(client: AsyncWebClient, url: str, reply: Reply, how: dict[str, Any]) -> None:
    webhook = AsyncWebhookClient(url, session=client.session, retry_handlers=[])

    async def send(content: dict[str, Any]) -> None:
        answer = await webhook.send_dict({**content, **how})
        said = _said_by(answer)
        if answer.status_code == 429 or error_in(said):
            raise SlackApiError("The response_url refused.", answer)  # type: ignore[no-untyped-call]
        if answer.status_code != 200 or not is_success(said):
            raise UnreadableAnswer(answer.status_code, answer.headers)

    await _in_blocks_or_words(send, reply)


async def permalink(client: AsyncWebClient, channel_id: str, message_ts: str) -> str | None:
    """The address of a message; None where it is gone, or where Slack does not say.

    Raises:
        SlackApiError: It may say so later.
    """
    try:
        return str((await client.chat_getPermalink(channel=channel_id, message_ts=message_ts))["permalink"])
    except SlackApiError as error:
        if trouble_of(error).passes:
            raise
        return None


async def delete_copies(client: AsyncWebClient, question: Question, posted: Posted) -> int:
    """Delete duplicates of the reply to a question; how many there were.

    Args:
        client: Of the workspace.
        question: Duplicates are in its thread, or in the channel of the reply.
        posted: The reply to keep.
    """
    places = [question, replace(question, channel_id=posted.channel_id, thread_ts=None)]
    deleted = 0
    for place in places:
        try:
            found = await find_replies(client, place)
        except SlackApiError as error:
            if trouble_of(error).code not in _GONE:
                raise
            # The thread was deleted, or the button was in an ephemeral message, which has no thread.
            continue
        # A reply in two parts has a message in each place.
        kept = posted.ts if posted.ts in found else found[0] if found else None
        for ts in found:
            deleted += ts != kept and await _delete(client, place.channel_id, ts)
        if kept == posted.ts:
            break
    return deleted


async def _delete(client: AsyncWebClient, channel_id: str, ts: str) -> bool:
    """Delete one of the bot's messages; False if it was gone already."""
    try:
        await client.chat_delete(channel=channel_id, ts=ts)
    except SlackApiError as error:
        if trouble_of(error).code not in _GONE:
            raise
        return False
    return True


async def find_replies(client: AsyncWebClient, question: Question) -> list[str]:
    """Search the conversation for replies to a question; their ts, oldest first."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        # Only what is younger than the question can be its reply.
        since: dict[str, Any] = {"oldest": question.message_ts or "0", "limit": _LOOK_AT, "include_all_metadata": True}
        if question.thread_ts is not None:
            page = await client.conversations_replies(
                channel=question.channel_id, ts=question.thread_ts, cursor=cursor, **since
            )
        else:
            page = await client.conversations_history(channel=question.channel_id, cursor=cursor, **since)
        messages: list[Mapping[str, Any]] = page["messages"]
        found += [str(message["ts"]) for message in messages if _question_id_of(message) == question.id]
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return sorted(set(found))


def _question_id_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("question_id") if metadata.get("event_type") == _REPLY_EVENT else None


@dataclass(frozen=True)
class Person:
    """Somebody to whom something is said that nobody else sees.

    Attributes:
        user_id: ``U...``.
        channel_id: Where they are looking; None in a view.
        thread_ts: The thread there, where somebody has replied in it: see `visible_thread`.
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


async def tell(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    """Say something to one person alone, by the first way that Slack lets us: beside what they pressed, in the channel,
    directly. Whether they see it, as far as can be known.
    """
    for way in (_tell_by_url, _tell_in_channel, _tell_directly):
        call = partial(way, client, person, reply)
        # What only they see, and not for long, may better come twice than not at all; a direct message stays.
        lasts = way is _tell_directly
        try:
            if await (call() if lasts else twice(call)):
                return True
        except TROUBLES as error:
            trouble = trouble_of(error)
            log.warning("not_told", way=way.__name__.strip("_"), code=trouble.code)
            if lasts and trouble.may_be_sent:
                return True
    return False


async def twice(call: Callable[[], Awaitable[Sent]]) -> Sent:
    """Do what does no harm when it is done twice, and once more where it fails with something that soon passes.

    Raises:
        SlackApiError: It did not work, as does any other error of the connection.
    """
    try:
        return await call()
    except TROUBLES as error:
        trouble = trouble_of(error)
        pause = trouble.after_seconds or _PAUSE_SECONDS
        if not trouble.passes or trouble.code in DEAD_TOKEN or pause > _LONGEST_PAUSE_SECONDS:
            raise
    await asyncio.sleep(pause)
    return await call()


async def _tell_by_url(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    if person.response_url is None:
        return False
    body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False}
    await _send_to_url(client, person.response_url, reply, body | _in_thread(person.thread_ts))
    return True


async def _tell_in_channel(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    if person.channel_id is None:
        return False

    async def send(content: dict[str, Any]) -> None:
        where = {"channel": person.channel_id, "user": person.user_id} | _in_thread(person.thread_ts)
        await client.chat_postEphemeral(**where, **content)

    await _in_blocks_or_words(send, reply)
    return True


async def _tell_directly(client: AsyncWebClient, person: Person, reply: Reply) -> bool:
    async def send(content: dict[str, Any]) -> None:
        # The id of a person stands for the direct messages with them.
        await client.chat_postMessage(channel=person.user_id, **content, **_NO_UNFURL)

    await _in_blocks_or_words(send, reply)
    return True


def _in_thread(thread_ts: str | None) -> dict[str, Any]:
    return {"thread_ts": thread_ts} if thread_ts else {}


async def _in_blocks_or_words(
    send: Callable[[dict[str, Any]], Awaitable[Sent]], reply: Reply, mark: Mapping[str, Any] | None = None
) -> Sent:
    """Send a reply; if Slack rejects the content, send the text alone, which says the same.

    Args:
        send: Called with the content, at most twice.
        reply: To send.
        mark: Message metadata. The text alone carries it too, unless Slack's error is about metadata.
    """
    metadata = {"metadata": mark} if mark else {}
    try:
        return await send({"text": reply.text, "blocks": reply.blocks, **metadata})
    except SlackApiError as error:
        if not is_about_content(error):
            raise
        code = trouble_of(error).code
        log.error("blocks_refused", code=code, detail=_details_of(error.response))
    return await send({"text": shortened(reply.text, SAFE_TEXT_LIMIT), **({} if "metadata" in code else metadata)})


def is_about_content(error: SlackApiError) -> bool:
    """Whether Slack rejects the content rather than the place. Unknown errors count as about content."""
    trouble = trouble_of(error)
    return not (trouble.passes or trouble.code in _NOT_ABOUT_CONTENT or trouble.code.startswith(_RESTRICTED))


@dataclass(frozen=True)
class Trouble:
    """What a failed call means.

    Attributes:
        code: Slack's error, or the kind of failure.
        passes: Whether the same call may work later.
        may_be_sent: Whether Slack may have done what it was asked all the same.
        after_seconds: How long Slack asks us to wait; None where it does not say.
    """

    code: str
    passes: bool
    may_be_sent: bool
    after_seconds: float | None = None


def trouble_of(error: Exception) -> Trouble:
    """What a failed call means. Only Slack's own error is a refusal; after anything else it may have been carried out.

    Args:
        error: Of slack_sdk, or of the connection.
    """
    if isinstance(error, UnreadableAnswer):
        return _rate_limit(error.headers) if error.status == 429 else Trouble(f"status {error.status}", True, True)
    if not isinstance(error, SlackApiError):
        return Trouble(type(error).__name__, True, not isinstance(error, aiohttp.ClientConnectorError))
    response = error.response
    code = _code_of(response) or f"status {response.status_code}"
    if response.status_code == 429 or code in (RATE_LIMITED, "rate_limited"):
        return _rate_limit(response.headers)
    if code in DEAD_TOKEN:
        # The workspace has installed the bot anew, and this replica does not know it yet; or has left.
        return Trouble(code, passes=True, may_be_sent=False)
    passes = response.status_code >= 500 or code in _PASSING
    return Trouble(code, passes, passes)


def _rate_limit(headers: Mapping[str, str]) -> Trouble:
    after = str(headers.get("Retry-After"))
    return Trouble(RATE_LIMITED, True, False, float(after) if after.isdecimal() else _TOO_FAST_SECONDS)


def _details_of(response: Any) -> object:
    """Which block Slack finds wrong; None where it does not say."""
    data = getattr(response, "data", None)
    return data.get("response_metadata") if isinstance(data, dict) else None


def _code_of(response: Any) -> str | None:
    """Slack's error; None where the response has none."""
    return error_in(_said_by(response) if isinstance(response, WebhookResponse) else response.data)


def _said_by(response: WebhookResponse) -> object:
    """The body of a response_url's response as JSON. Slack also sends a bare ``ok``, a bare error code, or nothing."""
    try:
        return json.loads(response.body)
    except ValueError:
        word = response.body.strip()
    if word in ("", "ok"):
        return {"ok": True}
    return {"ok": False, "error": word} if word.isidentifier() else None
