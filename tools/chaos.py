"""Three replicas on one PostgreSQL while everything goes wrong: is a question lost, is one answered twice?

Slack and a proxy are acted out: signed HTTP requests to whichever replica is next, told again where no ack came within
three seconds, some told twice for no reason, out of order, as a mention and as a message; and a Web API that slows
down, fails, cuts connections and answers late, having done what it was asked or not.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from rich.table import Table
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import func, select

from bot.manifest import EVENTS_PATH, shipped_manifest
from bot.store import engine_of, migrate
from bot.store.engine import Database, transaction
from bot.store.tables import questions
from localslack import Message, Timing, Workspace
from tools.databases import postgres_database

ROOT = Path(__file__).resolve().parents[1]
REPLICAS = 3
QUESTION = "who handles unemployment claims?"
_SECRET = "chaos-signing-secret-of-this-run"
# Seconds. Slack waits three for an ack; it tells again at once, after a minute and after five, of which the latter are
# shortened here.
_ACK_SECONDS = 3.0
_TOLD_AGAIN_AFTER = (0.0, 1.0, 3.0, 6.0, 12.0)
_READY_SECONDS = 30.0
_DONE_SECONDS = 120.0
# Tellings are spread over so long, which puts them out of order.
_SPREAD_SECONDS = 1.5
_QUESTIONS_AT_ONCE = 80
# A local workspace keeps 2,000 messages of a channel.
_QUESTIONS_PER_CHANNEL = 800


@dataclass(frozen=True)
class Plan:
    """What is to go wrong.

    Attributes:
        events: How many events Slack tells of, before those that it tells again.
        kills: How often a replica is killed with -9.
        rolling_restarts: How often all replicas are replaced, one after the other.
        timeouts: How often Slack answers only after the bot has stopped waiting.
        command: What Python runs as a replica.
        environment: On top of what a replica needs.
        seed: For everything that is left to chance.
    """

    events: int = 10_000
    kills: int = 5
    rolling_restarts: int = 2
    timeouts: int = 10
    command: Sequence[str] = ("-m", "bot", "run")
    environment: Mapping[str, str] = field(default_factory=dict)
    seed: int = 1


@dataclass
class Result:
    """What came of it.

    Attributes:
        events: What Slack told, by what it was.
        told_again: Further tellings for want of an ack.
        slack: How Slack's Web API failed, by kind.
        not_accepted: Questions that no replica acknowledged in any telling.
        lost: Questions that were acknowledged and have no reply.
        twice: Replies beyond the first to one question.
        logged: What the replicas logged, by event.
    """

    seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    told_again: int = 0
    slack: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    restarts: int = 0
    questions: int = 0
    not_accepted: int = 0
    replies: int = 0
    lost: int = 0
    twice: int = 0
    logged: Counter[str] = field(default_factory=Counter)

    def table(self) -> Table:
        """The result for people."""
        title = f"Chaos: {REPLICAS} replicas, PostgreSQL, {self.seconds:,.0f} s"
        table = Table("what", "count", title=title, title_justify="left")
        table.add_row("events, out of order", f"{sum(self.events.values()):,}")
        for name, count in self.events.items():
            table.add_row(f"  {name}", f"{count:,}")
        table.add_row("told again for want of an ack", f"{self.told_again:,}")
        for name, count in sorted(self.slack.items()):
            table.add_row(f"Slack's API: {name}", f"{count:,}")
        table.add_row("kill -9", f"{self.kills}")
        table.add_row("replicas stopped and started in rolling restarts", f"{self.restarts}")
        table.add_row("replies looked for and found", f"{self.logged['reply_found']:,}")
        table.add_section()
        table.add_row("questions", f"{self.questions:,}")
        table.add_row("replies", f"{self.replies:,}")
        table.add_row("never acknowledged", f"{self.not_accepted:,}")
        table.add_row("lost", f"{self.lost:,}", style="bold")
        table.add_row("answered twice", f"{self.twice:,}", style="bold")
        return table


async def run_chaos(plan: Plan) -> Result:
    """Run a plan to its end.

    Raises:
        NoPostgres: There is no server.
    """
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(postgres_database())
        engine = engine_of(url)
        stack.push_async_callback(engine.dispose)
        await migrate(engine)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # Slack is acted out by us; nothing is connected over Socket Mode.
        workspace = Workspace(shipped_manifest(), timing=Timing(retry_delays_seconds=()))
        await stack.enter_async_context(workspace)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        replicas = await stack.enter_async_context(_replicas(plan, workspace, url, folder))
        return await _Run(plan, workspace, session, engine, replicas).to_its_end()


class _Replica:
    """One process, at one port, whatever becomes of it."""

    def __init__(self, number: int, command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self.log = folder / f"replica-{number}.log"
        self._command = command
        self._folder = folder
        self._port = _free_port()
        self._environment = {**environment, "PORT": str(self._port)}
        self._process: Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._command, cwd=self._folder, env=self._environment, stdin=DEVNULL, stderr=log
            )

    async def until_ready(self, session: aiohttp.ClientSession) -> None:
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                try:
                    async with session.get(f"{self.address}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.05)

    async def end(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        await self._process.wait()

    def logged(self) -> Iterator[str]:
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                yield str(json.loads(line).get("event"))


@asynccontextmanager
async def _replicas(plan: Plan, workspace: Workspace, url: str, folder: Path) -> AsyncIterator[list[_Replica]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    environment = {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_SIGNING_SECRET": _SECRET,
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "LOG_LEVEL": "INFO",
        **plan.environment,
    }
    replicas = [_Replica(number, plan.command, environment, folder) for number in range(REPLICAS)]
    for replica in replicas:
        await replica.start()
    try:
        yield replicas
    finally:
        for replica in replicas:
            await replica.end(signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class _Telling:
    """One event on its way to the bot.

    Attributes:
        what: What it is, for the table.
        body: As Slack writes it.
        delay_seconds: When it sets out, from the question on.
        is_asking: Whether its ack makes us owe a reply.
    """

    what: str
    body: str
    delay_seconds: float
    is_asking: bool = True


class _Run:
    def __init__(
        self,
        plan: Plan,
        workspace: Workspace,
        session: aiohttp.ClientSession,
        engine: Database,
        replicas: Sequence[_Replica],
    ) -> None:
        self._plan = plan
        self._workspace = workspace
        self._session = session
        self._engine = engine
        self._replicas = replicas
        self._chance = random.Random(plan.seed)
        self._result = Result()
        self._next_replica = itertools.cycle(replicas)
        self._numbers = itertools.count(1)
        self._asked: list[Message] = []
        self._acknowledged: set[tuple[str, str]] = set()

    async def to_its_end(self) -> Result:
        await asyncio.gather(*(replica.until_ready(self._session) for replica in self._replicas))
        started = time.monotonic()
        telling = asyncio.create_task(self._tell_all())
        await self._disturb(telling)
        await telling
        await self._until_done()
        self._result.seconds = time.monotonic() - started
        for replica in self._replicas:
            await replica.end(signal.SIGTERM)
        await self._count()
        return self._result

    # What Slack tells

    async def _tell_all(self) -> None:
        room = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
        tasks = []
        while self._events_told < self._plan.events:
            await room.acquire()
            message = await self._ask()
            tellings = list(self._tellings(message))
            self._result.events.update(telling.what for telling in tellings)
            task = asyncio.create_task(self._tell(message, tellings))
            task.add_done_callback(lambda _: room.release())
            tasks.append(task)
        await asyncio.gather(*tasks)

    @property
    def _events_told(self) -> int:
        return sum(self._result.events.values())

    async def _ask(self) -> Message:
        """A person asks, and Slack may be about to fail."""
        number = next(self._numbers)
        self._make_trouble()
        if self._chance.random() < 0.3:
            person = self._chance.choice(self._workspace.people)
            message = await self._workspace.direct_message(person, f"{QUESTION} ({number})")
        else:
            message = await self._workspace.mention("maya", self._channel(number), f"{QUESTION} ({number})")
        self._asked.append(message)
        return message

    def _channel(self, number: int) -> str:
        name = f"chaos-{number // _QUESTIONS_PER_CHANNEL}"
        if name not in {channel.name for channel in self._workspace.channels}:
            self._workspace.create_channel(name, ["maya", self._workspace.bot])
        return name

    def _make_trouble(self) -> None:
        fail, chance = self._workspace.fail_next, self._chance
        done = chance.random() < 0.5
        trouble = chance.random()
        if trouble < 0.03:
            fail("chat.postMessage", "ratelimited", retry_after_seconds=1)
            self._result.slack["429"] += 1
        elif trouble < 0.05:
            fail("chat.postMessage", status=503, is_done=done)
            self._result.slack["5xx" + ", and posted" * done] += 1
        elif trouble < 0.07:
            fail("chat.postMessage", is_lost=True, is_done=done)
            self._result.slack["connection cut" + ", and posted" * done] += 1
        elif trouble < 0.08:
            fail("conversations.replies", status=500)
            self._result.slack["5xx to a look"] += 1
        elif self._result.slack["timeout, and posted"] + self._result.slack["timeout"] < self._timeouts_due:
            fail("chat.postMessage", late_seconds=11, is_done=done)
            self._result.slack["timeout" + ", and posted" * done] += 1

    @property
    def _timeouts_due(self) -> float:
        return self._plan.timeouts * self._events_told / self._plan.events

    def _tellings(self, message: Message) -> Iterator[_Telling]:
        """Everything that Slack tells of one question."""
        chance = self._chance
        is_direct = message.channel_id.startswith("D")
        what = "direct messages" if is_direct else "mentions"
        first = self._telling(what, message, "message" if is_direct else "app_mention")
        yield first
        if not is_direct and chance.random() < 0.5:
            yield self._telling("the same as a message in the channel", message, "message", is_asking=False)
        if chance.random() < 0.1:
            yield _Telling("told twice at once", first.body, first.delay_seconds)
        if chance.random() < 0.1:
            yield _Telling("told again later", first.body, first.delay_seconds + chance.uniform(0.5, 4))
        if chance.random() < 0.05:
            event_type = "message" if is_direct else "app_mention"
            yield self._telling("the same under another event id", message, event_type)
        if chance.random() < 0.05:
            yield self._edit(message)

    def _telling(self, what: str, message: Message, event_type: str, *, is_asking: bool = True) -> _Telling:
        event = {
            "type": event_type,
            "user": message.user_id,
            "text": message.text,
            "channel": message.channel_id,
            "channel_type": "im" if message.channel_id.startswith("D") else "channel",
            "ts": message.ts,
            "event_ts": message.ts,
        }
        return _Telling(what, self._body(event), self._chance.uniform(0, _SPREAD_SECONDS), is_asking)

    def _edit(self, message: Message) -> _Telling:
        edited = {"user": message.user_id, "ts": message.ts}
        words = f"{message.text} please"
        inner = {"type": "message", "user": message.user_id, "ts": message.ts, "text": words, "edited": edited}
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": message.channel_id,
            "channel_type": "im" if message.channel_id.startswith("D") else "channel",
            "ts": message.ts,
            "event_ts": message.ts,
            "message": inner,
            "previous_message": {**inner, "text": message.text},
        }
        return _Telling("edits", self._body(event), self._chance.uniform(0, 3), is_asking=False)

    def _body(self, event: dict[str, Any]) -> str:
        body = {
            "type": "event_callback",
            "team_id": self._workspace.team_id,
            "api_app_id": "A0LOCAL",
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "event": event,
        }
        return json.dumps(body)

    async def _tell(self, message: Message, tellings: Sequence[_Telling]) -> None:
        acks = await asyncio.gather(*(self._deliver(telling) for telling in tellings))
        if any(acked and telling.is_asking for acked, telling in zip(acks, tellings, strict=True)):
            self._acknowledged.add((message.channel_id, message.ts))

    async def _deliver(self, telling: _Telling) -> bool:
        """Tell until there is an ack, as often as Slack does."""
        await asyncio.sleep(telling.delay_seconds)
        for attempt, pause in enumerate(_TOLD_AGAIN_AFTER):
            await asyncio.sleep(pause)
            if attempt:
                self._result.told_again += 1
            if await self._send(telling.body, attempt):
                return True
        return False

    async def _send(self, body: str, attempt: int) -> bool:
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(_SECRET).generate_signature(timestamp=timestamp, body=body)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        for _ in range(REPLICAS):
            try:
                return await self._post(next(self._next_replica), body, headers)
            except aiohttp.ClientConnectorError:
                # Nobody listens there; the proxy in front turns to the next one.
                continue
            except (aiohttp.ClientError, TimeoutError):
                return False
        return False

    async def _post(self, replica: _Replica, body: str, headers: Mapping[str, str]) -> bool:
        url, timeout = f"{replica.address}{EVENTS_PATH}", aiohttp.ClientTimeout(total=_ACK_SECONDS)
        async with self._session.post(url, data=body, headers=headers, timeout=timeout) as response:
            return response.status == 200

    # What happens to the replicas

    async def _disturb(self, telling: asyncio.Task[None]) -> None:
        """Kill and restart, spread evenly over the events."""
        happenings = ["kill"] * self._plan.kills + ["restart"] * self._plan.rolling_restarts
        self._chance.shuffle(happenings)
        for number, what in enumerate(happenings, start=1):
            due = self._plan.events * number / (len(happenings) + 1)
            while self._events_told < due and not telling.done():
                await asyncio.sleep(0.05)
            if what == "kill":
                await self._replace(self._chance.choice(self._replicas), signal.SIGKILL)
                self._result.kills += 1
            else:
                for replica in self._replicas:
                    await self._replace(replica, signal.SIGTERM)
                    self._result.restarts += 1

    async def _replace(self, replica: _Replica, number: signal.Signals) -> None:
        await replica.end(number)
        await replica.start()
        await replica.until_ready(self._session)

    # What came of it

    async def _until_done(self) -> None:
        is_open = select(func.count()).where(questions.c.state == "open")
        async with asyncio.timeout(_DONE_SECONDS):
            while True:
                async with transaction(self._engine) as connection:
                    if not (await connection.execute(is_open)).scalar_one():
                        return
                await asyncio.sleep(0.2)

    async def _count(self) -> None:
        """Count in the conversations what people see; the store only says which direct message a reply is to."""
        async with transaction(self._engine) as connection:
            rows = await connection.execute(select(questions.c.id, questions.c.channel_id, questions.c.message_ts))
            asked_by_id = {id: (channel, ts) for id, channel, ts in rows}
        replies: Counter[tuple[str, str]] = Counter()
        for channel in self._workspace.channels:
            for message in self._workspace.messages(channel):
                for one in [message, *self._workspace.messages(channel, message.ts)[1:]]:
                    if one.bot_id and one.metadata:
                        replies[asked_by_id[one.metadata["event_payload"]["question_id"]]] += 1
        result = self._result
        result.questions = len(self._asked)
        result.replies = sum(replies.values())
        for message in self._asked:
            asked = (message.channel_id, message.ts)
            result.not_accepted += asked not in self._acknowledged and not replies[asked]
            result.lost += asked in self._acknowledged and not replies[asked]
            result.twice += max(0, replies[asked] - 1)
        for replica in self._replicas:
            result.logged.update(replica.logged())
