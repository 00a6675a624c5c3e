"""What a person looks at: a window or the Home tab. Where Slack shows neither, a message in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messages.home import plain_home_view
from bot.slack.messages.layout import Block, Reply
from bot.slack.messages.notices import HOME_NOT_SHOWN
from bot.slack.sending import Person, is_about_content, notify_privately, with_one_retry
from bot.slack.web_api import CALL_ERRORS, failure_of

log = structlog.get_logger()


async def open_window(client: AsyncWebClient, interaction: Mapping[str, Any], view: Block, otherwise: Reply) -> None:
    """Open a modal, in the place of the one that was clicked in; where Slack does not, tell whoever clicked instead.

    Args:
        client: Of their workspace.
        interaction: What they did.
        view: The modal.
        otherwise: What they are told where there is none.
    """
    before = interaction.get("view") or {}
    call: Callable[[], Awaitable[object]]
    if before.get("type") == "modal":
        call = partial(client.views_update, view_id=before.get("id", ""), view=view)
    else:
        call = partial(client.views_open, trigger_id=interaction.get("trigger_id") or "", view=view)
    try:
        await with_one_retry(call)
    except CALL_ERRORS as error:
        code = failure_of(error).code
        if code == "exchanged_trigger_id":
            # It had been opened when Slack said that something was wrong.
            return
        log.error("view_not_opened", code=code)
        await notify_privately(client, Person.of(interaction), otherwise)


async def publish_home(client: AsyncWebClient, user_id: str, view: Block, *, has_one: bool) -> None:
    """Show a person their Home tab; without blocks where Slack refuses them, as a message where it shows none.

    Args:
        client: Of their workspace.
        user_id: Whose.
        view: The tab.
        has_one: An earlier one is there, which stays where Slack does not take this one.
    """
    try:
        try:
            await with_one_retry(partial(client.views_publish, user_id=user_id, view=view))
        except SlackApiError as error:
            if not is_about_content(error):
                raise
            log.error("home_refused", code=failure_of(error).code)
            await with_one_retry(partial(client.views_publish, user_id=user_id, view=plain_home_view()))
    except CALL_ERRORS as error:
        log.error("home_not_published", code=failure_of(error).code)
        if not has_one:
            await notify_privately(client, Person(user_id), Reply(HOME_NOT_SHOWN, []))
