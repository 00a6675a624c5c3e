"""What a workspace holds: users, channels, messages, views and notices. No input or output."""

from collections.abc import Callable

from localslack.errors import WorkspaceError
from localslack.model import Change, Channel, Message, User
from localslack.state.channels import ChannelRef, Channels
from localslack.state.ephemerals import Ephemerals
from localslack.state.ids import Ids
from localslack.state.messages import Messages
from localslack.state.notices import Notices
from localslack.state.users import UserRef, Users
from localslack.state.views import Views

__all__ = [
    "ChannelRef",
    "Channels",
    "Ephemerals",
    "Ids",
    "Messages",
    "Notices",
    "State",
    "UserRef",
    "Users",
    "Views",
]


class State:
    """Everything that a workspace holds, each part changed only through its own methods.

    Args:
        bot: The bot user of the app under test.
        bot_id: Its ``B...`` id.
        clock: Seconds since the epoch.
        observe: Called with every `Change`, at once.
    """

    def __init__(
        self, *, bot: User, bot_id: str, clock: Callable[[], float], observe: Callable[[Change], None]
    ) -> None:
        self.ids = Ids(clock)
        self.users = Users(bot)
        self.channels = Channels(self.ids, self.users, observe)
        self.messages = Messages(self.ids, observe)
        self.ephemerals = Ephemerals(self.ids, self.messages, bot_user_id=bot.id, bot_id=bot_id, observe=observe)
        self.views = Views(self.ids, observe)
        self.notices = Notices(observe)

    def current(self, message: Message) -> Message:
        """The present state of a message of either kind.

        Raises:
            WorkspaceError: It has been deleted.
        """
        if message.ephemeral_to is not None:
            found = self.ephemerals.get(message.channel_id, message.ephemeral_to, message.ts)
        else:
            found = self.messages.get(message.channel_id, message.ts)
        if found is None:
            raise WorkspaceError(f"Message {message.ts} in {message.channel_id} is not there any more.")
        return found

    def direct_channel(self, user: UserRef) -> Channel:
        """The direct messages between a person and the bot.

        Raises:
            WorkspaceError: There are none.
        """
        channel = self.channels.direct(self.users.find(user).id)
        if channel is None:
            raise WorkspaceError(f"{user} has no direct messages with the bot.")
        return channel
