"""How the bot serves, measured on processes of their own: acks, shedding, replies a second, readiness, memory.

The load comes from bounded loops in this process, beside the local workspace that plays Slack; on a machine with few
cores they share them with what is measured. So each figure stands beside one of a bare Bolt app under the same load.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import statistics
import sys
import tempfile
import time
import uuid
from asyncio.subprocess import DEVNULL, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table

from bot.cli.terminal import console
from bot.conversation.replies import Replies
from bot.live_answers import Answers, load_answers
from bot.manifest import EVENTS_PATH, http_manifest, shipped_manifest
from bot.settings import read_settings
from bot.slack.messages.render import render
from bot.store import Question
from bot.store.engine import IN_MEMORY
from localslack import Message, Timing, Workspace
from tools.bad_input import send_all, signed
from tools.databases import NoPostgres, postgres_database

BOT = ("-m", "bot", "run")
BARE_APP = ("-m", "tools.bare_app")
YARDSTICK = "bare Bolt app, a message like ours"
CHANNEL = "#ask"
QUESTION = "who handles unemployment claims?"
START_SECONDS = 60.0
SLACKS_PATIENCE_SECONDS = 3.0
# Of questions, so that no two of them are the same to the bot.
_NUMBERS = itertools.count()

STARTS = 5
ACKS_A_SECOND = 50
ACK_SECONDS = 10
LOAD_SECONDS = 8
AT_ONCE = 64
WARM_UP = 200
MENTIONS = 1_500
MENTIONS_AT_ONCE = 20
ROUNDS = 5
# As many as a worker has in hand.
BATCH = 50
# Questions after which memory is looked at.
LOOKS = (10_000, 50_000)
BAD_REQUESTS = 10_000


@dataclass(frozen=True)
class Served:
    """Processes on a local workspace, ready.

    Attributes:
        ports: Of each process.
    """

    workspace: Workspace
    processes: Sequence[Process]
    ports: Sequence[int]

    @property
    def origin(self) -> str:
        """The address of the first."""
        return f"http://127.0.0.1:{self.ports[0]}"


@asynccontextmanager
async def over_http(database: str, command: Sequence[str] = BOT) -> AsyncIterator[Served]:
    """One process to which the workspace sends signed requests, each once."""
    [port] = free_ports(1)
    manifest = http_manifest(f"http://127.0.0.1:{port}")
    async with Workspace(manifest, timing=Timing(retry_delays_seconds=())) as workspace:
        secret = {"SLACK_SIGNING_SECRET": workspace.signing_secret}
        async with _processes(workspace, [port], {**secret, "DATABASE_URL": database}, command) as processes:
            await workspace.wait_connected(START_SECONDS)
            yield Served(workspace, processes, [port])


@asynccontextmanager
async def over_socket(
    database: str, command: Sequence[str] = BOT, *, replicas: int = 1, says: str | None = None
) -> AsyncIterator[Served]:
    """Processes that are connected to the workspace over Socket Mode; a bare app says what it is given."""
    ports = free_ports(replicas)
    async with Workspace(shipped_manifest()) as workspace:
        more = {"SLACK_APP_TOKEN": workspace.app_token, "DATABASE_URL": database}
        more |= {"BARE_MESSAGE": says} if says else {}
        async with _processes(workspace, ports, more, command) as processes:
            async with asyncio.timeout(START_SECONDS):
                while workspace.connection_count < replicas:
                    await asyncio.sleep(0.005)
            yield Served(workspace, processes, ports)


@asynccontextmanager
async def _processes(
    workspace: Workspace, ports: Sequence[int], more: dict[str, str], command: Sequence[str]
) -> AsyncIterator[list[Process]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    environment = {
        **inherited,
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "LOG_LEVEL": "ERROR",
        **more,
    }
    processes: list[Process] = []
    try:
        for port in ports:
            own = {**environment, "PORT": str(port)}
            processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    *command,
                    env=own,
                    stdin=DEVNULL,
                    # What it logs of refusals and bad input would bury the tables.
                    stderr=DEVNULL,
                )
            )
        yield processes
    finally:
        for process in processes:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in processes))


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@asynccontextmanager
async def sqlite_database() -> AsyncIterator[str]:
    """The URL of a database in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"


# Acks


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which so much of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def acks() -> Table:
    """Time to the ack at `ACKS_A_SECOND` signed requests a second, database on PostgreSQL."""
    title = f"acks at {ACKS_A_SECOND} signed mentions a second for {ACK_SECONDS} s"
    table = Table("HTTP mode", "median", "99th percentile", "not acknowledged", title=title, title_justify="left")
    async with postgres_database() as database:
        await migrated(database)
        ours = await _acks_of(database, BOT)
        bare = await _acks_of(database, BARE_APP)
    for name, found in (("peo-aso, in PostgreSQL before the ack", ours), ("bare Bolt app", bare)):
        table.add_row(name, _ms(statistics.median(found)), _ms(percentile(found, 0.99)), str(_expected() - len(found)))
    table.add_row("ratio", f"{statistics.median(ours) / statistics.median(bare):.1f}", "", "")
    return table


def _expected() -> int:
    return ACKS_A_SECOND * ACK_SECONDS


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:,.0f} ms"


async def migrated(database: str) -> None:
    """Bring a database up to date, as ``peo-aso migrate`` does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "migrate", env={**os.environ, "DATABASE_URL": database}, stdout=DEVNULL
    )
    if await process.wait():
        raise RuntimeError("peo-aso migrate failed.")


async def _acks_of(database: str, command: Sequence[str]) -> list[float]:
    async with over_http(database, command) as served:
        workspace = served.workspace
        await _ask_together(workspace, 20)
        workspace.traffic.clear()
        started = time.perf_counter()
        for number in range(_expected()):
            await asyncio.sleep(max(0.0, started + number / ACKS_A_SECOND - time.perf_counter()))
            await workspace.mention("maya", CHANNEL, f"{QUESTION} ({number})")
        await workspace.settle(timeout_seconds=60)
        mentions = workspace.traffic.events("app_mention")
    return [mention.ack_seconds for mention in mentions if mention.ack_seconds is not None]


async def _ask_together(workspace: Workspace, count: int) -> None:
    """Mention the bot often, a few waiting at any time, and wait for each reply."""
    room = asyncio.Semaphore(MENTIONS_AT_ONCE)
    replied: defaultdict[str | None, asyncio.Event] = defaultdict(asyncio.Event)
    changes = workspace.subscribe()

    # Told of each reply: whoever looked for it again and again would slow down a slow bot the most.
    async def listen() -> None:
        async for change in changes:
            if change.kind == "message_posted" and isinstance(change.subject, Message):
                replied[change.subject.thread_ts].set()

    async def ask(number: int) -> None:
        async with room:
            asked = await workspace.mention("maya", CHANNEL, f"{QUESTION} ({number})")
            await replied[asked.ts].wait()

    listening = asyncio.create_task(listen())
    await asyncio.gather(*(ask(number) for number in range(count)))
    changes.close()
    await listening


# Shedding


@dataclass
class Load:
    """What became of requests that were sent at a rate.

    Attributes:
        statuses: How often which status came back; 0 for no answer within Slack's three seconds.
        seconds: How long each answer took, by its status.
        without_retry_after: Requests that were shed without a word of when to come again.
    """

    statuses: Counter[int]
    seconds: dict[int, list[float]]
    without_retry_after: int = 0


async def shedding() -> Table:
    """Twice the load that one replica can hold: shed, not timed out; then taken again."""
    async with postgres_database() as database:
        await migrated(database)
        async with over_http(database) as served:
            most = await _most_a_second(served)
            twice = await _load(served, 2 * most)
            await _until_nothing_waits(served)
            after = await _load(served, most / 4)
    title = f"one replica on PostgreSQL, which takes {most:,.0f} signed messages a second at most"
    columns = (f"load for {LOAD_SECONDS} s", "acknowledged", "shed (503)", "neither", "p99 of acks", "p99 of 503")
    table = Table(*columns, title=title, title_justify="left")
    for name, load in (("twice the most", twice), ("then a quarter of it", after)):
        shed = load.statuses[503]
        others = load.statuses.total() - load.statuses[200] - shed + load.without_retry_after
        latency = [
            _ms(percentile(load.seconds[status], 0.99)) if load.seconds.get(status) else "" for status in (200, 503)
        ]
        table.add_row(name, f"{load.statuses[200]:,}", f"{shed:,}", f"{others:,}", *latency)
    return table


async def _most_a_second(served: Served) -> float:
    """How many requests a second are acknowledged when `AT_ONCE` wait at any time."""
    async with _patient_session() as session:
        ends = time.perf_counter() + LOAD_SECONDS
        load = Load(Counter(), {})

        async def one_after_another(number: int) -> None:
            while time.perf_counter() < ends:
                await _send(session, served, load)

        await asyncio.gather(*(one_after_another(number) for number in range(AT_ONCE // 2)))
    await _until_nothing_waits(served)
    return load.statuses[200] / LOAD_SECONDS


async def _load(served: Served, rate: float) -> Load:
    """Requests at a rate, however long the answers take."""
    load = Load(Counter(), {})
    async with _patient_session() as session, asyncio.TaskGroup() as group:
        started = time.perf_counter()
        for number in range(int(rate * LOAD_SECONDS)):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            group.create_task(_send(session, served, load))
    return load


def _patient_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=SLACKS_PATIENCE_SECONDS)
    )


async def _send(session: aiohttp.ClientSession, served: Served, load: Load) -> None:
    event = _direct_message(next(_NUMBERS))
    payload = {"type": "event_callback", "team_id": "T0LOCAL", "event_id": f"Ev{uuid.uuid4().hex}", "event": event}
    body = json.dumps(payload).encode()
    headers = signed(body, "application/json", served.workspace.signing_secret)
    started = time.perf_counter()
    status = 0
    try:
        async with session.post(f"{served.origin}{EVENTS_PATH}", data=body, headers=headers) as response:
            status = response.status
            load.without_retry_after += status == 503 and "Retry-After" not in response.headers
    except (aiohttp.ClientError, TimeoutError):
        pass
    load.statuses[status] += 1
    load.seconds.setdefault(status, []).append(time.perf_counter() - started)


async def _until_nothing_waits(served: Served) -> None:
    await served.workspace.settle(quiet_seconds=1.5, timeout_seconds=180)


# Replies


@dataclass(frozen=True)
class Rate:
    """Replies a second, and what each costs the processor, all processes together, in milliseconds."""

    per_second: float
    cpu_ms: float


async def replies() -> Table:
    """Mentions answered in a second, over Socket Mode, beside a bare Bolt app: medians of rounds with all in turn."""
    rounds = [await _round_of_replies() for _ in range(ROUNDS)]
    title = f"{MENTIONS} mentions, {MENTIONS_AT_ONCE} at once, {ROUNDS} rounds; all on the same {os.cpu_count()} cores"
    columns = ("mentions answered", "per second", "ratio", "CPU a reply")
    table = Table(*columns, title=title, title_justify="left")
    for name in rounds[0]:
        per_second = statistics.median(one[name].per_second for one in rounds)
        ratio = statistics.median(one[name].per_second / one[YARDSTICK].per_second for one in rounds)
        cpu = statistics.median(one[name].cpu_ms for one in rounds)
        table.add_row(name, f"{per_second:,.0f}", f"{ratio:.2f}", f"{cpu:.1f} ms")
    return table


async def _round_of_replies() -> dict[str, Rate]:
    rates = {
        "bare Bolt app, one line": await _replies_of(IN_MEMORY, BARE_APP),
        # The workspace checks and shows every message; what that costs it must not count against the bot.
        YARDSTICK: await _replies_of(IN_MEMORY, BARE_APP, says=_same_message()),
    }
    async with sqlite_database() as database:
        rates["peo-aso, SQLite"] = await _replies_of(database)
    for name, replicas in (("peo-aso, PostgreSQL", 1), ("peo-aso, PostgreSQL, three replicas", 3)):
        # Of its own: each workspace begins to count its events anew.
        async with postgres_database() as database:
            await migrated(database)
            rates[name] = await _replies_of(database, replicas=replicas)
    return rates


@cache
def _same_message() -> str:
    """What the bot answers to the question, as JSON."""
    asked = Question(str(uuid.uuid4()), "T0LOCAL", None, "channel", "C0ASK", "1.1", "1.1", "", QUESTION)
    content, _ = Replies(Answers(load_answers(read_settings()))).answer(asked, QUESTION)
    reply = render(content)
    return json.dumps({"text": reply.text, "blocks": reply.blocks, "unfurl_links": False, "unfurl_media": False})


async def _replies_of(
    database: str, command: Sequence[str] = BOT, *, replicas: int = 1, says: str | None = None
) -> Rate:
    async with over_socket(database, command, replicas=replicas, says=says) as served:
        await _ask_together(served.workspace, WARM_UP)
        started, cpu = time.perf_counter(), _cpu_seconds(served)
        await _ask_together(served.workspace, MENTIONS)
        seconds = time.perf_counter() - started
        return Rate(MENTIONS / seconds, (_cpu_seconds(served) - cpu) / MENTIONS * 1_000)


def _cpu_seconds(served: Served) -> float:
    times = [psutil.Process(process.pid).cpu_times() for process in served.processes]
    return float(sum(one.user + one.system for one in times))


# Start and memory


async def start() -> str:
    """Seconds from the start of the process to its readiness, and its memory then."""
    seconds, megabytes = [], []
    async with sqlite_database() as database:
        for _ in range(STARTS):
            started = time.perf_counter()
            async with over_socket(database) as served:
                await _until_ready(served)
                seconds.append(time.perf_counter() - started)
                megabytes.append(_megabytes(served))
    first, ready = seconds[0], statistics.median(seconds)
    memory = statistics.median(megabytes)
    return (
        f"peo-aso run: ready after {ready:.2f} s (median of {STARTS}; {first:.2f} s with a new file), {memory:.0f} MB"
    )


async def _until_ready(served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{served.origin}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.01)


def _megabytes(served: Served) -> float:
    return float(psutil.Process(served.processes[0].pid).memory_info().rss / 1e6)


async def memory(looks: Sequence[int] = LOOKS) -> Table:
    """Resident memory after many questions, by direct message, each answered."""
    table = Table("questions answered", "resident", title="memory of one process on SQLite", title_justify="left")
    async with sqlite_database() as database, over_http(database) as served:
        asked = 0
        for look in looks:
            while asked < look:
                deliveries = [await served.workspace.deliver(_direct_message(asked + one)) for one in range(BATCH)]
                for delivery in deliveries:
                    await delivery.settled()
                await served.workspace.settle(quiet_seconds=0.05, timeout_seconds=60)
                asked += BATCH
            table.add_row(f"{asked:,}", f"{_megabytes(served):.0f} MB")
    return table


def _direct_message(number: int) -> dict[str, str]:
    where = {"channel": "D0MAYA", "channel_type": "im", "ts": f"{1_700_000_000 + number}.000100"}
    return {"type": "message", "user": "U0MAYA", "text": f"{QUESTION} {number}", **where}


# Bad input


async def bad_input() -> Table:
    """What became of bad requests of all kinds."""
    title = f"{BAD_REQUESTS:,} bad requests at the HTTP port"
    table = Table("kind", "answers", title=title, title_justify="left")
    async with sqlite_database() as database, over_http(database) as served:
        outcomes = await send_all(served.origin, served.workspace.signing_secret, BAD_REQUESTS)
        grown = _megabytes(served)
    kinds = sorted({kind for kind, _ in outcomes})
    for kind in kinds:
        answers = sorted((status, count) for (one, status), count in outcomes.items() if one == kind)
        table.add_row(kind, ", ".join(f"{count:,} x {status or 'cut'}" for status, count in answers))
    table.add_row("resident after all of it", f"{grown:.0f} MB")
    return table


async def measure(screen: Console) -> None:
    """Measure everything here and print it."""
    screen.print(await start())
    parts: list[Callable[[], Awaitable[Table]]] = [acks, shedding, replies, memory, bad_input]
    for part in parts:
        try:
            screen.print(await part())
        except NoPostgres as missing:
            screen.print(f"Not measured: {part.__name__}. {missing}")


if __name__ == "__main__":
    asyncio.run(measure(console()))
