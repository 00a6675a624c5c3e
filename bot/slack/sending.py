"""One way out to Slack, so that every message has the same manners and the same fallback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookResponse

from bot.slack.blocks import Reply

log = structlog.get_logger()

# An answer's source link must not unfold a preview under every reply.
NO_UNFURL = {"unfurl_links": False, "unfurl_media": False}


async def send(call: Callable[..., Awaitable[Any]], reply: Reply, **where: Any) -> None:
    """Call a Web API method with a reply; where Slack refuses its blocks, send the text, which says the same.

    Args:
        call: ``respond``, ``client.chat_postMessage`` or ``client.chat_update``.
        reply: What to send.
        where: Channel, thread and the like, as the method takes them.
    """
    try:
        answer = await call(text=reply.text, blocks=reply.blocks, **where)
    except SlackApiError as error:
        if error.response.get("error") != "invalid_blocks":
            raise
        log.error("blocks_refused", detail=error.response.get("response_metadata"))
        await call(text=reply.text, **where)
        return
    # A response_url raises nothing: it says so in its status, or in the body alone.
    if isinstance(answer, WebhookResponse) and (answer.status_code >= 400 or "error" in answer.body):
        log.error("response_refused", status=answer.status_code, is_about_blocks="invalid_blocks" in answer.body)
        if "invalid_blocks" in answer.body:
            await call(text=reply.text, **where)
