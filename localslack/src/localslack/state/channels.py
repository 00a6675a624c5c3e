"""The conversations of a workspace and who is in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from localslack.errors import WorkspaceError
from localslack.model import Change, Channel, ChannelKind
from localslack.state.ids import Ids
from localslack.state.users import Users

ChannelRef: TypeAlias = Channel | str
"""A channel, or a channel's id or name, with or without ``#``."""


class Channels(Mapping[str, Channel]):
    """All conversations by id, direct messages among them, in the order in which they were created.

    Args:
        ids: Gives ids and the time.
        users: The members of the workspace.
        observe: Called with every `Change`, at once.
    """

    def __init__(self, ids: Ids, users: Users, observe: Callable[[Change], None]) -> None:
        self._ids = ids
        self._users = users
        self._observe = observe
        self._channels: dict[str, Channel] = {}

    def __getitem__(self, channel_id: str) -> Channel:
        return self._channels[channel_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def find(self, channel: ChannelRef) -> Channel:
        """A conversation in its present state.

        Raises:
            WorkspaceError: There is no such conversation.
        """
        wanted = channel.id if isinstance(channel, Channel) else channel.removeprefix("#")
        for candidate in self.values():
            if wanted and wanted in (candidate.id, candidate.name):
                return candidate
        names = ", ".join(one.name or one.id for one in self.values())
        raise WorkspaceError(f"There is no channel {wanted!r}, only {names}.")

    def direct(self, user_id: str) -> Channel | None:
        """The direct messages between a person and the bot; None when there are none."""
        both = {user_id, self._users.bot.id}
        return next((one for one in self.values() if one.kind == "im" and one.members == both), None)

    def is_bot_member(self, channel_id: str) -> bool:
        """Whether the bot is in the channel."""
        return self._users.bot.id in self._channels[channel_id].members

    def is_shared(self, channel_id: object) -> bool:
        """Whether somebody from another organization is in the channel (Slack Connect)."""
        channel = self._channels.get(channel_id) if isinstance(channel_id, str) else None
        return channel is not None and any(self._users[one].team_id for one in channel.members if one in self._users)

    def add(self, name: str, kind: ChannelKind, members: Iterable[str], *, id: str | None = None) -> Channel:
        """Create a conversation; without an ``id`` it gets the next free one."""
        channel = Channel(
            id=id or self._ids.new_id("D" if kind == "im" else "C"),
            name=name,
            kind=kind,
            members=frozenset(members),
            created=int(self._ids.clock()),
        )
        return self._put(channel)

    def add_member(self, channel_id: str, user_id: str) -> Channel:
        """Add a user to a channel."""
        channel = self._channels[channel_id]
        return self._put(replace(channel, members=channel.members | {user_id}))

    def archive(self, channel_id: str) -> Channel:
        """Archive a channel: people can read it, and nobody can post."""
        return self._put(replace(self._channels[channel_id], is_archived=True))

    def describe(self, channel_id: str, about: str) -> Channel:
        """Set what the page's header says about the app in the channel."""
        return self._put(replace(self._channels[channel_id], about=about))

    def _put(self, channel: Channel) -> Channel:
        self._channels[channel.id] = channel
        self._observe(Change("channel_changed", channel))
        return channel
