"""``users.info``: https://docs.slack.dev/reference/methods/users.info"""

from localslack.errors import ApiError
from localslack.model import Payload
from localslack.payloads import Payloads
from localslack.state import State
from localslack.web_api.access import Access
from localslack.web_api.arguments import Arguments, Handler


class UserMethods:
    """Looks up people."""

    def __init__(self, access: Access, state: State, payloads: Payloads) -> None:
        self._access = access
        self._state = state
        self._payloads = payloads

    def handlers(self) -> dict[str, Handler]:
        """Method name -> its handler."""
        return {
            "users.info": self._user,
        }

    def _user(self, arguments: Arguments) -> Payload:
        self._access.need("users:read")
        user = self._state.users.get(arguments.required("user"))
        if user is None:
            raise ApiError("user_not_found")
        return {"user": self._payloads.user(user)}
