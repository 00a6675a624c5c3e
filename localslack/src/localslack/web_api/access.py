"""What the app may see and do: its scopes, its channels and its own messages."""

from localslack.errors import ApiError
from localslack.events import MESSAGE_SUBSCRIPTIONS
from localslack.manifest import AppManifest
from localslack.model import Channel, Message
from localslack.payloads import Identity
from localslack.state import State
from localslack.web_api.arguments import Arguments


class Access:
    """Checks that several methods share."""

    def __init__(self, manifest: AppManifest, identity: Identity, state: State) -> None:
        self._manifest = manifest
        self._identity = identity
        self._state = state

    def need(self, scope: str) -> None:
        """Check that the manifest has a scope.

        Raises:
            ApiError: ``missing_scope``.
        """
        if scope not in self._manifest.bot_scopes:
            raise ApiError("missing_scope", needed=scope)

    def visible_channel(self, channel_id: str) -> Channel:
        """A channel that the bot can know of: Slack hides private channels from everybody who is not in them.

        Raises:
            ApiError: ``channel_not_found``.
        """
        channel = self._state.channels.get(channel_id)
        hidden = channel is not None and channel.kind != "channel" and not self.is_member(channel)
        if channel is None or hidden:
            raise ApiError("channel_not_found")
        return channel

    def channel_to_post_in(self, channel_id: str) -> Channel:
        """The channel of this id, or the direct messages with the user of this id, where the bot may post.

        Raises:
            ApiError: ``channel_not_found``, ``is_archived``, ``messages_tab_disabled`` or ``not_in_channel``.
        """
        direct = self._state.channels.direct(channel_id) if channel_id in self._state.users else None
        channel = direct or self.visible_channel(channel_id)
        if channel.is_archived:
            raise ApiError("is_archived")
        if channel.kind == "im" and not self._manifest.messages_tab:
            raise ApiError("messages_tab_disabled")
        may_post_anywhere = channel.kind == "channel" and "chat:write.public" in self._manifest.bot_scopes
        if not self.is_member(channel) and not may_post_anywhere:
            raise ApiError("not_in_channel")
        return channel

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in the channel."""
        return self._identity.bot_user_id in channel.members

    def thread_to_reply_in(self, channel: Channel, thread_ts: str | None) -> str | None:
        """Check the ``thread_ts`` of a call, which may be missing.

        Raises:
            ApiError: ``thread_not_found`` or ``cannot_reply_to_message``.
        """
        if thread_ts is None:
            return None
        parent = self._state.messages.get(channel.id, thread_ts)
        if parent is None:
            raise ApiError("thread_not_found")
        # Slack documents that a reply's ts must not be used here and loses such messages. Refusing shows the mistake.
        if parent.thread_ts is not None:
            raise ApiError("cannot_reply_to_message")
        return thread_ts

    def own_message(self, arguments: Arguments, refusal: str) -> Message:
        """The message of the bot that ``channel`` and ``ts`` name.

        Raises:
            ApiError: ``channel_not_found``, ``message_not_found``, or ``refusal`` for somebody else's message.
        """
        channel = self.visible_channel(arguments.required("channel"))
        message = self._state.messages.get(channel.id, arguments.required("ts"))
        if message is None:
            raise ApiError("message_not_found")
        if message.bot_id != self._identity.bot_id:
            raise ApiError(refusal)
        return message

    def readable_channel(self, arguments: Arguments) -> Channel:
        """The channel that ``channel`` names, where the bot may read the messages.

        Raises:
            ApiError: ``channel_not_found``, ``missing_scope`` or ``not_in_channel``.
        """
        channel = self.visible_channel(arguments.required("channel"))
        self.need(MESSAGE_SUBSCRIPTIONS[channel.kind][1])
        if not self._state.channels.is_bot_member(channel.id):
            raise ApiError("not_in_channel")
        return channel
