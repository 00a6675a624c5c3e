"""Installing the bot in many workspaces: the way to Slack, the way back, and what is kept of it.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urljoin

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreError
from bot.logs import BOLT_LOGGER
from bot.manifest import INSTALL_PATH, REDIRECT_PATH, bot_scopes
from bot.slack.install.clients import Clients
from bot.slack.install.pages import PAGE_HEADERS, failed_page, installed_page, unavailable_page
from bot.slack.install.tokens import OAuthClient
from bot.store.installations import STATE_SECONDS, Installation, Installations, States

log = structlog.get_logger()

_TEAM = re.compile(r"[TE][A-Z0-9]{1,31}")


class _InstallationStore(AsyncInstallationStore):
    """What Bolt's flow saves, in the store. Nothing else is asked of it: see `bot.slack.install.clients`."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def async_save(self, installation: SlackInstallation) -> None:
        """See `AsyncInstallationStore`."""
        await self._installations.save(
            Installation(
                app_id=installation.app_id or "",
                team_id=installation.team_id,
                enterprise_id=installation.enterprise_id,
                is_enterprise_install=bool(installation.is_enterprise_install),
                bot_token=installation.bot_token or "",
                bot_id=installation.bot_id,
                bot_user_id=installation.bot_user_id,
                bot_scopes=tuple(installation.bot_scopes or ()),
                installed_at=installation.installed_at,
            )
        )


class _StateStore(AsyncOAuthStateStore):
    """The states of Bolt's flow, in the store."""

    def __init__(self, states: States) -> None:
        self._states = states

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """See `AsyncOAuthStateStore`."""
        return self._states.issue()

    async def async_consume(self, state: str) -> bool:
        """See `AsyncOAuthStateStore`."""
        return await self._states.consume(state)


class _Flow(AsyncOAuthFlow):
    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """See `AsyncOAuthFlow`, which would put anything that somebody calls a team into the address."""
        if not all(_TEAM.fullmatch(team) for team in request.query.get("team", ())):
            del request.query["team"]
        return await super().build_authorize_url(state, request)


def oauth_flow(
    client: AsyncWebClient, oauth: OAuthClient, installations: Installations, states: States, clients: Clients
) -> AsyncOAuthFlow:
    """The way of an installation.

    Args:
        client: Without a token; its address decides where people are sent to agree.
        oauth: The app.
        installations: Where a finished installation is kept.
        states: What ties the way back to the way there.
        clients: Told of a new installation.
    """

    async def succeeded(args: AsyncSuccessArgs) -> BoltResponse:
        clients.forget()
        log.info("installed", team=args.installation.team_id, enterprise=args.installation.enterprise_id)
        return _response(200, installed_page(args.installation), args.settings)

    async def failed(args: AsyncFailureArgs) -> BoltResponse:
        # The reason may be anybody's words.
        log.warning("not_installed", status=args.suggested_status_code)
        page = failed_page(args.reason, _beside(oauth.redirect_url, INSTALL_PATH))
        return _response(args.suggested_status_code, page, args.settings)

    settings = AsyncOAuthSettings(
        client_id=oauth.id,
        client_secret=oauth.secret,
        scopes=bot_scopes(),
        user_scopes=[],
        redirect_uri=oauth.redirect_url,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        # Straight to Slack's own page, so that the address can stand behind any "Add to Slack" button.
        install_page_rendering_enabled=False,
        authorization_url=urljoin(client.base_url, "/oauth/v2/authorize"),
        callback_options=AsyncCallbackOptions(success=succeeded, failure=failed),
        installation_store=_InstallationStore(installations),
        state_store=_StateStore(states),
        state_expiration_seconds=STATE_SECONDS,
    )
    return _Flow(client=client, logger=logging.getLogger(BOLT_LOGGER), settings=settings)


def install_routes(flow: AsyncOAuthFlow) -> list[web.RouteDef]:
    """Where an installation begins, and where Slack sends the browser back to."""

    def route(path: str, step: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> web.RouteDef:
        async def take(request: web.Request) -> web.StreamResponse:
            try:
                # Without the body, of which a browser sends none, and anybody else could send slowly.
                headers: dict[str, str | Sequence[str]] = {
                    name: request.headers.getall(name) for name in request.headers
                }
                asked = AsyncBoltRequest(body="", query=request.query_string, headers=headers)
                return await to_aiohttp_response(await step(asked))
            except (StoreError, aiohttp.ClientError, TimeoutError) as error:
                log.error("installation_failed", path=path, error=type(error).__name__)
                page = unavailable_page(_beside(flow.settings.redirect_uri or "", INSTALL_PATH))
                return web.Response(status=503, text=page, headers=PAGE_HEADERS)

        # Without HEAD, which would begin an installation that nobody sees.
        return web.get(path, take, allow_head=False)

    return [route(INSTALL_PATH, flow.handle_installation), route(REDIRECT_PATH, flow.handle_callback)]


def _response(status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
    cookie = settings.state_utils.build_set_cookie_for_deletion()
    return BoltResponse(status=status, body=page, headers={**PAGE_HEADERS, "Set-Cookie": cookie})


def _beside(redirect_url: str, path: str) -> str:
    return f"{redirect_url.removesuffix(REDIRECT_PATH)}{path}"
