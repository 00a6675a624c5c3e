"""The HTTP server of the workspace, which only this machine can reach."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from aiohttp import web

from localslack.answers import Answer, error_body
from localslack.errors import ApiError
from localslack.origin import Origin, bracketed
from localslack.responses import Responses
from localslack.transport.socket_mode import SocketMode
from localslack.transport.traffic import Traffic

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
OWN_NAMES = (*LOOPBACK_ADDRESSES, "localhost")
LARGEST_BODY_BYTES = 4 * 1_048_576
SHUTDOWN_SECONDS = 1.0
# Paths that apps call and pages do not.
_OF_PROGRAMS = ("/api/", "/response/")


class Calls(Protocol):
    """Answers calls of the Web API."""

    def call(self, method: str, token: str | None, arguments: Mapping[str, Any]) -> Answer:
        """Answer one call: see `WebApi.call`."""


class Server:
    """Serves the Web API, Socket Mode, the response_urls and pages.

    Args:
        origin: Learns where the server listens.
        web_api: Answers the calls.
        socket: None where there is no Socket Mode.
        responses: None where there are no response_urls.
        traffic: Learns of every request of the app, so that the workspace knows when nothing is in progress.
        page: The routes of the pages.
        visited: The paths of pages that other sites may link to.
    """

    def __init__(
        self,
        *,
        origin: Origin,
        web_api: Calls,
        socket: SocketMode | None = None,
        responses: Responses | None = None,
        traffic: Traffic,
        page: Iterable[web.RouteDef],
        visited: Iterable[str] = ("/",),
    ) -> None:
        self._origin = origin
        self._web_api = web_api
        self._socket = socket
        self._responses = responses
        self._traffic = traffic
        self._page = tuple(page)
        self._visited = frozenset(visited)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        """Begin to serve; port 0 takes any free one.

        Raises:
            ValueError: The host is not loopback. Anybody who reaches the workspace can do anything in it.
            OSError: The port is taken.
        """
        if host not in LOOPBACK_ADDRESSES:
            raise ValueError(
                f"The local workspace cannot listen on {host!r}: anybody who reaches it can act as anybody. "
                "Use 127.0.0.1."
            )
        app = web.Application(client_max_size=LARGEST_BODY_BYTES, middlewares=[self._refuse_strangers])
        app.router.add_route("*", "/api/{method}", self._handle_api)
        if self._socket is not None:
            app.router.add_get("/link", self._socket.handle)
        if self._responses is not None:
            app.router.add_post("/response/{secret}", self._response_handler(self._responses))
        app.router.add_routes(self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self.stop()
            raise
        self._origin.set(host, self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None
        self._origin.clear()

    @web.middleware
    async def _refuse_strangers(
        self, request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        """Refuse requests that a foreign web page sends here through somebody's browser.

        Such a page can make its own name resolve to 127.0.0.1, which shows in Host, or send cross-site requests, which
        shows in Origin or, for images and links, in Sec-Fetch-Site. Following a link to the page itself is harmless.
        """
        port = self._origin.url.rpartition(":")[2]
        own = {f"{bracketed(host)}:{port}" for host in OWN_NAMES}
        origin = request.headers.get("Origin")
        is_foreign = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        is_visit = request.path in self._visited and request.headers.get("Sec-Fetch-Mode") == "navigate"
        # An old browser does not say where a form comes from. Programs, which call the API, send no such header either.
        is_of_nobody = (
            request.method not in ("GET", "HEAD")
            and not request.path.startswith(_OF_PROGRAMS)
            and not (origin or "Sec-Fetch-Site" in request.headers)
        )
        if (
            is_of_nobody
            or request.headers.get("Host") not in own
            or (origin and origin.removeprefix("http://") not in own)
            or (is_foreign and not is_visit)
        ):
            raise web.HTTPForbidden(text="The local workspace answers only to its own address.")
        response: web.StreamResponse = await handler(request)
        return response

    async def _handle_api(self, request: web.Request) -> web.Response:
        with self._traffic.under_way(request.match_info["method"]):
            try:
                arguments = await _arguments(request)
            except ApiError as error:
                return _json(Answer(200, {}, error_body(error)))
            answer = self._web_api.call(request.match_info["method"], _bearer_token(request), arguments)
            await asyncio.sleep(answer.late_seconds)
            if answer.is_lost and request.transport is not None:
                request.transport.abort()
            return _json(answer)

    def _response_handler(self, responses: Responses) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            with self._traffic.under_way("response_url"):
                try:
                    body = _object(await request.json())
                except ValueError:
                    body = None
                return _json(responses.receive(request.match_info["secret"], body))

        return handle


def _bearer_token(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _arguments(request: web.Request) -> Mapping[str, Any]:
    """The arguments of a call: those in the address, then those in a form or a JSON object.

    Raises:
        ApiError: ``invalid_json`` or ``json_not_object``.
    """
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = _object(await request.json())
        except ValueError:
            raise ApiError("invalid_json") from None
        if body is None:
            raise ApiError("json_not_object")
        return arguments | body
    form = await request.post()
    return arguments | {name: value for name, value in form.items() if isinstance(value, str)}


def _object(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _json(answer: Answer) -> web.Response:
    if answer.page is not None:
        page, content_type = answer.page.text, answer.page.content_type
        return web.Response(text=page, content_type=content_type, status=answer.status, headers=answer.headers)
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)
