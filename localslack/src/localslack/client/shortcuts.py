"""Shortcuts: https://docs.slack.dev/interactivity/implementing-shortcuts"""

from localslack.client.interaction import Interactions, Outcome
from localslack.errors import WorkspaceError
from localslack.interactivity import ResponseTarget
from localslack.manifest import AppManifest
from localslack.model import Message
from localslack.payloads import Payloads
from localslack.responses import Responses
from localslack.state import State, UserRef
from localslack.unread import Unread


class Shortcuts:
    """Offers the shortcuts that the manifest names."""

    def __init__(
        self,
        *,
        manifest: AppManifest,
        state: State,
        payloads: Payloads,
        interactions: Interactions,
        responses: Responses,
        unread: Unread,
    ) -> None:
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._interactions = interactions
        self._responses = responses
        self._unread = unread

    async def shortcut(self, user: UserRef, message: Message, callback_id: str) -> Outcome:
        """Choose a message shortcut from the menu of a message and wait for the ack.

        Raises:
            WorkspaceError: The manifest has no such shortcut.
        """
        person = self._state.users.find(user)
        self._unread.start_now(message.channel_id)
        self._require_shortcut(callback_id, "message")
        message = self._state.current(message)
        target = ResponseTarget(message.channel_id, person.id, message.ts)
        payload = self._interactions.fields("message_action", person) | {
            "callback_id": callback_id,
            "action_ts": self._state.ids.next_ts(),
            "message_ts": message.ts,
            "message": self._payloads.message(message),
            "channel": self._interactions.channel(message.channel_id),
            "response_url": self._responses.issue_url(target),
        }
        return await self._interactions.send(payload)

    async def global_shortcut(self, user: UserRef, callback_id: str) -> Outcome:
        """Choose a global shortcut from the search or the message box and wait for the ack.

        Raises:
            WorkspaceError: The manifest has no such shortcut.
        """
        person = self._state.users.find(user)
        self._require_shortcut(callback_id, "global")
        payload = self._interactions.fields("shortcut", person) | {
            "callback_id": callback_id,
            "action_ts": self._state.ids.next_ts(),
        }
        return await self._interactions.send(payload)

    def _require_shortcut(self, callback_id: str, kind: str) -> None:
        shortcut = self._manifest.shortcuts.get(callback_id)
        if shortcut is None or shortcut.kind != kind:
            raise WorkspaceError(f"The manifest has no {kind} shortcut {callback_id!r}. Add it under features.")
