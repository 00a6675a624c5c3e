"""The members of a workspace."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from localslack.errors import WorkspaceError
from localslack.model import User

UserRef: TypeAlias = User | str
"""A user, or a user's id or handle, with or without ``@``."""


class Users(Mapping[str, User]):
    """The people and the bot, by id, in the order in which they came.

    Args:
        bot: The bot user of the app under test.
    """

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self._users = {bot.id: bot}

    def __getitem__(self, user_id: str) -> User:
        return self._users[user_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._users)

    def __len__(self) -> int:
        return len(self._users)

    @property
    def people(self) -> list[User]:
        """Everybody but the bot."""
        return [user for user in self.values() if not user.is_bot]

    def add(self, user: User) -> User:
        """Add a member."""
        self._users[user.id] = user
        return user

    def find(self, user: UserRef) -> User:
        """A user in their present state.

        Raises:
            WorkspaceError: There is no such user.
        """
        wanted = user.id if isinstance(user, User) else user.removeprefix("@")
        for candidate in self.values():
            if wanted in (candidate.id, candidate.name):
                return candidate
        raise WorkspaceError(f"Nobody here is {wanted!r}. There are: {', '.join(one.name for one in self.values())}.")
