"""Reports what happens in the workspace to the app, as Slack's Events API does.

An event goes out only when the manifest subscribes to it, the app has the scope it needs, and the
bot is where it happened. https://docs.slack.dev/apis/events-api
"""

from collections.abc import Mapping
from types import MappingProxyType

from localslack.manifest import AppManifest
from localslack.model import Channel, ChannelKind, Message, Payload
from localslack.payloads import Payloads
from localslack.state import State
from localslack.tokens import Tokens
from localslack.transport.deliveries import Deliveries, Delivery

MESSAGE_SUBSCRIPTIONS: Mapping[ChannelKind, tuple[str, str]] = MappingProxyType(
    {
        "channel": ("message.channels", "channels:history"),
        "group": ("message.groups", "groups:history"),
        "im": ("message.im", "im:history"),
        "mpim": ("message.mpim", "mpim:history"),
    }
)
"""Channel kind -> the event to subscribe to, and the scope that it needs."""

_JOIN_SCOPES: Mapping[ChannelKind, str] = MappingProxyType({"channel": "channels:read", "group": "groups:read"})

_SPOKEN = (None, "file_share", "thread_broadcast", "bot_message", "me_message")
"""Subtypes whose text somebody wrote. The text of a channel_join names the user too, but is no mention."""


class Events:
    """Turns changes into events and sends them to the app."""

    def __init__(
        self,
        *,
        manifest: AppManifest,
        state: State,
        payloads: Payloads,
        deliveries: Deliveries,
        tokens: Tokens,
    ) -> None:
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._deliveries = deliveries
        self._tokens = tokens
        self._identity = payloads.identity

    def posted(self, message: Message) -> None:
        """A message has been posted, by a person or by an app."""
        channel = self._state.channels[message.channel_id]
        event = self._payloads.message(message)
        self._send_message_event(channel, event | {"event_ts": message.ts})
        if self._mentions_bot(message, channel):
            mention = {name: value for name, value in event.items() if name != "subtype"}
            mention |= {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            self._send("app_mention", "app_mentions:read", mention)

    def changed(self, before: Message, after: Message) -> None:
        """A message has been edited, updated, or replaced by a tombstone."""
        self._send_hidden_event(
            after,
            {
                "subtype": "message_changed",
                "message": self._payloads.message(after),
                "previous_message": self._payloads.message(before),
            },
        )

    def deleted(self, message: Message) -> None:
        """A message has been taken away."""
        self._send_hidden_event(
            message,
            {
                "subtype": "message_deleted",
                "deleted_ts": message.ts,
                "previous_message": self._payloads.message(message),
            },
        )

    def joined(self, channel: Channel, user_id: str) -> None:
        """A user, perhaps the bot itself, has joined a channel."""
        if channel.kind not in _JOIN_SCOPES or self._identity.bot_user_id not in channel.members:
            return
        event = {
            "type": "member_joined_channel",
            "user": user_id,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self._identity.team_id,
            "event_ts": self._state.ids.next_ts(),
        }
        self._send("member_joined_channel", _JOIN_SCOPES[channel.kind], event)

    def home_opened(self, user_id: str, channel: Channel, tab: str, view: Payload | None) -> None:
        """A person has opened the app's Home or Messages tab."""
        event: Payload = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self._state.ids.next_ts(),
        }
        if view is not None:
            event["view"] = view
        self._send("app_home_opened", None, event)

    def left(self, event: Payload, by_organization: bool) -> None:
        """The app has lost its token or its installation.

        Args:
            event: ``tokens_revoked`` or the like.
            by_organization: It concerns all workspaces of the organization and names none.
        """
        if event["type"] not in self._manifest.bot_events:
            return
        payload = self._callback(event | {"event_ts": self._state.ids.next_ts()}, self._state.ids.new_id("Ev"))
        # Such an event is not sent on anybody's behalf.
        del payload["authorizations"]
        if by_organization:
            del payload["team_id"], payload["context_team_id"]
        self._deliveries.deliver("events_api", payload)

    def send_raw(
        self,
        event: Payload,
        *,
        event_id: str | None = None,
        retry_attempt: int = 0,
        retry_reason: str | None = None,
    ) -> Delivery:
        """Send an event unchanged, whatever the manifest says; without an ``event_id`` it gets one."""
        payload = self._callback(event, event_id or self._state.ids.new_id("Ev"))
        return self._deliveries.deliver("events_api", payload, retry_attempt=retry_attempt, retry_reason=retry_reason)

    def _mentions_bot(self, message: Message, channel: Channel) -> bool:
        return (
            message.subtype in _SPOKEN
            and f"<@{self._identity.bot_user_id}>" in message.text
            and channel.kind not in ("im", "mpim")
            and message.bot_id != self._identity.bot_id
            and self._identity.bot_user_id in channel.members
        )

    def _send_hidden_event(self, message: Message, fields: Payload) -> None:
        ts = self._state.ids.next_ts()
        event = {"type": "message", "hidden": True, "ts": ts, "event_ts": ts, **fields}
        self._send_message_event(self._state.channels[message.channel_id], event)

    def _send_message_event(self, channel: Channel, event: Payload) -> None:
        if self._identity.bot_user_id not in channel.members:
            return
        subscription, scope = MESSAGE_SUBSCRIPTIONS[channel.kind]
        self._send(subscription, scope, event | {"channel": channel.id, "channel_type": channel.kind})

    def _send(self, subscription: str, scope: str | None, event: Payload) -> None:
        is_granted = self._tokens.bot is not None and (scope is None or scope in self._manifest.bot_scopes)
        if subscription in self._manifest.bot_events and is_granted:
            self.send_raw(event)

    def _callback(self, event: Payload, event_id: str) -> Payload:
        team_id, enterprise_id = self._identity.team_id, self._identity.enterprise_id
        by_organization = self._tokens.by_organization
        return {
            "token": "local-workspace",
            "team_id": team_id,
            "context_team_id": team_id,
            **({"enterprise_id": enterprise_id} if enterprise_id else {}),
            "context_enterprise_id": enterprise_id,
            "api_app_id": self._identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(float(self._state.ids.next_ts())),
            "event_context": f"4-{event_id}",
            "is_ext_shared_channel": self._state.channels.is_shared(event.get("channel")),
            "authorizations": [
                {
                    "enterprise_id": enterprise_id,
                    "team_id": None if by_organization else team_id,
                    "user_id": self._identity.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": by_organization,
                }
            ],
        }
