"""What people see in Slack's client."""

from localslack.model import Message, View
from localslack.state import ChannelRef, State, UserRef


class Screen:
    """Looks up what is on the screens of the workspace, by any name of a channel or a user."""

    def __init__(self, state: State) -> None:
        self._state = state

    def messages(self, channel: ChannelRef, thread_ts: str | None = None) -> list[Message]:
        """What everybody in a channel sees, oldest first.

        Args:
            channel: Which.
            thread_ts: Given, the parent and the replies of that thread; else the channel itself, where replies show
                only if they were also sent to the channel.
        """
        channel_id = self._state.channels.find(channel).id
        if thread_ts is None:
            return [message for message in self._state.messages.in_channel(channel_id) if message.is_top_level]
        parent = self._state.messages.get(channel_id, thread_ts)
        replies = self._state.messages.replies(channel_id, thread_ts)
        return replies if parent is None else [parent, *replies]

    def all_messages(self, channel: ChannelRef) -> list[Message]:
        """What everybody in a channel and in its threads sees, oldest first."""
        return self._state.messages.in_channel(self._state.channels.find(channel).id)

    def message(self, channel: ChannelRef, ts: str) -> Message | None:
        """One message in its present state; None when there is none."""
        return self._state.messages.get(self._state.channels.find(channel).id, ts)

    def ephemerals(self, user: UserRef, channel: ChannelRef) -> list[Message]:
        """What one person alone sees in a channel, oldest first."""
        return self._state.ephemerals.seen_by(self._state.channels.find(channel).id, self._state.users.find(user).id)

    def home(self, user: UserRef) -> View | None:
        """A person's Home tab; None when the app has published none."""
        return self._state.views.home(self._state.users.find(user).id)

    def views(self, user: UserRef) -> list[View]:
        """The modals on a person's screen, the top one last."""
        return self._state.views.modals(self._state.users.find(user).id)
