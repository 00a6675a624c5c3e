"""Do the addresses in the knowledge answer? Asked only by ``peo-aso check --links``."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import aiohttp

from bot.errors import Fault
from bot.knowledge.advice import Link

# Seconds for one address, its redirects included, and addresses at a time.
_PATIENCE_SECONDS = 15.0
_AT_ONCE = 8
# Some sites turn away what names no browser.
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; peo-aso check --links)"}
# Answers of a page that is there and does not let a program read it.
_LOCKED = (401, 403, 429)


def dead_links(links: Iterable[Link], patience_seconds: float = _PATIENCE_SECONDS) -> list[Fault]:
    """A warning for each link that does not answer. An address that stands in several places is opened once."""
    by_url: dict[str, list[Link]] = {}
    for link in links:
        by_url.setdefault(link.url, []).append(link)
    problems = asyncio.run(_problems(list(by_url), patience_seconds))
    remedy = "Open it in a browser, and mend or replace it"
    return [
        link.warning(problem, remedy)
        for url, problem in problems.items()
        if problem is not None
        for link in by_url[url]
    ]


async def _problems(urls: list[str], patience_seconds: float) -> dict[str, str | None]:
    turn = asyncio.Semaphore(_AT_ONCE)

    async def look(url: str) -> str | None:
        async with turn:
            return await _problem(url, patience_seconds)

    return dict(zip(urls, await asyncio.gather(*map(look, urls)), strict=True))


async def _problem(url: str, patience_seconds: float) -> str | None:
    """Why an address does not answer; None where it does."""
    timeout = aiohttp.ClientTimeout(total=patience_seconds)
    session = aiohttp.ClientSession(timeout=timeout, headers=_HEADERS, trust_env=not _is_local(url))
    try:
        # Without its body, which nobody reads: leaving the context closes the connection.
        async with session, session.get(url) as answer:
            status = answer.status
    except TimeoutError:
        return f"gives no answer in {patience_seconds:g} seconds"
    except (aiohttp.ClientError, ValueError, OSError) as error:
        return f"does not answer ({type(error).__name__})"
    return f"answers with status {status}" if status >= 400 and status not in _LOCKED else None


def _is_local(url: str) -> bool:
    """Whether an address is on this machine, to which no proxy leads."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
