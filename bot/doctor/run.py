"""``peo-aso doctor``: everything that can keep an installation from answering, a line each."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import aiohttp

from bot.doctor.database import inspect_database, inspect_installations
from bot.doctor.findings import Finding, Verdict, fault, ok
from bot.doctor.slack import (
    many_findings,
    proxy_finding,
    signing_secret_fault,
    slack_findings,
    subscription_findings,
    token_findings,
)
from bot.errors import KnowledgeError
from bot.knowledge import load_knowledge
from bot.logs import configure_logging
from bot.manifest import http_manifest, shipped_manifest
from bot.settings import Settings
from bot.slack.health import READY_WITH_FAULTS
from bot.slack.install.tokens import is_for_many

_LABELS: dict[Verdict, str] = {"ok": "ok", "fault": "FAULT", "unseen": "by hand"}
_LABEL_WIDTH = max(map(len, _LABELS.values())) + 2
# A bot on this machine answers at once that it lives, and takes three seconds at most to say how it is.
_ALIVE_SECONDS = 2
_READY_SECONDS = 5
# What is compared with the manifest has no address in it.
_ANY_ADDRESS = "https://bot.example.com"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}


def run_doctor(settings: Settings, *, write_to: str | None) -> bool:
    """Look at everything and print what is found, a line each.

    Args:
        settings: The installation.
        write_to: A member's id, whom the bot writes to for a moment; see `slack_findings`.

    Returns:
        Whether nothing is wrong.
    """
    configure_logging("ERROR")
    faults = unseen = 0
    for finding in asyncio.run(_findings(settings, write_to)):
        print(f"{_LABELS[finding.verdict]:<{_LABEL_WIDTH}}{finding.text}", flush=True)
        faults += finding.verdict == "fault"
        unseen += finding.verdict == "unseen"
    by_hand = f" {unseen} cannot be seen from here." if unseen else ""
    print(f"\n{'No fault' if not faults else '1 fault' if faults == 1 else f'{faults} faults'} found.{by_hand}")
    return not faults


async def _findings(settings: Settings, write_to: str | None) -> list[Finding]:
    found = [*_knowledge_findings(settings), _cache_finding(settings.cache_dir)]
    database = await inspect_database(settings.database_url.get_secret_value())
    found.append(database.finding)
    secret_fault = signing_secret_fault(settings)
    if secret_fault:
        found.append(fault(secret_fault))
    found.append(await _port_finding("", settings.host, settings.port))
    if settings.metrics_port is not None:
        found.append(await _port_finding("METRICS_", settings.metrics_host, settings.metrics_port))
    manifest = http_manifest(_ANY_ADDRESS, many_workspaces=True) if is_for_many(settings) else shipped_manifest()
    found.append(proxy_finding(settings))
    found += token_findings(settings)
    if not is_for_many(settings):
        found += await slack_findings(settings, manifest, database.content.listening, write_to)
    elif database.content.is_current:
        unreadable, installed = await inspect_installations(settings)
        found += unreadable or await many_findings(settings, manifest, installed, database.content.listening)
    found += subscription_findings(settings, manifest, database.content.last_asked, write_to)
    # Where Slack cannot be reached, every token says so in the same words.
    return list(dict.fromkeys(found))


def _knowledge_findings(settings: Settings) -> Iterator[Finding]:
    try:
        knowledge = load_knowledge(settings.knowledge_dir, settings.knowledge_extra_dir)
    except KnowledgeError as error:
        yield from (fault(str(each)) for each in error.faults)
    else:
        yield ok(f"The knowledge in {settings.knowledge_dir} has {len(knowledge.entries)} entries and no fault.")


def _cache_finding(folder: Path | None) -> Finding:
    if folder is None:
        return fault("The user that runs this has no home folder. Set XDG_CACHE_HOME to a folder to keep a cache in.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return ok(f"The cache {folder} can be written to.")
    except OSError as error:
        return fault(
            f"The cache {folder} cannot be written to ({error.strerror}), so that every start takes a second or two "
            "longer. Set XDG_CACHE_HOME to a folder that can."
        )


async def _port_finding(prefix: str, host: str, port: int) -> Finding:
    """Whether ``<prefix>HOST`` and ``<prefix>PORT`` are free, or serve this bot already."""
    address = f"{host}:{port}"
    try:
        server = await asyncio.start_server(lambda *_: None, host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            where = f"Set {prefix}HOST to an address of this machine."
            return fault(f"Cannot listen on {address} ({error.strerror}). {where}")
        served = await _finding_of_this_bot(_EVERYWHERE.get(host, host), port)
        return served or fault(f"{address} is taken by another program. Set {prefix}PORT to a free one.")
    server.close()
    await server.wait_closed()
    return ok(f"{address} is free.")


async def _finding_of_this_bot(host: str, port: int) -> Finding | None:
    """How the bot is that serves here; None where it is another program."""
    address = f"{f'[{host}]' if ':' in host else host}:{port}"
    try:
        async with aiohttp.ClientSession() as session:
            if await _get(session, f"http://{address}/healthz", _ALIVE_SECONDS) == (200, "ok"):
                status, text = await _get(session, f"http://{address}/readyz", _READY_SECONDS)
                if status == 200 and text.startswith(READY_WITH_FAULTS):
                    return fault(f"The bot that runs at {address} is {text}. See its log.")
                if status == 200:
                    return ok(f"The bot runs at {address} and is ready.")
                return fault(f"The bot that runs at {address} is not ready ({text}). See its log.")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        pass
    return None


async def _get(session: aiohttp.ClientSession, url: str, timeout_seconds: float) -> tuple[int, str]:
    async with session.get(url, timeout=aiohttp.ClientTimeout(total=timeout_seconds)) as response:
        return response.status, " ".join((await response.text()).split())
