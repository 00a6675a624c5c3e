"""The tokens that a workspace gives out."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tokens:
    """The tokens that the workspace knows.

    Attributes:
        bot: The bot's ``xoxb-``; None while the app is not installed.
        app: The app's ``xapp-``.
        by_organization: The bot's is that of the organization, which has installed the app for all its workspaces.
        ended: Bot tokens that were good once -> the error that they get now.
    """

    bot: str | None
    app: str
    by_organization: bool = False
    ended: dict[str, str] = field(default_factory=dict)

    def end(self, error: str) -> None:
        """Let the bot's token be good no more."""
        if self.bot is not None:
            self.ended[self.bot] = error
        self.bot = None
