"""Slack with several workspaces at one address, for one app that each of them can install over OAuth.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import base64
import binascii
import html
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from localslack.answers import Answer, error_body
from localslack.errors import ApiError
from localslack.model import Payload
from localslack.origin import Origin
from localslack.server import Server
from localslack.state.changes import Publisher
from localslack.transport.deliveries import Timing
from localslack.transport.traffic import Traffic
from localslack.workspace import Workspace
from localslack.world import Enterprise, Team

AUTHORIZE_PATH = "/oauth/v2/authorize"
CODE_LIFETIME_SECONDS = 600
# The arguments of a call that say which workspace of an organization it concerns.
_PLACES = ("channel", "user_id", "user", "team_id")


@dataclass(slots=True)
class _Code:
    """An installation in a workspace or an organization that a person agreed to."""

    place_id: str
    user_id: str
    redirect_uri: str
    issued_at: float
    is_used: bool = False


class Slack:
    """Several workspaces at one address, for one app that is distributed over HTTP.

    The app connects to it with ``SLACK_API_URL`` set to `api_url`. A person installs the app on the authorization page,
    which has the same path as Slack's own. Each workspace stays a `Workspace` of its own.

    Use it as an asynchronous context manager.

    Args:
        manifest: The app's, for HTTP mode, with ``redirect_urls``.
        client_id: The app's; any value.
        client_secret: The app's; any value.
        signing_secret: Signs the requests to the app; any value.
        timing: As of `Workspace`.
        clock: As of `Workspace`.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        client_id: str = "1234567890.0987654321",
        client_secret: str = "local-workspace-client-secret",
        signing_secret: str = "local-workspace-signing-secret",
        timing: Timing | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.signing_secret = signing_secret
        self._manifest = manifest
        self._timing = timing
        self._clock = clock
        self._workspaces: dict[str, Workspace] = {}
        self._enterprises: dict[str, Enterprise] = {}
        self._members: dict[str, list[str]] = {}
        self._codes: dict[str, _Code] = {}
        self._traffic = Traffic(Publisher().publish)
        self._origin = Origin()
        self._server = Server(
            origin=self._origin,
            web_api=self,
            traffic=self._traffic,
            page=[
                web.get(AUTHORIZE_PATH, self._show_agreement),
                web.post(AUTHORIZE_PATH, self._take_decision),
                web.post("/api/oauth.v2.access", self._exchange_code),
            ],
            visited=[AUTHORIZE_PATH],
        )

    # Running

    async def __aenter__(self) -> "Slack":
        await self._server.start("127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for workspace in self._workspaces.values():
            await workspace.stop()
        await self._server.stop()

    @property
    def api_url(self) -> str:
        """The base of the Web API, for ``SLACK_API_URL``; ends with a slash."""
        return f"{self._origin.url}/api/"

    async def open(self, team: Team) -> Workspace:
        """Open a workspace, in which the app is not installed."""
        workspace = Workspace(
            self._manifest,
            team=team,
            bot_token=None,
            signing_secret=self.signing_secret,
            timing=self._timing,
            clock=self._clock,
        )
        await workspace.start()
        self._workspaces[team.id] = workspace
        if team.enterprise is not None:
            self._enterprises[team.enterprise.id] = team.enterprise
            self._members.setdefault(team.enterprise.id, []).append(team.id)
        return workspace

    # Organizations

    def revoke_token(self, enterprise_id: str) -> None:
        """Make the token of an organization invalid and tell the app once."""
        for number, workspace in enumerate(self._served(enterprise_id)):
            workspace.revoke_token(tells=number == 0)

    def uninstall(self, enterprise_id: str) -> None:
        """Uninstall the app from an organization and tell it once."""
        for number, workspace in enumerate(self._served(enterprise_id)):
            workspace.uninstall(tells=number == 0)

    def _served(self, enterprise_id: str) -> list[Workspace]:
        return [self._workspaces[team_id] for team_id in self._members[enterprise_id]]

    # The Web API

    def call(self, method: str, token: str | None, arguments: Mapping[str, Any]) -> Answer:
        """Answer one call in the workspace that its token belongs to."""
        if not self._workspaces:
            return Answer(200, {}, error_body(ApiError("invalid_auth")))
        token = token or arguments.get("token")
        return self._meant(token or "", arguments).web_api.call(method, token, arguments)

    def _meant(self, token: str, arguments: Mapping[str, Any]) -> Workspace:
        everywhere = list(self._workspaces.values())
        # A token that no workspace knows is refused by any of them.
        knowing = [one for one in everywhere if one.installation.knows_token(token)] or everywhere
        good = [one for one in knowing if one.is_installed and one.bot_token == token] or knowing
        places = [str(arguments[name]) for name in _PLACES if arguments.get(name)]
        return next((one for one in good if any(_has(one, place) for place in places)), good[0])

    # Installing

    async def _show_agreement(self, request: web.Request) -> web.Response:
        try:
            self._check_request(request.query)
        except ApiError as error:
            return _page("Something is wrong with this request", html.escape(error.code), status=400)
        asked = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(request.query.get(name, ""))}">'
            for name in ("client_id", "scope", "redirect_uri", "state")
        )
        preferred = request.query.get("team")
        choices = "".join(
            f'<option value="{html.escape(id)}"{" selected" if id == preferred else ""}>{html.escape(name)}</option>'
            for id, name in self._places()
        )
        scopes = html.escape(request.query["scope"].replace(",", ", "))
        return _page(
            "An app asks to be installed",
            f'<form method="post"><p>It may: {scopes}</p>{asked}'
            f'<p><label>Where <select name="place">{choices}</select></label></p>'
            '<p><button name="decision" value="allow">Allow</button> '
            '<button name="decision" value="cancel">Cancel</button></p></form>',
        )

    def _places(self) -> list[tuple[str, str]]:
        """Where the app can be installed: in workspaces and, if its manifest allows it, in organizations."""
        places = [(id, f"{workspace.team_name}, a workspace") for id, workspace in self._workspaces.items()]
        if self._manifest["settings"].get("org_deploy_enabled"):
            places += [(one.id, f"{one.name}, a whole organization") for one in self._enterprises.values()]
        return places

    async def _take_decision(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            self._check_request(form)
            back = {"state": form.get("state", "")}
            if form.get("decision") == "allow":
                back["code"] = self._issue_code(form.get("place", ""), form["redirect_uri"])
            else:
                back["error"] = "access_denied"
        except ApiError as error:
            return _page("Something is wrong with this request", html.escape(error.code), status=400)
        raise web.HTTPFound(f"{form['redirect_uri']}?{urlencode(back)}")

    def _check_request(self, asked: Mapping[str, str]) -> None:
        """Check the request with which an app sends a person to be installed.

        Raises:
            ApiError: ``invalid_client_id``, ``bad_redirect_uri`` or ``invalid_scope``.
        """
        oauth = self._manifest["oauth_config"]
        if asked.get("client_id") != self.client_id:
            raise ApiError("invalid_client_id")
        if asked.get("redirect_uri") not in oauth.get("redirect_urls", ()):
            raise ApiError("bad_redirect_uri")
        scopes = asked.get("scope", "").split(",")
        if not set(scopes) <= set(oauth["scopes"]["bot"]):
            raise ApiError("invalid_scope")

    def _issue_code(self, place_id: str, redirect_uri: str) -> str:
        if place_id not in dict(self._places()):
            raise ApiError("invalid_team")
        code = secrets.token_urlsafe(24)
        user_id = self._installed_in(place_id)[0].people[0].id
        self._codes[code] = _Code(place_id, user_id, redirect_uri, self._clock())
        return code

    def _installed_in(self, place_id: str) -> list[Workspace]:
        return self._served(place_id) if place_id in self._enterprises else [self._workspaces[place_id]]

    async def _exchange_code(self, request: web.Request) -> web.Response:
        """Answer ``oauth.v2.access``: https://docs.slack.dev/reference/methods/oauth.v2.access"""
        form = {name: str(value) for name, value in (await request.post()).items()}
        with self._traffic.under_way("oauth.v2.access"):
            try:
                return web.json_response(self._access(_credentials(request, form), form))
            except ApiError as error:
                return web.json_response(error_body(error))

    def _access(self, credentials: tuple[str, str], form: Mapping[str, str]) -> Payload:
        client_id, client_secret = credentials
        if client_id != self.client_id:
            raise ApiError("invalid_client_id")
        if client_secret != self.client_secret:
            raise ApiError("bad_client_secret")
        code = self._codes.get(form.get("code", ""))
        if code is None or self._clock() - code.issued_at > CODE_LIFETIME_SECONDS:
            raise ApiError("invalid_code")
        if code.is_used:
            raise ApiError("code_already_used")
        if form.get("redirect_uri") != code.redirect_uri:
            raise ApiError("bad_redirect_uri")
        code.is_used = True
        return self._install(code)

    def _install(self, code: _Code) -> Payload:
        token = f"xoxb-local-{secrets.token_hex(20)}"
        by_organization = code.place_id in self._enterprises
        workspaces = self._installed_in(code.place_id)
        for workspace in workspaces:
            workspace.install(token, by_organization=by_organization)
        first = workspaces[0]
        enterprise = first.enterprise
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(self._manifest["oauth_config"]["scopes"]["bot"]),
            "bot_user_id": first.bot_user_id,
            "app_id": first.app_id,
            "team": None if by_organization else {"id": first.team_id, "name": first.team_name},
            "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
            "authed_user": {"id": code.user_id},
            "is_enterprise_install": by_organization,
        }


def _has(workspace: Workspace, id: str) -> bool:
    """Whether a channel or a user belongs to this workspace."""
    return id in workspace.state.channels or id in workspace.state.users


def _credentials(request: web.Request, form: Mapping[str, str]) -> tuple[str, str]:
    """The app's id and secret: in the header, as Slack prefers, or in the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_client_id") from None
    return client_id, client_secret


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return web.Response(status=status, text=text, content_type="text/html")
