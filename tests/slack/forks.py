"""The bot as a process of its own, without the imports that are most of what a start costs.

Each is forked from one process that has imported the libraries. Nothing of a test is in it: no objects, no event loop.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

# On a Mac, a process that is forked without a new program may not use everything that the system offers.
_PROCESSES: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
_PROCESSES.set_forkserver_preload(
    ["alembic.command", "aiosqlite", "asyncpg", "bot.cli", "bot.doctor", "bot.fitted", "bot.slack.run", __name__]
)


class Fork:
    """A Python program in a process of its own; its outputs are files, which hold whatever it says."""

    def __init__(self, process: Any, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        """Take charge of a process that has been started; needs the event loop that will wait for its end."""
        self._process = process
        self._stdout = stdout
        self._stderr = stderr
        self._has_ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note_end)

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._has_ended.set()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return int(self._process.pid)

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative number of a signal that ended it."""
        return self._process.exitcode if self._has_ended.is_set() else None

    @property
    def stdout(self) -> str:
        """What it has printed so far."""
        return _content(self._stdout)

    @property
    def stderr(self) -> str:
        """What it has written to its standard error so far."""
        return _content(self._stderr)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    async def wait(self) -> None:
        """Wait until it has ended."""
        await self._has_ended.wait()


def _content(file: IO[bytes]) -> str:
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


@asynccontextmanager
async def forked(folder: Path, environment: Mapping[str, str], module: str, *arguments: str) -> AsyncIterator[Fork]:
    """Run ``python -m MODULE ARGUMENTS`` in a folder, and kill it at the end where it has not ended.

    Args:
        folder: To run in.
        environment: All of its variables.
        module: Its name.
        arguments: Of its command line.
    """
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        outputs = DupFd(stdout.fileno()), DupFd(stderr.fileno())
        what = ([module, *arguments], folder, dict(environment), *outputs)
        process = _PROCESSES.Process(target=_run, args=what, daemon=True)
        process.start()
        fork = Fork(process, stdout, stderr)
        try:
            yield fork
        finally:
            if fork.returncode is None:
                fork.send_signal(signal.SIGKILL)
            await fork.wait()
            process.close()


def _run(argv: list[str], folder: Path, environment: dict[str, str], stdout: Any, stderr: Any) -> None:
    """What the process does."""
    for number, stream in ((1, stdout), (2, stderr)):
        os.dup2(stream.detach(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
