"""Whether the app is installed in the workspace, and what it hears when that changes."""

from localslack.events import Events
from localslack.payloads import Identity
from localslack.tokens import Tokens


class Installation:
    """The installation of the app in one workspace.

    Args:
        identity: The names of the app.
        tokens: The tokens that are accepted; changed here.
        events: Reports to the app what happened to it.
    """

    def __init__(self, identity: Identity, tokens: Tokens, events: Events) -> None:
        self._identity = identity
        self._tokens = tokens
        self._events = events

    @property
    def is_installed(self) -> bool:
        """Whether the app has a bot token here."""
        return self._tokens.bot is not None

    def knows_token(self, token: str) -> bool:
        """Whether a bot token is valid here, or was."""
        return token == self._tokens.bot or token in self._tokens.ended

    def install(self, bot_token: str, *, by_organization: bool = False) -> None:
        """Install the app with a token; the one before it becomes invalid, which Slack does not always do."""
        self._tokens.end("token_revoked")
        self._tokens.bot, self._tokens.by_organization = bot_token, by_organization

    def revoke_token(self, *, tells: bool = True) -> None:
        """Make the bot's token invalid and, unless ``tells`` is false, tell the app."""
        self._tokens.end("token_revoked")
        if tells:
            tokens = {"oauth": [], "bot": [self._identity.bot_user_id]}
            self._events.left({"type": "tokens_revoked", "tokens": tokens}, self._tokens.by_organization)

    def uninstall(self, *, tells: bool = True) -> None:
        """Uninstall the app and, unless ``tells`` is false, tell it; Slack also tells it what `revoke_token` does."""
        self._tokens.end("account_inactive")
        if tells:
            self._events.left({"type": "app_uninstalled"}, self._tokens.by_organization)

    def leave_organization(self) -> None:
        """Remove an app that the organization installed from this workspace alone, and tell it."""
        self._tokens.end("account_inactive")
        event = {"type": "team_access_revoked", "team_ids": [self._identity.team_id]}
        self._events.left(event, by_organization=True)
