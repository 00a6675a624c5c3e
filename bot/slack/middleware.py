"""What every request passes before the listeners."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

# The response to a request; None where the next one shall look at it.
Look = Callable[[AsyncBoltRequest], Awaitable[BoltResponse | None]]


class Before(AsyncMiddleware):
    """Looks at a request before the listeners, and answers it or passes it on.

    For a plain function Bolt makes some forty arguments with every request, to pass on the few that it names.
    """

    def __init__(self, look: Look) -> None:
        self._look = look

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """See `AsyncMiddleware`."""
        response = await self._look(req)
        if response is None:
            await next()
        return response
