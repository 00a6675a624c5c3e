"""Which calls go through the proxy of the environment: those to Slack, and never those to this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import aiohttp
from slack_sdk.proxy_env_variable_loader import load_http_proxy_from_env
from yarl import URL

from bot.manifest import is_loopback


class _Request(aiohttp.ClientRequest):
    """slack_sdk hands its proxy to every call, wherever it goes and whatever NO_PROXY says."""

    def update_proxy(self, proxy: URL | None, *more: Any) -> None:
        """See `aiohttp.ClientRequest`."""
        super().update_proxy(None if _is_direct(str(self.url)) else proxy, *more)


def slack_session(
    timeout_seconds: float, check: Callable[[aiohttp.ClientResponse], Awaitable[None]] | None = None
) -> aiohttp.ClientSession:
    """A session whose calls to this machine, and to the hosts of NO_PROXY, pass by the proxy.

    Args:
        timeout_seconds: For a call as a whole; slack_sdk's own timeout does not reach a session that it is given.
        check: Gets each response before the SDK does, and raises for one that the SDK must not see.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    return aiohttp.ClientSession(timeout=timeout, raise_for_status=check or False, request_class=_Request)


def proxy_for(address: str) -> str | None:
    """Host and port of the proxy used for an address, without its password; None if there is no proxy."""
    proxy = load_http_proxy_from_env()
    if proxy is None or _is_direct(address):
        return None
    return urlsplit(proxy).netloc.rpartition("@")[2] or "an address without a host"


def _is_direct(address: str) -> bool:
    return is_loopback(address) or bool(proxy_bypass(urlsplit(address).hostname or ""))
