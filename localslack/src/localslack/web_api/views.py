"""``views.*``: https://docs.slack.dev/reference/methods?filter=views"""

from localslack.content import view_body
from localslack.errors import ApiError
from localslack.interactivity import Triggers
from localslack.manifest import AppManifest
from localslack.model import Payload, View
from localslack.payloads import Payloads
from localslack.state import State
from localslack.web_api.arguments import Arguments, Handler


class ViewMethods:
    """Opens, updates and publishes views."""

    def __init__(self, manifest: AppManifest, state: State, payloads: Payloads, triggers: Triggers) -> None:
        self._manifest = manifest
        self._state = state
        self._payloads = payloads
        self._triggers = triggers

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "views.open": self._open_view,
            "views.update": self._update_view,
            "views.publish": self._publish_view,
        }

    def _open_view(self, arguments: Arguments) -> Payload:
        trigger_id = arguments.required("trigger_id")
        body = self._view_argument(arguments, "modal")
        user_id = self._triggers.exchange(trigger_id)
        return self._shown(self._state.views.open(user_id, body))

    def _update_view(self, arguments: Arguments) -> Payload:
        view = self._state.views.find(arguments.optional("view_id"), arguments.optional("external_id"))
        if view is None:
            raise ApiError("not_found")
        if arguments.optional("hash") not in (None, view.hash):
            raise ApiError("hash_conflict")
        return self._shown(self._state.views.update(view, self._view_argument(arguments, view.kind)))

    def _publish_view(self, arguments: Arguments) -> Payload:
        user_id = arguments.required("user_id")
        if user_id not in self._state.users:
            raise ApiError("user_not_found")
        if not self._manifest.home_tab:
            raise ApiError("not_enabled")
        body = self._view_argument(arguments, "home")
        home = self._state.views.home(user_id)
        if home is not None and arguments.optional("hash") not in (None, home.hash):
            raise ApiError("hash_conflict")
        return self._shown(self._state.views.publish(user_id, body))

    def _view_argument(self, arguments: Arguments, kind: str) -> Payload:
        arguments.required("view")
        body = view_body(arguments.values["view"])
        if body["type"] != kind:
            raise ApiError("invalid_arguments", [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"])
        return body

    def _shown(self, view: View) -> Payload:
        return {"view": self._payloads.view(view)}
