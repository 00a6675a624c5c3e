"""One way out to Slack, so that every message has the same manners, the same fallback, and is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.blocks import Reply
from bot.slack.clients import DEAD_TOKEN
from bot.store import Question

log = structlog.get_logger()

# An answer's source link must not unfold a preview under every reply.
_NO_UNFURL: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
_REPLY_EVENT = "peo_aso_reply"
# Messages that one look for a reply reads at a time.
_LOOK_AT = 200
# Errors that pass by themselves; with any of them Slack may have done what it was asked.
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_TOO_FAST_SECONDS = 1.0


async def post(client: AsyncWebClient, question: Question, reply: Reply) -> str:
    """Post a reply where it belongs, marked with the id of its question; its ts."""
    where: dict[str, Any] = {"channel": question.channel_id, "thread_ts": question.thread_ts}
    mark = {"event_type": _REPLY_EVENT, "event_payload": {"question_id": question.id}}
    try:
        posted = await client.chat_postMessage(
            **where, text=reply.text, blocks=reply.blocks, metadata=mark, **_NO_UNFURL
        )
    except SlackApiError as error:
        if not _is_about_blocks(error):
            raise
        posted = await client.chat_postMessage(**where, text=reply.text, metadata=mark, **_NO_UNFURL)
    return str(posted["ts"])


async def update(client: AsyncWebClient, question: Question, reply: Reply) -> str:
    """Turn the message under whose blocks the button stands into a reply; its ts."""
    where: dict[str, Any] = {"channel": question.channel_id, "ts": question.message_ts}
    try:
        await client.chat_update(**where, text=reply.text, blocks=reply.blocks)
    except SlackApiError as error:
        if not _is_about_blocks(error):
            raise
        await client.chat_update(**where, text=reply.text)
    return str(question.message_ts)


async def respond(client: AsyncWebClient, question: Question, reply: Reply, *, replace_original: bool) -> None:
    """Show a reply to the one who pressed the button, and to nobody else.

    Raises:
        SlackApiError: As the Web API would, which a response_url does not by itself.
    """
    assert question.response_url is not None
    webhook = AsyncWebhookClient(question.response_url, session=client.session, retry_handlers=[])
    how: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replace_original}
    answer = await webhook.send(text=reply.text, blocks=reply.blocks, **how)
    # It says what is wrong in its status, or in the body alone.
    if "invalid_blocks" in answer.body:
        log.error("blocks_refused", surface="ephemeral")
        answer = await webhook.send(text=reply.text, **how)
    if answer.status_code >= 400 or "error" in answer.body:
        raise SlackApiError("The response_url refused.", answer)  # type: ignore[no-untyped-call]


def _is_about_blocks(error: SlackApiError) -> bool:
    if trouble_of(error).code != "invalid_blocks":
        return False
    log.error("blocks_refused", detail=error.response.get("response_metadata"))
    return True


async def find_reply(client: AsyncWebClient, question: Question) -> str | None:
    """Look in the conversation for the reply to a question; its ts, or None where it is not there."""
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
        for message in messages:
            if _question_id_of(message) == question.id:
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None


def _question_id_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("question_id") if metadata.get("event_type") == _REPLY_EVENT else None


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
    """What a failed call means.

    Args:
        error: Of slack_sdk, or of the connection.
    """
    if not isinstance(error, SlackApiError):
        return Trouble(type(error).__name__, True, not isinstance(error, aiohttp.ClientConnectorError))
    # A body that is no JSON leaves the SDK with something other than its own response, or with a text in it.
    status: int = getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0)
    data = getattr(error.response, "data", None)
    code = str(data.get("error")) if isinstance(data, dict) and data.get("error") else f"status {status}"
    if status == 429 or code == "ratelimited":
        after = str(getattr(error.response, "headers", {}).get("Retry-After"))
        return Trouble("ratelimited", True, False, float(after) if after.isdigit() else _TOO_FAST_SECONDS)
    if code in DEAD_TOKEN:
        # The workspace has installed the bot anew, and this replica does not know it yet; or has left.
        return Trouble(code, passes=True, may_be_sent=False)
    passes = status >= 500 or code in _PASSING
    return Trouble(code, passes, passes)
