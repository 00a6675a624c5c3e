"""What a person does with modals and with the app's Home: https://docs.slack.dev/surfaces/modals"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from localslack.client.interaction import DISPATCH_FAILED, Interactions, Outcome
from localslack.client.on_screen import filled_in, open_view, refuse_missing
from localslack.content import view_body
from localslack.errors import ApiError, WorkspaceError
from localslack.events import Events
from localslack.manifest import AppManifest
from localslack.model import Payload, View
from localslack.payloads import Payloads
from localslack.state import State, UserRef
from localslack.values import Choice


class ViewActions:
    """Submits and closes modals, and opens the app's Home."""

    def __init__(
        self, *, manifest: AppManifest, state: State, payloads: Payloads, interactions: Interactions, events: Events
    ) -> None:
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._interactions = interactions
        self._events = events

    async def open_home(self, user: UserRef, tab: Literal["home", "messages"] = "home") -> None:
        """Open the app's Home or Messages tab, and tell the app.

        Raises:
            WorkspaceError: The manifest has no Home tab, or the person has no direct messages with the bot.
        """
        if tab == "home" and not self._manifest.home_tab:
            raise WorkspaceError("The manifest has features.app_home.home_tab_enabled off.")
        person = self._state.users.find(user)
        home = self._state.views.home(person.id)
        view = self._payloads.view(home) if home is not None and tab == "home" else None
        self._events.home_opened(person.id, self._state.direct_channel(person), tab, view)

    async def submit_view(self, view: View, values: Mapping[str, Choice] | None = None) -> Outcome:
        """Fill in a modal, submit it, wait for the ack and do what it says.

        Args:
            view: Any copy of the view.
            values: action_id -> what is entered, as ``value`` of `Elements.click`.

        Returns:
            With ``errors`` by block_id when the app found the values wrong; the modal is then still open.

        Raises:
            WorkspaceError: The view is not open, has no such element, or a field is still empty.
        """
        view = open_view(self._state, view)
        if "submit" not in view.body:
            raise WorkspaceError(f"View {view.id} has no submit button.")
        view = self._state.views.fill_in(view, filled_in(view, values or {}))
        refuse_missing(view)
        payload = self._interactions.fields("view_submission", self._state.users[view.user_id]) | {
            "view": self._payloads.view(view),
            "response_urls": [],
        }
        outcome, ack = await self._interactions.deliver("interactive", payload)
        if outcome.failure is not None:
            return outcome
        try:
            errors = self._follow(view, ack or {})
        except ApiError as error:
            return replace(outcome, failure=DISPATCH_FAILED, detail=str(error))
        return replace(outcome, errors=errors)

    async def close_view(self, view: View) -> Outcome:
        """Close a modal; waits for the ack where the view has ``notify_on_close``."""
        view = open_view(self._state, view)
        closes_all = bool(view.body.get("clear_on_close"))
        if closes_all:
            self._state.views.close_all(view.user_id)
        else:
            self._state.views.close(view)
        if not view.body.get("notify_on_close"):
            return Outcome()
        payload = self._interactions.fields("view_closed", self._state.users[view.user_id])
        # Slack gives no trigger_id here: a closed view is no occasion to open another.
        del payload["trigger_id"]
        return await self._interactions.send(payload | {"view": self._payloads.view(view), "is_cleared": closes_all})

    def _follow(self, view: View, ack: Payload) -> Mapping[str, str]:
        """Do what the ack of a submission says, and give the errors that it shows."""
        action = ack.get("response_action")
        if action == "errors":
            return _known_errors(view, ack.get("errors"))
        if action == "update":
            self._state.views.update(view, view_body(ack.get("view")))
        elif action == "push":
            self._state.views.open(view.user_id, view_body(ack.get("view")))
        elif action == "clear":
            self._state.views.close_all(view.user_id)
        elif action is None:
            self._state.views.close(open_view(self._state, view))
        else:
            raise ApiError("invalid_arguments", [f"unknown response_action: {action}"])
        return {}


def _known_errors(view: View, errors: object) -> Mapping[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_arguments", ["errors must name input blocks of the view by block_id"])
    return errors
