"""``auth.test`` and ``apps.connections.open``."""

from localslack.manifest import AppManifest
from localslack.model import Payload
from localslack.payloads import Identity
from localslack.state import State
from localslack.tokens import Tokens
from localslack.transport.socket_mode import SocketMode
from localslack.web_api.arguments import Arguments, Handler


class AuthMethods:
    """Says which bot and workspace a token belongs to. https://docs.slack.dev/reference/methods/auth.test"""

    def __init__(self, identity: Identity, state: State, tokens: Tokens) -> None:
        self._identity = identity
        self._state = state
        self._tokens = tokens

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "auth.test": self._auth_test,
        }

    def _auth_test(self, arguments: Arguments) -> Payload:
        identity, by_organization = self._identity, self._tokens.by_organization
        known: Payload = {
            "url": identity.url,
            "team": identity.enterprise_name if by_organization else identity.team_name,
            "user": self._state.users.bot.name,
            "team_id": identity.enterprise_id if by_organization else identity.team_id,
            "user_id": identity.bot_user_id,
            "bot_id": identity.bot_id,
            "is_enterprise_install": by_organization,
        }
        return known | ({"enterprise_id": identity.enterprise_id} if identity.enterprise_id else {})


class AppMethods:
    """Gives out URLs of Socket Mode connections. https://docs.slack.dev/reference/methods/apps.connections.open"""

    def __init__(self, manifest: AppManifest, socket_mode: SocketMode) -> None:
        self._manifest = manifest
        self._socket_mode = socket_mode

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "apps.connections.open": self._open_connection,
        }

    def _open_connection(self, arguments: Arguments) -> Payload:
        opened: Payload = {"url": self._socket_mode.new_url()}
        if not self._manifest.socket_mode:
            # Slack gives out a URL all the same, but never sends anything over that connection.
            opened["response_metadata"] = {"messages": ["[WARN] Socket Mode is not turned on."]}
        return opened
