"""The JSON objects in which Slack describes users, channels, messages and views. Pure.

Shapes: https://docs.slack.dev/reference/objects
"""

from dataclasses import dataclass

from localslack.model import Channel, Message, Payload, User, View
from localslack.state import State


@dataclass(frozen=True, slots=True)
class Identity:
    """The fictional names of the workspace and of the app in it.

    Attributes:
        team_id: ``T...``.
        team_name: As shown.
        team_domain: The first part of the workspace's address.
        app_id: ``A...``.
        bot_id: ``B...``.
        bot_user_id: ``U...``.
        bot_name: The bot user's display name.
        enterprise_id: ``E...`` of the organization that the workspace belongs to, if any.
        enterprise_name: As shown.
    """

    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_id: str
    bot_user_id: str
    bot_name: str
    enterprise_id: str | None = None
    enterprise_name: str | None = None

    @property
    def url(self) -> str:
        """The workspace's address, which does not exist."""
        return f"https://{self.team_domain}.slack.com/"

    def permalink(self, message: Message) -> str:
        """The address of a message, as `chat.getPermalink` returns it."""
        link = f"{self.url}archives/{message.channel_id}/p{message.ts.replace('.', '')}"
        if message.thread_ts is None:
            return link
        return f"{link}?thread_ts={message.thread_ts}&cid={message.channel_id}"


class Payloads:
    """Builds the objects that API answers, events and interactions share."""

    def __init__(self, identity: Identity, state: State) -> None:
        self.identity = identity
        self._state = state

    def message(self, message: Message) -> Payload:
        """A message object, without the channel."""
        payload: Payload = {"type": "message", "text": message.text, "ts": message.ts}
        payload |= self._author(message)
        optional = {
            "subtype": message.subtype,
            "client_msg_id": message.client_msg_id,
            "blocks": list(message.blocks),
            "files": list(message.files),
            "attachments": list(message.attachments),
            "app_id": message.app_id,
            "metadata": message.metadata,
        }
        payload |= {name: value for name, value in optional.items() if value}
        if message.edited_ts is not None:
            payload["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
        return payload | self._thread(message)

    def _author(self, message: Message) -> Payload:
        person = self._state.users.get(message.user_id or "")
        home = person.team_id if person is not None else None
        author: Payload = {"team": home or self.identity.team_id}
        if home is not None:
            author |= {"user_team": home, "source_team": home}
        if message.user_id is not None:
            author["user"] = message.user_id
        if message.bot_id is not None:
            author["bot_id"] = message.bot_id
        if message.bot_id == self.identity.bot_id:
            author["app_id"] = self.identity.app_id
            author["bot_profile"] = {
                "id": self.identity.bot_id,
                "app_id": self.identity.app_id,
                "name": self.identity.bot_name,
                "team_id": self.identity.team_id,
                "deleted": False,
            }
        return author

    def _thread(self, message: Message) -> Payload:
        if message.ephemeral_to is not None:
            return {"thread_ts": message.thread_ts} if message.thread_ts else {}
        if message.thread_ts is None:
            return self._thread_summary(message)
        thread: Payload = {"thread_ts": message.thread_ts}
        parent = self._state.messages.get(message.channel_id, message.thread_ts)
        if parent is not None and parent.user_id is not None:
            thread["parent_user_id"] = parent.user_id
        if parent is not None and message.subtype == "thread_broadcast":
            thread["root"] = self.message(parent)
        return thread

    def _thread_summary(self, parent: Message) -> Payload:
        replies = self._state.messages.replies(parent.channel_id, parent.ts)
        if not replies:
            return {}
        users = list(dict.fromkeys(reply.user_id for reply in replies if reply.user_id))
        return {
            "thread_ts": parent.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1].ts,
        }

    def channel(self, channel: Channel) -> Payload:
        """A conversation object."""
        payload: Payload = {
            "id": channel.id,
            "created": channel.created,
            "is_archived": channel.is_archived,
            "is_im": channel.kind == "im",
            "context_team_id": self.identity.team_id,
        }
        if channel.kind == "im":
            [person] = channel.members - {self.identity.bot_user_id}
            return payload | {"user": person, "is_open": True}
        return payload | {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "channel",
            "is_group": channel.kind == "group",
            "is_mpim": channel.kind == "mpim",
            "is_private": channel.kind != "channel",
            "is_member": self.identity.bot_user_id in channel.members,
            "num_members": len(channel.members),
        }

    def user(self, user: User) -> Payload:
        """A user object."""
        return {
            "id": user.id,
            "team_id": user.team_id or self.identity.team_id,
            "name": user.name,
            "real_name": user.real_name,
            "deleted": False,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "profile": {"real_name": user.real_name, "display_name": user.name},
        }

    def view(self, view: View) -> Payload:
        """A view object with its state."""
        defaults = {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": None,
            "submit": None,
            "close": None,
        }
        return {
            **defaults,
            **view.body,
            "id": view.id,
            "team_id": self.identity.team_id,
            "app_id": self.identity.app_id,
            "app_installed_team_id": self.identity.team_id,
            "bot_id": self.identity.bot_id,
            "hash": view.hash,
            "root_view_id": view.root_view_id,
            "previous_view_id": view.previous_view_id,
            "state": {"values": {block: dict(actions) for block, actions in view.values.items()}},
        }
