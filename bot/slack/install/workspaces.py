"""Workspaces that come with an organization, and workspaces that leave: what was kept of them is erased.

Slack tells of an uninstallation by ``app_uninstalled`` and by ``tokens_revoked``, in any order and perhaps late; an
organization that takes the bot away from one workspace, by ``team_access_revoked``. All of it is done before the ack,
so that Slack tells again what could not be done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.errors import StoreError
from bot.slack.install.clients import ClientOf, Clients, is_id
from bot.slack.intake import RETRY_AFTER_SECONDS
from bot.slack.middleware import Before
from bot.slack.web_api import failure_of
from bot.store import Store

if TYPE_CHECKING:
    from bot.store.installations import Installation, Installations

log = structlog.get_logger()

# Another replica may have forgotten meanwhile what this one has noted.
_NOTED_SECONDS = 3_600.0
_NOTED_AT_MOST = 10_000


class Workspaces:
    """Takes note of the workspaces that the bot works in, and forgets those that leave.

    Args:
        store: What is kept of them.
        clients: Told when one has left.
        installations: None for the one workspace of a token.
        client_of: Makes the client of a token.
    """

    def __init__(
        self, store: Store, clients: Clients, installations: Installations | None, client_of: ClientOf
    ) -> None:
        self._store = store
        self._clients = clients
        self._installations = installations
        self._client_of = client_of
        self._noted: TTLCache[tuple[str, str], bool] = TTLCache(_NOTED_AT_MOST, _NOTED_SECONDS)

    async def take(self, body: dict[str, Any], context: AsyncBoltContext) -> bool:
        """Look at a request; whether it was about a workspace that leaves, and is done with.

        Raises:
            StoreError: The database cannot be used.
            SlackApiError: Slack does not say whether a token is still good; as does any error of the connection.
        """
        event = body.get("event") if body.get("type") == "event_callback" else None
        kind = event.get("type") if isinstance(event, dict) else None
        if event is None or kind not in ("app_uninstalled", "tokens_revoked", "team_access_revoked"):
            await self._note(body, context)
            return False
        if kind == "team_access_revoked":
            for team_id in event.get("team_ids") or ():
                await self._forget_workspace(team_id)
        elif kind == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            await self._leave(context, float(body.get("event_time") or 0))
        self._clients.forget()
        return True

    async def _note(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        """Find out which workspace of an organization a request is about, and remember that it belongs to it."""
        team_id, enterprise_id = context.team_id, context.enterprise_id
        if not enterprise_id:
            return
        if not team_id:
            # The authorization is the organization's and names no workspace; the event around it does.
            team_id = body.get("context_team_id") or body.get("team_id")
            if not is_id(team_id):
                return
            context["team_id"] = team_id
        if is_id(team_id) and is_id(enterprise_id) and (team_id, enterprise_id) not in self._noted:
            await self._store.note_organization(team_id, enterprise_id)
            self._noted[team_id, enterprise_id] = True

    async def _leave(self, context: AsyncBoltContext, told_at: float) -> None:
        team_id, enterprise_id = context.team_id, context.enterprise_id
        if self._installations is None:
            await self._forget_workspace(team_id or enterprise_id or "")
            return
        if not await self._has_ended(self._installations, team_id, enterprise_id, told_at):
            return
        if team_id:
            await self._forget_workspace(team_id)
        elif enterprise_id:
            await self._forget_organization(self._installations, enterprise_id)

    async def _forget_organization(self, installations: Installations, enterprise_id: str) -> None:
        for team_id in await self._store.workspaces_of(enterprise_id):
            # One that has installed the bot by itself stays.
            if await installations.own(team_id, None) is None:
                await self._forget_workspace(team_id)

    async def _has_ended(
        self, installations: Installations, team_id: str | None, enterprise_id: str | None, told_at: float
    ) -> bool:
        """Whether an installation is at its end, as we have been told, and no more in the store.

        Slack may bring old news: one that is younger than its end stays. Their clocks may differ, so that Slack is
        asked whether the token is good.
        """
        installed = await installations.own(team_id, enterprise_id)
        if installed is None:
            return True
        if int(installed.installed_at) > told_at and not await self._is_dead(installed):
            return False
        await installations.forget(installed)
        return True

    async def _is_dead(self, installed: Installation) -> bool:
        """Whether Slack says that nobody can use the token of an installation any more."""
        try:
            await self._client_of(installed.bot_token).auth_test()
        except SlackApiError as error:
            if failure_of(error).is_revoked:
                return True
            raise
        return False

    async def look_after(self) -> None:
        """Find out who has left while nobody listened, and erase what came in after an erasure; for the daily clean-up.

        Raises:
            StoreError: The database cannot be used.
        """
        if self._installations is None:
            return
        organizations = await self._store.workspaces()
        for ended in [installed async for installed in self._end_dead(self._installations)]:
            if ended.team_id is None:
                await self._forget_organization(self._installations, ended.enterprise_id or "")
            elif await self._installations.find(ended.team_id, organizations.get(ended.team_id)) is None:
                await self._forget_workspace(ended.team_id)
        # Of those who left, and not of all that are not installed: the one workspace of a bot token may be about to
        # install the bot, where that now serves many.
        for team_id in await self._store.departed():
            if await self._installations.find(team_id, organizations.get(team_id)) is None:
                await self._erase(team_id)
            await self._store.forget_departure(team_id)
        self._clients.forget()

    async def _end_dead(self, installations: Installations) -> AsyncIterator[Installation]:
        """Delete the installations whose token nobody can use any more, and give them."""
        for installed in await installations.everyone():
            try:
                if await self._is_dead(installed):
                    await installations.forget(installed)
                    log.info("installation_ended", team=installed.team_id, enterprise=installed.enterprise_id)
                    yield installed
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                # What Slack does not say today, it may say tomorrow.
                log.warning("installation_not_checked", error=type(error).__name__, team=installed.team_id)

    async def _forget_workspace(self, team_id: str) -> None:
        if self._installations is not None:
            await self._store.note_departure(team_id)
        await self._erase(team_id)

    async def _erase(self, team_id: str) -> None:
        erased = await self._store.forget_workspace(team_id)
        log.info("workspace_left", team=team_id, **asdict(erased))


def register(app: AsyncApp, workspaces: Workspaces) -> None:
    """Put this before everything that works with a workspace."""

    async def look(request: AsyncBoltRequest) -> BoltResponse | None:
        try:
            return BoltResponse(status=200) if await workspaces.take(request.body, request.context) else None
        except (StoreError, SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            # No ack: Slack tells again.
            log.error("workspace_not_looked_after", error=type(error).__name__, team=request.context.team_id)
            return BoltResponse(status=503, headers={"Retry-After": [str(RETRY_AFTER_SECONDS)]})

    app.middleware(Before(look))
