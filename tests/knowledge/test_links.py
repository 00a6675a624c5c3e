"""`check --links`: every address is opened once, and those that do not answer are named."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from aiohttp import web

from bot.knowledge import check_knowledge
from bot.knowledge.links import dead_links
from tests.knowledge.support import ZEBRAS, Folder

PATIENCE_SECONDS = 0.5


class Pages:
    """A web server on this machine, in a thread of its own, whose pages answer with the status that they are named."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.address = ""
        self._is_up = threading.Event()
        self._is_over = asyncio.Event()
        self._loop = asyncio.new_event_loop()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        name = request.path.removeprefix("/")
        if name == "never":
            await self._is_over.wait()
            name = "204"
        if name == "moved":
            raise web.HTTPFound("/200")
        return web.Response(status=int(name))

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/{name}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = str(site.name)
        self._is_up.set()
        await self._is_over.wait()
        await runner.cleanup()

    def __enter__(self) -> Pages:
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    # Nothing answers there; no proxy leads to this machine.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Pages() as running:
        yield running


def reported(folder: Folder, *links: str) -> list[str]:
    """What is said about a file with one source for each link."""
    sources = ", ".join(f"{{title: T{n}, publisher: P, link: '{link}'}}" for n, link in enumerate(links))
    folder.write("zebras.yaml", ZEBRAS.replace("[provider]", f"[{sources}]"))
    return [str(one) for one in dead_links(check_knowledge(folder.path).links, PATIENCE_SECONDS)]


@pytest.mark.parametrize("name", ["200", "204", "moved", "403", "429"])
def test_a_link_that_answers_is_not_named(small: Folder, pages: Pages, name: str) -> None:
    assert reported(small, f"{pages.address}/{name}") == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("404", "answers with status 404", id="gone"),
        pytest.param("500", "answers with status 500", id="broken"),
        pytest.param("never", "gives no answer in 0.5 seconds", id="silent"),
    ],
)
def test_a_link_that_does_not_answer_is_named_with_its_line(
    small: Folder, pages: Pages, name: str, problem: str
) -> None:
    assert reported(small, f"{pages.address}/200", f"{pages.address}/{name}") == [
        f"knowledge/zebras.yaml:8: warning: the link of source 2 of entry 'zebras' {problem}. "
        "Open it in a browser, and mend or replace it."
    ]


def test_a_server_that_is_not_there_is_named(small: Folder) -> None:
    [warning] = reported(small, "http://127.0.0.1:9/page")
    assert "the link of source 1 of entry 'zebras' does not answer (ClientConnectorError)" in warning


def test_an_address_in_several_places_is_opened_once_and_named_in_each(small: Folder, pages: Pages) -> None:
    dead = f"{pages.address}/410"
    assert len(reported(small, dead, f"{pages.address}/200", dead)) == 2
    assert pages.asked == {"/410": 1, "/200": 1}
