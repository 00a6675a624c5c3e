"""``conversations.*`` and ``users.conversations``: https://docs.slack.dev/reference/methods?filter=conversations"""

from collections.abc import Mapping

from localslack.errors import ApiError
from localslack.model import ChannelKind, Message, Payload
from localslack.payloads import Payloads
from localslack.state import State
from localslack.web_api.access import Access
from localslack.web_api.arguments import Arguments, Handler

_READ_SCOPES: Mapping[ChannelKind, str] = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
# The names that the argument `types` uses.
_KINDS: Mapping[str, ChannelKind] = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}
_MESSAGES_PER_PAGE = 1_000


class ConversationMethods:
    """Looks up channels and reads their messages."""

    def __init__(self, access: Access, state: State, payloads: Payloads) -> None:
        self._access = access
        self._state = state
        self._payloads = payloads

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "conversations.info": self._conversation,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "users.conversations": self._conversations_of_bot,
        }

    def _conversation(self, arguments: Arguments) -> Payload:
        channel = self._access.visible_channel(arguments.required("channel"))
        self._access.need(_READ_SCOPES[channel.kind])
        return {"channel": self._payloads.channel(channel)}

    def _conversations_of_bot(self, arguments: Arguments) -> Payload:
        """The conversations that the bot is in. They come in one page, however many; Slack's answers are paged."""
        wanted = (arguments.optional("types") or "public_channel").split(",")
        kinds = {_KINDS[name] for name in wanted if name in _KINDS}
        if len(kinds) < len(wanted):
            raise ApiError("invalid_types")
        for kind in sorted(kinds):
            self._access.need(_READ_SCOPES[kind])
        without_archived = arguments.flag("exclude_archived")
        found = [
            self._payloads.channel(channel)
            for channel in self._state.channels.values()
            if channel.kind in kinds
            and self._access.is_member(channel)
            and not (without_archived and channel.is_archived)
        ]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def _history(self, arguments: Arguments) -> Payload:
        channel = self._access.readable_channel(arguments)
        spoken = [one for one in self._state.messages.in_channel(channel.id) if one.is_top_level]
        oldest = arguments.optional("oldest") or "0"
        return self._page([one for one in reversed(spoken) if one.ts > oldest], arguments)

    def _replies(self, arguments: Arguments) -> Payload:
        channel = self._access.readable_channel(arguments)
        parent = self._state.messages.get(channel.id, arguments.required("ts"))
        if parent is None:
            raise ApiError("thread_not_found")
        # When asked for a reply, Slack returns only that reply.
        is_reply = parent.thread_ts is not None
        replies = [] if is_reply else self._state.messages.replies(channel.id, parent.ts)
        oldest = arguments.optional("oldest") or "0"
        # Every answer has the parent, even when `oldest` excludes it.
        return self._page([parent, *(one for one in replies if one.ts > oldest)], arguments)

    def _page(self, messages: list[Message], arguments: Arguments) -> Payload:
        """One page of messages, and the cursor of the next: https://docs.slack.dev/apis/web-api/pagination"""
        start, limit = arguments.number("cursor", 0), arguments.number("limit", _MESSAGES_PER_PAGE)
        if not 0 < limit <= _MESSAGES_PER_PAGE:
            raise ApiError("invalid_limit")
        shown = [self._payloads.message(message) for message in messages[start : start + limit]]
        if not arguments.flag("include_all_metadata"):
            for message in shown:
                message.pop("metadata", None)
        has_more = len(messages) > start + limit
        body: Payload = {"messages": shown, "has_more": has_more}
        return body | ({"response_metadata": {"next_cursor": str(start + limit)}} if has_more else {})
