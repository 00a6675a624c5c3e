"""The channel that questions are passed on to, in each workspace that has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.slack import help_channel_fault
from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.install.clients import Clients
from bot.slack.install.tokens import help_channels_of_many, is_for_many
from bot.store import Store

log = structlog.get_logger()

# By the id of a workspace; None where nobody is to be asked there.
HelpChannel: TypeAlias = Callable[[str], str | None]


async def help_channel(settings: Settings, store: Store, client: AsyncWebClient, clients: Clients) -> HelpChannel:
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
