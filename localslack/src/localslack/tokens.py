"""The tokens of the app in one workspace."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tokens:
    """The tokens that the workspace accepts or used to accept.

    Attributes:
        bot: The bot's ``xoxb-``; None while the app is not installed.
        app: The app's ``xapp-``.
        by_organization: Whether the organization installed the app, for all its workspaces.
        ended: Bot tokens that used to be valid -> the error that they get now.
    """

    bot: str | None
    app: str
    by_organization: bool = False
    ended: dict[str, str] = field(default_factory=dict)

    def end(self, error: str) -> None:
        """Make the bot token invalid."""
        if self.bot is not None:
            self.ended[self.bot] = error
        self.bot = None
