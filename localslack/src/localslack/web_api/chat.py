"""``chat.*``: https://docs.slack.dev/reference/methods?filter=chat"""

from typing import Any

from localslack.content import Content, message_content, message_metadata
from localslack.errors import ApiError
from localslack.events import Events
from localslack.model import Payload
from localslack.payloads import Payloads
from localslack.state import State
from localslack.web_api.access import Access
from localslack.web_api.arguments import Arguments, Handler


class ChatMethods:
    """Posts, updates and deletes the messages of the bot."""

    def __init__(self, access: Access, state: State, payloads: Payloads, events: Events) -> None:
        self._access = access
        self._state = state
        self._payloads = payloads
        self._events = events

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
        }

    def _post_message(self, arguments: Arguments) -> Payload:
        self._access.need("chat:write")
        channel = self._access.channel_to_post_in(arguments.required("channel"))
        content = message_content(arguments.values)
        metadata = message_metadata(arguments.values.get("metadata"))
        thread_ts = self._access.thread_to_reply_in(channel, arguments.optional("thread_ts"))
        message = self._state.messages.post(
            channel.id,
            content.text,
            user_id=self._payloads.identity.bot_user_id,
            bot_id=self._payloads.identity.bot_id,
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
        self._access.need("chat:write")
        channel = self._access.channel_to_post_in(arguments.required("channel"))
        user_id = arguments.required("user")
        if user_id not in channel.members:
            raise ApiError("user_not_in_channel")
        content = message_content(arguments.values)
        message = self._state.ephemerals.show(
            channel.id,
            user_id,
            content.text,
            blocks=content.blocks or (),
            thread_ts=self._access.thread_to_reply_in(channel, arguments.optional("thread_ts")),
        )
        return _posted(content) | {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Payload:
        self._access.need("chat:write")
        message = self._access.own_message(arguments, "cant_update_message")
        content = message_content(arguments.values)
        metadata = message_metadata(arguments.values.get("metadata"))
        # Slack drops the blocks when only a text is given, and marks only such an update as edited.
        fields: dict[str, Any] = {"text": content.text or message.text}
        if content.blocks is None:
            fields |= {"edited_by": self._payloads.identity.bot_user_id, "edited_ts": self._state.ids.next_ts()}
        fields["blocks"] = self._state.ids.with_ids(content.blocks or ())
        changed = self._state.messages.change(message, metadata=metadata or message.metadata, **fields)
        self._events.changed(message, changed)
        return _posted(content) | {
            "channel": changed.channel_id,
            "ts": changed.ts,
            "text": changed.text,
            "message": self._payloads.message(changed),
        }

    def _delete(self, arguments: Arguments) -> Payload:
        self._access.need("chat:write")
        message = self._access.own_message(arguments, "cant_delete_message")
        tombstone = self._state.messages.delete(message)
        if tombstone is None:
            self._events.deleted(message)
        else:
            self._events.changed(message, tombstone)
        return {"channel": message.channel_id, "ts": message.ts}

    def _permalink(self, arguments: Arguments) -> Payload:
        channel = self._access.visible_channel(arguments.required("channel"))
        message = self._state.messages.get(channel.id, arguments.required("message_ts"))
        if message is None:
            raise ApiError("message_not_found")
        return {"channel": channel.id, "permalink": self._payloads.identity.permalink(message)}


def _posted(content: Content) -> Payload:
    """Slack's warning for blocks without a text, which leave screen readers nothing to read."""
    if not content.lacks_text:
        return {}
    warning = "missing_text_in_message"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}
