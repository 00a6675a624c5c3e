"""Whom the bot works for: the one workspace of a token, or all that install it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.install.clients import ClientOf, Clients, ManyWorkspaces, OneWorkspace
from bot.slack.install.scopes import Granted
from bot.slack.install.tokens import OAuthClient, Tokens, check_tokens
from bot.slack.install.workspaces import Workspaces
from bot.store import Store

log = structlog.get_logger()


@dataclass(frozen=True)
class Tenancy:
    """Whom the bot works for.

    Attributes:
        clients: By workspace.
        workspaces: Sees them come and go.
        granted: What the one workspace allows; nothing is known of many.
        sign_of_life: Makes a call of the Web API that changes nothing.
        routes: Where they install the bot; none for one workspace.
    """

    clients: Clients
    workspaces: Workspaces
    granted: Granted
    sign_of_life: Callable[[], Awaitable[object]]
    routes: Sequence[web.RouteDef] = ()


async def tenancy(tokens: Tokens, store: Store, client: AsyncWebClient, client_of: ClientOf) -> Tenancy:
    """Find out whom the bot works for.

    Args:
        tokens: For one workspace or for many.
        store: Has the installations of many.
        client: With the token of the one workspace; without any for many.
        client_of: Makes the client that posts with a token.

    Raises:
        TokenError: Slack does not accept a token of the one workspace, or cannot be reached.
        SettingsError: The tokens of many cannot be read with the keys given.
        StoreError: The database cannot be used.
    """
    if tokens.oauth is not None:
        return await _many(tokens.oauth, store, client, client_of)
    granted = Granted()

    async def look() -> None:
        granted.take(await client.auth_test())

    clients = OneWorkspace(client_of(tokens.bot or ""), await check_tokens(client, tokens, granted))
    if granted.lacking:
        log.warning("scopes_missing", message=granted.note(), remedy="add them, then reinstall the app")
    return Tenancy(clients, Workspaces(store, clients, None, client_of), granted, look)


async def _many(oauth: OAuthClient, store: Store, client: AsyncWebClient, client_of: ClientOf) -> Tenancy:
    # Here, for one workspace can do without the memory of cryptography.
    from bot.slack.install.oauth import install_routes, oauth_flow
    from bot.store.installations import Installations, States

    installations = Installations(oauth.id, store.engine, oauth.cipher)
    await installations.check_keys()
    clients = ManyWorkspaces(installations, client_of)
    flow = oauth_flow(client, oauth, installations, States(store.engine, oauth.secret), clients)
    workspaces = Workspaces(store, clients, installations, client_of)
    return Tenancy(clients, workspaces, Granted(), client.api_test, install_routes(flow))
