"""Who the bot is in a workspace, and the client that speaks for it there: by one token, or by many installations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeGuard

from cachetools import TTLCache
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    # Its cryptography costs memory that one workspace can do without.
    from bot.store.installations import Installations

# So long a replica may go on with an installation that another one has seen come or go.
CACHE_SECONDS = 5.0
_CACHED_AT_MOST = 10_000

_ID = re.compile(r"[A-Z0-9]{1,32}")

ClientOf = Callable[[str | None], AsyncWebClient]


@dataclass(frozen=True)
class Identity:
    """Who the bot is in its workspace, as `auth.test` says it. Without both ids Bolt cannot tell its own posts."""

    team_id: str | None
    enterprise_id: str | None
    bot_id: str | None
    bot_user_id: str | None


def is_id(value: object) -> TypeGuard[str]:
    """Whether something is an id of Slack's, and not what no column would take."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


class Clients(Protocol):
    """The workspaces that the bot works in."""

    async def authorized(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        """Who the bot is in a workspace, with its token; None where it is not installed.

        Args:
            team_id: None for what happens in an organization as a whole.
            enterprise_id: None for a workspace outside Enterprise Grid.

        Raises:
            StoreError: That cannot be found out now.
        """

    async def for_team(self, team_id: str | None, enterprise_id: str | None) -> AsyncWebClient | None:
        """The client that posts in a workspace; arguments and the rest as of `authorized`."""

    def forget(self) -> None:
        """Look anew at the next request: an installation has come or gone."""


class OneWorkspace:
    """The workspace of the one token; checked at the start, and constant from then on."""

    def __init__(self, client: AsyncWebClient, identity: Identity) -> None:
        self._client = client
        self._authorized = AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
            bot_token=client.token,
        )

    async def authorized(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        """See `Clients`. Never asks `auth.test` again, which would double the calls."""
        return self._authorized

    async def for_team(self, team_id: str | None, enterprise_id: str | None) -> AsyncWebClient | None:
        """See `Clients`."""
        return self._client

    def forget(self) -> None:
        """See `Clients`. There is nothing to look up."""


class ManyWorkspaces:
    """The workspaces that have installed the bot, as the store has them, looked up every few seconds.

    Bolt's own authorizer asks Slack with every request whether the token is still good. A token that is not shows when
    it is used; and Slack tells when it is revoked.

    Args:
        installations: In the store.
        client_of: Makes the client of a token.
    """

    def __init__(self, installations: Installations, client_of: ClientOf) -> None:
        self._installations = installations
        self._client_of = client_of
        self._found: TTLCache[tuple[str | None, str | None], AuthorizeResult] = TTLCache(_CACHED_AT_MOST, CACHE_SECONDS)

    async def authorized(self, team_id: str | None, enterprise_id: str | None) -> AuthorizeResult | None:
        """See `Clients`. What is not there is looked up each time, so that a new installation works at once."""
        if not all(id is None or is_id(id) for id in (team_id, enterprise_id)):
            return None
        which = (team_id, enterprise_id)
        known = self._found.get(which)
        if known is not None:
            return known
        bot = await self._installations.find(team_id, enterprise_id)
        if bot is None:
            return None
        found = AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=bot.team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
            bot_scopes=list(bot.bot_scopes),
        )
        self._found[which] = found
        return found

    async def for_team(self, team_id: str | None, enterprise_id: str | None) -> AsyncWebClient | None:
        """See `Clients`."""
        found = await self.authorized(team_id, enterprise_id)
        return None if found is None or found.bot_token is None else self._client_of(found.bot_token)

    def forget(self) -> None:
        """See `Clients`."""
        self._found.clear()


class Authorize(AsyncAuthorize):
    """What Bolt asks with every request."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """See `Clients.authorized`."""
        return await self._clients.authorized(team_id, enterprise_id)
