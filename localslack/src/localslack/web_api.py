"""The methods of Slack's Web API that the app may call, as strict as Slack's.

https://docs.slack.dev/reference/methods
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any, TypeAlias

from localslack.answers import Answer, Failure, error_body
from localslack.content import Content, message_content, message_metadata, view_body
from localslack.errors import ApiError
from localslack.events import MESSAGE_SUBSCRIPTIONS, Events
from localslack.interactivity import Triggers
from localslack.manifest import AppManifest
from localslack.model import Channel, ChannelKind, Message, Payload, View
from localslack.payloads import Payloads
from localslack.state import WorkspaceState
from localslack.tokens import Tokens
from localslack.traffic import ApiCallRecord, Traffic
from localslack.views import Views

_READ_SCOPES: Mapping[ChannelKind, str] = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
# As the `types` of a call name them.
_KINDS: Mapping[str, ChannelKind] = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}
_MESSAGES_PER_PAGE = 1_000
_SECRET_ARGUMENTS = ("token",)


class Arguments:
    """The arguments of one call, from form, query or JSON alike."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def required(self, name: str) -> str:
        """A string that has to be there.

        Raises:
            ApiError: ``invalid_arguments``.
        """
        value = self.values.get(name)
        if value in (None, ""):
            raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"])
        return str(value)

    def optional(self, name: str) -> str | None:
        """A string; None when it is missing or empty."""
        value = self.values.get(name)
        return None if value in (None, "") else str(value)

    def number(self, name: str, otherwise: int) -> int:
        """A whole number; ``otherwise`` when it is missing or empty.

        Raises:
            ApiError: ``invalid_cursor`` or ``invalid_limit``, after its name.
        """
        value = self.optional(name)
        if value is None:
            return otherwise
        if not value.isdecimal():
            raise ApiError(f"invalid_{name}")
        return int(value)

    def flag(self, name: str) -> bool:
        """A truth value, in any of the forms that Slack takes."""
        return str(self.values.get(name, "")).lower() in ("1", "true")


_Handler: TypeAlias = Callable[[Arguments], Payload]


class WebApi:
    """Answers the app's calls.

    Args:
        tokens: The only tokens that are accepted.
        socket_url: Makes the address of a new Socket Mode connection.
        clock: Seconds since the epoch, for the ``Date`` of the answers.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        manifest: AppManifest,
        state: WorkspaceState,
        payloads: Payloads,
        views: Views,
        triggers: Triggers,
        events: Events,
        traffic: Traffic,
        socket_url: Callable[[], str],
        clock: Callable[[], float],
    ) -> None:
        self._tokens = tokens
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._identity = payloads.identity
        self._views = views
        self._triggers = triggers
        self._events = events
        self._traffic = traffic
        self._socket_url = socket_url
        self._clock = clock
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._finishing_late: set[asyncio.TimerHandle] = set()
        self._bot_methods: dict[str, _Handler] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "conversations.info": self._conversation,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "users.conversations": self._conversations_of_bot,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.update": self._update_view,
            "views.publish": self._publish_view,
        }
        self._app_methods: dict[str, _Handler] = {"apps.connections.open": self._open_connection}

    def fail_next(self, method: str, failure: Failure, times: int) -> None:
        """Answer the next calls of a method with a failure."""
        self._failures[method].extend([failure] * times)

    def recover(self, method: str) -> None:
        """Forget the failures of a method that have not come yet."""
        self._failures[method].clear()

    def take_failure(self, method: str, channel_id: str | None = None) -> Failure | None:
        """The failure that is due for a method, which is then used up; None when there is none."""
        due = self._failures[method]
        failure = next((one for one in due if one.channel_id in (None, channel_id)), None)
        if failure is not None:
            due.remove(failure)
        return failure

    def stop(self) -> None:
        """Leave undone what was to be done late."""
        for timer in self._finishing_late:
            timer.cancel()
        self._finishing_late.clear()

    def call(self, method: str, token: str | None, arguments: Mapping[str, Any]) -> Answer:
        """Answer one call, and keep a record of it.

        Args:
            method: Such as ``chat.postMessage``.
            token: From the Authorization header; without one, the ``token`` argument is used.
            arguments: From form, query and JSON together.
        """
        shown = {name: value for name, value in arguments.items() if name not in _SECRET_ARGUMENTS}
        record = ApiCallRecord(at=time.time(), method=method, arguments=shown)
        started = time.perf_counter()
        answer = self._answer(method, token or arguments.get("token"), Arguments(arguments))
        record.response, record.status = answer.body, answer.status
        record.seconds = time.perf_counter() - started
        self._traffic.add(record)
        return answer

    def _answer(self, method: str, token: str | None, arguments: Arguments) -> Answer:
        try:
            handler = self._authorized(method, token)
            failure = self.take_failure(method, arguments.optional("channel"))
            if failure is not None:
                if failure.is_done:
                    handler(arguments)
                elif failure.done_after_seconds is not None:
                    self._finish_late(failure.done_after_seconds, handler, arguments)
                return failure.answer
            body = {"ok": True, **handler(arguments)}
        except ApiError as error:
            body = error_body(error)
            if error.needed is not None:
                body |= {"needed": error.needed, "provided": ",".join(self._manifest.bot_scopes)}
        return Answer(200, self._headers(token), body)

    def _finish_late(self, seconds: float, handler: _Handler, arguments: Arguments) -> None:
        def finish() -> None:
            self._finishing_late.discard(timer)
            # The app heard of its call long ago, and hears nothing of a refusal now.
            with suppress(ApiError):
                handler(arguments)

        timer = asyncio.get_running_loop().call_later(seconds, finish)
        self._finishing_late.add(timer)

    def _authorized(self, method: str, token: str | None) -> _Handler:
        """The handler of a method that this token may call."""
        handlers, others = self._bot_methods, self._app_methods
        if method not in handlers and method not in others:
            raise ApiError("unknown_method")
        if not token:
            raise ApiError("not_authed")
        if token in self._tokens.ended:
            raise ApiError(self._tokens.ended[token])
        if token not in (self._tokens.bot, self._tokens.app):
            raise ApiError("invalid_auth")
        if token == self._tokens.app:
            handlers = others
        if method not in handlers:
            raise ApiError("not_allowed_token_type")
        return handlers[method]

    def _headers(self, token: str | None) -> dict[str, str]:
        headers = {"Date": formatdate(self._clock(), usegmt=True)}
        if token == self._tokens.bot:
            headers["x-oauth-scopes"] = ",".join(self._manifest.bot_scopes)
        elif token == self._tokens.app:
            headers["x-oauth-scopes"] = "connections:write"
        return headers

    # auth and apps

    def _auth_test(self, arguments: Arguments) -> Payload:
        identity, by_organization = self._identity, self._tokens.by_organization
        known: Payload = {
            "url": identity.url,
            "team": identity.enterprise_name if by_organization else identity.team_name,
            "user": self._state.bot.name,
            "team_id": identity.enterprise_id if by_organization else identity.team_id,
            "user_id": identity.bot_user_id,
            "bot_id": identity.bot_id,
            "is_enterprise_install": by_organization,
        }
        return known | ({"enterprise_id": identity.enterprise_id} if identity.enterprise_id else {})

    def _open_connection(self, arguments: Arguments) -> Payload:
        opened: Payload = {"url": self._socket_url()}
        if not self._manifest.socket_mode:
            # Slack hands out an address all the same; nothing ever comes over that connection.
            opened["response_metadata"] = {"messages": ["[WARN] Socket Mode is not turned on."]}
        return opened

    # chat

    def _post_message(self, arguments: Arguments) -> Payload:
        self._need("chat:write")
        channel = self._channel_to_post_in(arguments.required("channel"))
        content = message_content(arguments.values)
        metadata = message_metadata(arguments.values.get("metadata"))
        thread_ts = self._thread_to_reply_in(channel, arguments.optional("thread_ts"))
        message = self._state.post(
            channel.id,
            content.text,
            user_id=self._identity.bot_user_id,
            bot_id=self._identity.bot_id,
            blocks=content.blocks or (),
            thread_ts=thread_ts,
            subtype="thread_broadcast" if thread_ts and arguments.flag("reply_broadcast") else None,
            metadata=metadata,
        )
        self._events.posted(message)
        return _posted(content) | {
            "channel": channel.id,
            "ts": message.ts,
            "message": self._payloads.message(message),
        }

    def _post_ephemeral(self, arguments: Arguments) -> Payload:
        self._need("chat:write")
        channel = self._channel_to_post_in(arguments.required("channel"))
        user_id = arguments.required("user")
        if user_id not in channel.members:
            raise ApiError("user_not_in_channel")
        content = message_content(arguments.values)
        message = self._state.show_ephemeral(
            channel.id,
            user_id,
            content.text,
            blocks=content.blocks or (),
            thread_ts=self._thread_to_reply_in(channel, arguments.optional("thread_ts")),
        )
        return _posted(content) | {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Payload:
        self._need("chat:write")
        message = self._own_message(arguments, "cant_update_message")
        content = message_content(arguments.values)
        metadata = message_metadata(arguments.values.get("metadata"))
        # Slack drops the blocks when only a text is given, and marks only such an update as edited.
        fields: dict[str, Any] = {"text": content.text or message.text}
        if content.blocks is None:
            fields |= {"edited_by": self._identity.bot_user_id, "edited_ts": self._state.next_ts()}
        fields["blocks"] = self._state.with_ids(content.blocks or ())
        changed = self._state.change(message, metadata=metadata or message.metadata, **fields)
        self._events.changed(message, changed)
        return _posted(content) | {
            "channel": changed.channel_id,
            "ts": changed.ts,
            "text": changed.text,
            "message": self._payloads.message(changed),
        }

    def _delete(self, arguments: Arguments) -> Payload:
        self._need("chat:write")
        message = self._own_message(arguments, "cant_delete_message")
        tombstone = self._state.delete(message)
        if tombstone is None:
            self._events.deleted(message)
        else:
            self._events.changed(message, tombstone)
        return {"channel": message.channel_id, "ts": message.ts}

    def _permalink(self, arguments: Arguments) -> Payload:
        channel = self._visible_channel(arguments.required("channel"))
        message = self._state.message(channel.id, arguments.required("message_ts"))
        if message is None:
            raise ApiError("message_not_found")
        return {"channel": channel.id, "permalink": self._identity.permalink(message)}

    # conversations and users

    def _conversation(self, arguments: Arguments) -> Payload:
        channel = self._visible_channel(arguments.required("channel"))
        self._need(_READ_SCOPES[channel.kind])
        return {"channel": self._payloads.channel(channel)}

    def _conversations_of_bot(self, arguments: Arguments) -> Payload:
        """Those that the bot is in. All in one page, which is more than Slack gives."""
        wanted = (arguments.optional("types") or "public_channel").split(",")
        kinds = {_KINDS[name] for name in wanted if name in _KINDS}
        if len(kinds) < len(wanted):
            raise ApiError("invalid_types")
        for kind in sorted(kinds):
            self._need(_READ_SCOPES[kind])
        without_archived = arguments.flag("exclude_archived")
        found = [
            self._payloads.channel(channel)
            for channel in self._state.channels.values()
            if channel.kind in kinds and self._is_member(channel) and not (without_archived and channel.is_archived)
        ]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def _history(self, arguments: Arguments) -> Payload:
        channel = self._readable_channel(arguments)
        spoken = [one for one in self._state.messages(channel.id) if one.is_top_level]
        oldest = arguments.optional("oldest") or "0"
        return self._page([one for one in reversed(spoken) if one.ts > oldest], arguments)

    def _replies(self, arguments: Arguments) -> Payload:
        channel = self._readable_channel(arguments)
        parent = self._state.message(channel.id, arguments.required("ts"))
        if parent is None:
            raise ApiError("thread_not_found")
        # Asked for a reply, Slack gives that reply alone.
        is_reply = parent.thread_ts is not None
        replies = [] if is_reply else self._state.replies(channel.id, parent.ts)
        oldest = arguments.optional("oldest") or "0"
        # The parent stands in every answer, however young the replies have to be.
        return self._page([parent, *(one for one in replies if one.ts > oldest)], arguments)

    def _readable_channel(self, arguments: Arguments) -> Channel:
        channel = self._visible_channel(arguments.required("channel"))
        self._need(MESSAGE_SUBSCRIPTIONS[channel.kind][1])
        if not self._state.is_bot_member(channel.id):
            raise ApiError("not_in_channel")
        return channel

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

    def _user(self, arguments: Arguments) -> Payload:
        self._need("users:read")
        user = self._state.users.get(arguments.required("user"))
        if user is None:
            raise ApiError("user_not_found")
        return {"user": self._payloads.user(user)}

    # views

    def _open_view(self, arguments: Arguments) -> Payload:
        trigger_id = arguments.required("trigger_id")
        body = self._view_argument(arguments, "modal")
        user_id = self._triggers.exchange(trigger_id)
        return self._shown(self._views.open(user_id, body))

    def _update_view(self, arguments: Arguments) -> Payload:
        view = self._views.find(arguments.optional("view_id"), arguments.optional("external_id"))
        if view is None:
            raise ApiError("not_found")
        if arguments.optional("hash") not in (None, view.hash):
            raise ApiError("hash_conflict")
        return self._shown(self._views.update(view, self._view_argument(arguments, view.kind)))

    def _publish_view(self, arguments: Arguments) -> Payload:
        user_id = arguments.required("user_id")
        if user_id not in self._state.users:
            raise ApiError("user_not_found")
        if not self._manifest.home_tab:
            raise ApiError("not_enabled")
        body = self._view_argument(arguments, "home")
        home = self._views.home(user_id)
        if home is not None and arguments.optional("hash") not in (None, home.hash):
            raise ApiError("hash_conflict")
        return self._shown(self._views.publish(user_id, body))

    def _view_argument(self, arguments: Arguments, kind: str) -> Payload:
        arguments.required("view")
        body = view_body(arguments.values["view"])
        if body["type"] != kind:
            raise ApiError("invalid_arguments", [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"])
        return body

    def _shown(self, view: View) -> Payload:
        return {"view": self._payloads.view(view)}

    # What several methods need

    def _need(self, scope: str) -> None:
        if scope not in self._manifest.bot_scopes:
            raise ApiError("missing_scope", needed=scope)

    def _visible_channel(self, channel_id: str) -> Channel:
        """A channel that the bot can know of: Slack hides private ones from those who are not in them."""
        channel = self._state.channels.get(channel_id)
        hidden = channel is not None and channel.kind != "channel" and not self._is_member(channel)
        if channel is None or hidden:
            raise ApiError("channel_not_found")
        return channel

    def _channel_to_post_in(self, channel_id: str) -> Channel:
        # A user id in the place of a channel means the direct messages with that user.
        direct = self._state.direct_channel(channel_id) if channel_id in self._state.users else None
        channel = direct or self._visible_channel(channel_id)
        if channel.is_archived:
            raise ApiError("is_archived")
        if channel.kind == "im" and not self._manifest.messages_tab:
            raise ApiError("messages_tab_disabled")
        may_post_anywhere = channel.kind == "channel" and "chat:write.public" in self._manifest.bot_scopes
        if not self._is_member(channel) and not may_post_anywhere:
            raise ApiError("not_in_channel")
        return channel

    def _is_member(self, channel: Channel) -> bool:
        return self._identity.bot_user_id in channel.members

    def _thread_to_reply_in(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        parent = self._state.message(channel.id, thread_ts)
        if parent is None:
            raise ApiError("thread_not_found")
        # Slack warns against the ts of a reply here and loses such messages; a refusal shows the mistake.
        if parent.thread_ts is not None:
            raise ApiError("cannot_reply_to_message")
        return thread_ts

    def _own_message(self, arguments: Arguments, refusal: str) -> Message:
        channel = self._visible_channel(arguments.required("channel"))
        message = self._state.message(channel.id, arguments.required("ts"))
        if message is None:
            raise ApiError("message_not_found")
        if message.bot_id != self._identity.bot_id:
            raise ApiError(refusal)
        return message


def _posted(content: Content) -> Payload:
    """The warning that Slack gives when screen readers would have nothing to read."""
    if not content.lacks_text:
        return {}
    warning = "missing_text_in_message"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}
