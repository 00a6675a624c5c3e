"""``peo-aso demo``: the real bot in a local workspace, in the browser and in the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.answering import AnswerService
from bot.cli.terminal import console, message_lines
from bot.conversation.deliveries import Pace
from bot.conversation.worker import Worker
from bot.errors import KnowledgeError, SettingsError
from bot.live_answers import Answers, LiveAnswers, Reloaded
from bot.logs import configure_logging
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.install.tokens import read_tokens
from bot.slack.run import connected_bot
from bot.store.engine import IN_MEMORY
from localslack import Message, PageContent, Timing, Workspace, WorkspaceError

# Not the person that the page begins with, whose conversations are left empty for a newcomer.
ASKER = "priya"
CHANNEL = "#ask"
COMMAND = "/peo-vs-aso"
USUAL_PORT = 3737
SAMPLE_QUESTIONS = (
    ("channel", "Who handles unemployment claims?"),
    ("plain", "Who is the employer of record under an ASO?"),
    ("command", "Under a PEO, whose workers' comp policy is it?"),
    ("dm", "whos on the hook for 941s with a peo"),
    ("dm", "Where is good pizza near the office?"),
)
_PAGE_CONTENT = PageContent(
    samples=(
        "What is the difference between a PEO and an ASO?",
        "Who pays for workers' compensation?",
        "Who is the employer of record under a PEO?",
        "Which is better for 12 employees, a PEO or an ASO?",
        "Where is good pizza near the office?",
    ),
    next_steps=(
        "At https://api.slack.com/apps choose Create New App, From a manifest, and paste manifest.json.",
        "Install it to your workspace and copy the Bot User OAuth Token (xoxb-...).",
        "Under App-Level Tokens, generate one with the scope connections:write (xapp-...).",
        "Copy .env.example to .env, put both tokens in, and start: .venv/bin/peo-aso run",
        "In Slack, invite the bot to a channel and mention it. README.md and docs/ have more detail.",
    ),
)
_HELP = f"""\
Or ask here. A plain line is a direct message to the bot; "@bot ..." mentions it in {CHANNEL};
"{COMMAND} ..." is the slash command. Ctrl-D or Ctrl-C ends."""


def run_demo(settings: Settings, *, port: int | None, once: bool, browser: bool) -> None:
    """Ask the sample questions on all surfaces, print the conversation, then take questions in page and terminal.

    Args:
        settings: Of these, the knowledge folder is used; the tokens are the local workspace's own.
        port: Port of the local workspace on the loopback interface; 0 takes a free one, None the usual one where
            that is free, so that a page that was left open finds a demo that is started again.
        once: Stop after the sample questions.
        browser: Open the page, where this machine has a screen.
    """
    configure_logging("ERROR")
    answers = LiveAnswers(settings)
    try:
        asyncio.run(_demo(answers, port=port, once=once, browser=browser))
    except KeyboardInterrupt:
        print()


async def _demo(answers: LiveAnswers, *, port: int | None, once: bool, browser: bool) -> None:
    screen = console()
    async with bot_in_workspace(answers, port=port) as workspace:
        answers.on_change = partial(tell_of_knowledge, workspace)
        # There the page may be used without a mention, as in a channel that has let the bot listen.
        await workspace.slash(ASKER, CHANNEL, COMMAND, "listen on")
        session = _Session(workspace, screen)
        screen.print(f"The bot is connected to a local workspace at {workspace.api_url}, a stand-in for Slack.\n")
        for surface, question in SAMPLE_QUESTIONS:
            await session.ask(surface, question)
        if once:
            return
        screen.print(Text.assemble("Use it in your browser, as if it were Slack: ", (workspace.page_url, "bold"), "\n"))
        if browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, workspace.page_url)
        if not await session.take_questions() and not sys.stdin.isatty():
            screen.print("Nothing can be typed here, so the page stays open until Ctrl-C.")
            await asyncio.Event().wait()


def tell_of_knowledge(workspace: Workspace, outcome: Reloaded) -> None:
    """Put on the page what became of a change in the knowledge files."""
    if isinstance(outcome, KnowledgeError):
        first, *others = outcome.faults
        more = f" And {len(others)} more; peo-aso check lists them." if others else ""
        workspace.notify("knowledge", f"{first}{more} Until that is mended, the old answers go on.", "error")
    else:
        workspace.notify("knowledge", f"The knowledge has been read again: {len(outcome.entries)} entries.")


def _has_screen() -> bool:
    """Whether a browser would open in a window, and not inside this terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@asynccontextmanager
async def bot_in_workspace(
    answers: AnswerService | Answers,
    *,
    port: int | None = 0,
    pace: Pace | None = None,
    timing: Timing | None = None,
) -> AsyncIterator[Workspace]:
    """A local workspace with the real bot connected to it as to Slack; ``port`` as in `run_demo`."""
    workspace = Workspace(shipped_manifest(), page_content=_PAGE_CONTENT, timing=timing)
    await _start(workspace, port)
    try:
        # The environment's own tokens are for the real Slack and stay out of this.
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_client_id=None,
            slack_client_secret=None,
            slack_api_url=workspace.api_url,
            host="127.0.0.1",
            port=0,
            database_url=SecretStr(IN_MEMORY),
        )
        async with connected_to(workspace, settings, answers, pace):
            yield workspace
    finally:
        await workspace.stop()


@asynccontextmanager
async def connected_to(
    workspace: Workspace, settings: Settings, answers: AnswerService | Answers, pace: Pace | None = None
) -> AsyncIterator[None]:
    """The bot, connected to a local workspace, which so knows when it has nothing more to do."""
    async with connected_bot(settings, read_tokens(settings), answers, pace) as worker:
        with workspace.waiting_for(lambda: worker.is_done):
            await workspace.wait_connected()
            telling = asyncio.create_task(_tell_of_listening(workspace, worker))
            try:
                yield
            finally:
                telling.cancel()


async def _tell_of_listening(workspace: Workspace, worker: Worker) -> None:
    """Keep the headers of the channels true: whether the bot answers there without a mention."""
    name = workspace.bot.real_name
    async for change in workspace.subscribe():
        message = change.subject
        # It says so when somebody has switched it.
        if not isinstance(message, Message) or message.user_id != workspace.bot_user_id:
            continue
        listens = await worker.listens(workspace.team_id, message.channel_id)
        about = f"{name} listens here: it also answers questions without a mention." if listens else ""
        if workspace.channel(message.channel_id).about != about:
            workspace.describe(message.channel_id, about)


async def _start(workspace: Workspace, port: int | None) -> None:
    try:
        await workspace.start(port=USUAL_PORT if port is None else port)
    except OSError as error:
        if port is None:
            await workspace.start(port=0)
            return
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"Cannot listen on 127.0.0.1:{port} ({reason}). Give another --port.") from None


@dataclass(frozen=True)
class _Session:
    """One person at the terminal."""

    workspace: Workspace
    screen: Console

    async def ask(self, surface: str, question: str) -> None:
        """Ask on one surface and print question and reply."""
        self._print_question(surface, question)
        try:
            await self._ask(surface, question)
        except (WorkspaceError, TimeoutError) as error:
            self.screen.print(Text(f"  The local workspace says: {error}\n", style="red"))

    async def _ask(self, surface: str, question: str) -> None:
        typed = self.workspace.typed(question)
        if surface == "command":
            outcome = await self.workspace.slash(ASKER, CHANNEL, COMMAND, typed)
            reply = outcome.message
        elif surface == "channel":
            asked = await self.workspace.mention(ASKER, CHANNEL, typed)
            reply = await self.workspace.next_message(CHANNEL, asked.ts)
        elif surface == "plain":
            asked = await self.workspace.post(ASKER, CHANNEL, typed)
            reply = await self.workspace.next_message(CHANNEL, asked.ts)
        else:
            await self.workspace.direct_message(ASKER, typed)
            reply = await self.workspace.next_message(self.workspace.direct_channel(ASKER))
        if reply is None:
            self.screen.print(Text(f"  Slack says: {outcome.failure}\n", style="red"))
        else:
            self._print_reply(reply)

    async def take_questions(self) -> bool:
        """Take questions from standard input until its end; says whether there was any."""
        self.screen.print(_HELP)
        asked = False
        while line := await _next_line():
            # A bare Enter must not take the page away.
            if line.strip():
                await self.ask(*_surface_of(line.strip(), self.workspace.bot.real_name))
                asked = True
        return asked

    def _print_question(self, surface: str, question: str) -> None:
        bot = self.workspace.bot.real_name
        where = {
            "channel": CHANNEL,
            "plain": f"{CHANNEL}, without a mention",
            "command": f"{CHANNEL}, only visible to her",
            "dm": f"direct message to {bot}",
        }
        said = {"channel": f"@{bot} {question}", "plain": question, "command": f"{COMMAND} {question}", "dm": question}
        name = self.workspace.user(ASKER).real_name
        self.screen.print(Text.assemble((name, "bold"), (f"  {where[surface]}", "dim")))
        self.screen.print(Padding(said[surface], (0, 0, 1, 2)))

    def _print_reply(self, message: Message) -> None:
        where = "in the thread" if message.thread_ts else "only visible to you" if message.ephemeral_to else ""
        self.screen.print(Text.assemble((f"  {self.workspace.bot.real_name}", "bold green"), (f"  {where}", "dim")))
        drawn = message_lines(message.blocks, message.text, width=self.screen.width - 4)
        self.screen.print(Padding(drawn, (0, 0, 1, 4)))


def _surface_of(line: str, bot_name: str) -> tuple[str, str]:
    """The surface that a typed line means, and the question in it."""
    command = re.fullmatch(rf"{re.escape(COMMAND)}(?:\s+(.*))?", line, re.IGNORECASE)
    if command:
        return "command", command[1] or ""
    mention = re.fullmatch(rf"@(?:bot|{re.escape(bot_name)})\b[:,]?\s*(.*)", line, re.IGNORECASE)
    return ("channel", mention[1]) if mention else ("dm", line)


async def _next_line() -> str:
    """The next typed line with its end; empty where there are no more. A daemon thread reads it, for Ctrl-C's sake."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def deliver(typed: str) -> None:
        if not line.done():
            line.set_result(typed)

    def read() -> None:
        typed = _read_line()
        with contextlib.suppress(RuntimeError):
            # The loop may be closed by now.
            loop.call_soon_threadsafe(deliver, typed)

    threading.Thread(target=read, daemon=True).start()
    return await line


def _read_line() -> str:
    try:
        return input("> ") + "\n" if sys.stdin.isatty() else sys.stdin.readline()
    except (EOFError, UnicodeDecodeError):
        print()
        return ""
