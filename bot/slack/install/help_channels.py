"""The channel that questions are passed on to, in each workspace that has one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation.replies import HelpChannel
from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.install.clients import Clients
from bot.slack.install.tokens import help_channels_of_many, is_for_many
from bot.slack.web_api import START_SECONDS, UNANSWERED, reason_of, remedy_of
from bot.store import Store

log = structlog.get_logger()

# As shown at the foot of a channel's details. G: private channels made before 2021.
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")


async def help_channels(settings: Settings, store: Store, client: AsyncWebClient, clients: Clients) -> HelpChannel:
    """Where questions of each workspace are passed on to, as far as something can be posted there.

    Args:
        settings: Say which channels.
        store: Knows which organization a workspace belongs to.
        client: With the token of the one workspace.
        clients: Of many workspaces.

    Raises:
        SettingsError: Nothing can be posted in the channel of the one workspace. Among many, one that has closed its
            channel must not keep the bot from the others: it is logged, and nobody is offered there.
    """
    if is_for_many(settings):
        return (await _usable(help_channels_of_many(settings.help_channel), store, clients)).get
    channel_id = settings.help_channel
    fault = await help_channel_fault(client, channel_id) if channel_id else None
    if fault:
        raise SettingsError(fault)
    return lambda team_id: channel_id


async def _usable(channels: Mapping[str, str], store: Store, clients: Clients) -> dict[str, str]:
    usable = {}
    organizations = await store.workspaces() if channels else {}
    for team_id, channel_id in channels.items():
        client = await clients.for_team(team_id, organizations.get(team_id))
        if client is None:
            reason: str | None = "The bot is not installed there. Install it, and start the bot again."
        else:
            reason = await help_channel_fault(client, channel_id)
        if reason is None:
            usable[team_id] = channel_id
        else:
            log.error("help_channel_left_out", team=team_id, message=reason)
    return usable


async def help_channel_fault(client: AsyncWebClient, channel_id: str) -> str | None:
    """What is wrong with HELP_CHANNEL, and what to do; None where questions can be posted there."""
    if not _CHANNEL_ID.fullmatch(channel_id):
        return (
            "HELP_CHANNEL is not a channel's id. Set it to the one (C...) at the foot of the channel's details in "
            "Slack, not to a name."
        )
    named = f"HELP_CHANNEL {channel_id}"
    try:
        async with asyncio.timeout(START_SECONDS):
            answer = await client.conversations_info(channel=channel_id)
    except (SlackApiError, *UNANSWERED) as error:
        if reason_of(error) == "channel_not_found":
            return f"{named} is not there, or private without the bot in it. Correct the id, or /invite the bot there."
        return f"{named} cannot be looked at ({reason_of(error)}). {remedy_of(error)}"
    channel = answer["channel"]
    if channel.get("is_archived"):
        return f"{named} is archived, so that nobody can post there. Set another channel."
    if not channel.get("is_member"):
        return f"{named} is a channel that the bot is not in. Type /invite and the bot's name there."
    return None
