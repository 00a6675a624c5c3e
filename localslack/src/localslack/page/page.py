"""Serves the page: its files, and for each window a WebSocket for everything else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from aiohttp import WSMsgType, web

from localslack.client import Client
from localslack.manifest import AppManifest
from localslack.model import Payload
from localslack.page.content import PageContent
from localslack.page.requests import answer
from localslack.page.shown import RECORDS_SHOWN, shown, shown_change, shown_record
from localslack.state import State
from localslack.state.changes import Publisher, Subscription
from localslack.transport.traffic import Traffic

STATIC = Path(__file__).parent / "static"

# A message has at most 40,000 characters, and JSON may need twelve bytes for each.
LARGEST_REQUEST_BYTES = 512 * 1024
WINDOWS_AT_ONCE = 50
REQUESTS_AT_ONCE = 20
# How often to check that a window is still there.
HEARTBEAT_SECONDS = 20

# The browser runs and loads only the workspace's own files, whatever a message or a block contains.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The files change with the program, and loading them again from the same machine is cheap.
    "Cache-Control": "no-store",
}
_CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Page:
    """The page of one workspace, for any number of windows.

    Args:
        client: Carries out what a person does in the page.
        state: What the page shows.
        traffic: What its inspector shows.
        publisher: Reports the changes.
        manifest: What the app offers: commands, shortcuts, tabs.
        content: What the page says about the app.
    """

    def __init__(
        self,
        *,
        client: Client,
        state: State,
        traffic: Traffic,
        publisher: Publisher,
        manifest: AppManifest,
        content: PageContent,
    ) -> None:
        self._client = client
        self._state = state
        self._traffic = traffic
        self._publisher = publisher
        self._manifest = manifest
        self._content = content
        self._windows: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.RouteDef]:
        """``/`` and everything under ``/page/``."""
        return [
            web.get("/", self._index),
            web.get("/page/emoji.json", self._emoji),
            web.get("/page/live", self._live),
            web.get("/page/{name}", self._file),
        ]

    async def close(self) -> None:
        """Close all windows' connections; the windows reconnect when the workspace is back."""
        for window in list(self._windows):
            await window.close()

    # Files

    async def _index(self, request: web.Request) -> web.Response:
        return _file("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _file_names():
            raise web.HTTPNotFound(text="The page has no such file.")
        return _file(name)

    async def _emoji(self, request: web.Request) -> web.Response:
        return web.json_response(_emoji_by_name(), headers=_HEADERS)

    # One window

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        if len(self._windows) >= WINDOWS_AT_ONCE:
            raise web.HTTPServiceUnavailable(text="Too many windows are open. Close some.")
        window = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_REQUEST_BYTES)
        await window.prepare(request)
        self._windows.add(window)
        try:
            await self._serve(window)
        finally:
            self._windows.discard(window)
        return window

    async def _serve(self, window: web.WebSocketResponse) -> None:
        # No await between the two, so everything after the snapshot is in the changes, and nothing is in both.
        changes = self._publisher.subscribe()
        snapshot = self._snapshot()
        try:
            await _send(window, snapshot)
            async with asyncio.TaskGroup() as tasks:
                following = tasks.create_task(self._follow(window, changes))
                await self._take_requests(window, tasks)
                following.cancel()
        finally:
            changes.close()

    async def _follow(self, window: web.WebSocketResponse, changes: Subscription) -> None:
        async for change in changes:
            await _send(window, shown_change(change))
        # The workspace has stopped, or the window fell too far behind: it starts over with a snapshot.
        await window.close()

    async def _take_requests(self, window: web.WebSocketResponse, tasks: asyncio.TaskGroup) -> None:
        free = asyncio.Semaphore(REQUESTS_AT_ONCE)
        async for received in window:
            if received.type is not WSMsgType.TEXT:
                continue
            await free.acquire()
            task = tasks.create_task(self._answer(window, received.data))
            task.add_done_callback(_releasing(free))

    async def _answer(self, window: web.WebSocketResponse, text: str) -> None:
        await _send(window, await answer(self._client, self._state, text))

    def _snapshot(self) -> Payload:
        state, manifest = self._state, self._manifest
        channels, people = list(state.channels.values()), state.users.people
        ephemerals = [
            one for channel in channels for person in people for one in state.ephemerals.seen_by(channel.id, person.id)
        ]
        homes = [home for person in people if (home := state.views.home(person.id))]
        return {
            "type": "snapshot",
            "bot": shown(state.users.bot),
            "people": [shown(person) for person in people],
            "channels": [shown(channel) for channel in channels],
            "messages": [shown(one) for channel in channels for one in state.messages.in_channel(channel.id)],
            "ephemerals": [shown(one) for one in ephemerals],
            "homes": [shown(home) for home in homes],
            "modals": [shown(view) for person in people for view in state.views.modals(person.id)],
            "choices": [shown(choices) for choices in self._client.elements.choices],
            "traffic": [shown_record(record) for record in self._traffic.records[-RECORDS_SHOWN:]],
            "notices": [shown(notice) for notice in state.notices.all],
            "app": {
                "commands": [asdict(command) for command in manifest.commands.values()],
                "shortcuts": [asdict(shortcut) for shortcut in manifest.shortcuts.values()],
                "home_tab": manifest.home_tab,
                "messages_tab": manifest.messages_tab,
                "direct_messages": manifest.direct_messages,
            },
            "content": asdict(self._content),
        }


async def _send(window: web.WebSocketResponse, payload: Payload) -> None:
    if window.closed:
        return
    try:
        await window.send_str(json.dumps(payload, separators=(",", ":")))
    except ConnectionError:
        # The window has just gone. Its request was carried out, and its next snapshot will show that.
        return


def _releasing(free: asyncio.Semaphore) -> Callable[[object], None]:
    def release(_: object) -> None:
        free.release()

    return release


def _file(name: str) -> web.Response:
    path = STATIC / name
    return web.Response(
        body=path.read_bytes(), content_type=_CONTENT_TYPES[path.suffix], charset="utf-8", headers=_HEADERS
    )


def _file_names() -> frozenset[str]:
    return frozenset(path.name for path in STATIC.iterdir() if path.suffix in _CONTENT_TYPES)


@cache
def _emoji_by_name() -> dict[str, str]:
    """Name, as in ``:tada:``, -> its characters, for the names that Slack shares with other programs."""
    # Imported here because it is large and only an open page needs it.
    import emoji

    names: dict[str, str] = {}
    for characters, data in emoji.EMOJI_DATA.items():
        for name in (data["en"], *data.get("alias", ())):
            names.setdefault(name.strip(":"), characters)
    return names
