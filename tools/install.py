"""Fill ``.venv`` from ``requirements.lock``: what the bot and localslack need, or what their development needs as well.

    python3 tools/install.py runtime|development

The Makefile calls it with any Python from 3.11 on, so it uses the standard library only. pip brings uv, which is pinned
by its hash in the same file, and uv installs the rest in a tenth of the time that pip takes. Where uv cannot, pip does.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
MARKER = "# --- development ---\n"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What the Makefile looks at.
STAMPS = {"runtime": VENV / ".installed", "development": VENV / ".developed"}
# The whole of .venv on Linux, of which uv and numpy are 100.
MEGABYTES = {"runtime": 240, "development": 900}

_QUIET_PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def main() -> None:
    """Install one part of the lock file, then the bot and localslack from their folders."""
    part = sys.argv[1]
    began = time.monotonic()
    lock = requirements(part)
    print(
        f"Setting up .venv with the {len(re.findall(r'(?m)^[a-z]', lock))} locked packages: "
        f"about {MEGABYTES[part]} MB on disk, and 20 seconds with a fast connection.",
        flush=True,
    )
    try:
        _install(lock)
    except subprocess.CalledProcessError as error:
        print(f"{error.output or ''}\nThe installation stopped here. Mend what is said above and run make again.")
        sys.exit(1)
    for stamp in STAMPS.values() if part == "development" else [STAMPS[part]]:
        stamp.touch()
    print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)


def requirements(part: str) -> str:
    """The part of the lock file, with setuptools, which the bot and localslack are built with."""
    text = LOCK.read_text(encoding="utf-8")
    return text.replace(MARKER, "") if part == "development" else text.partition(MARKER)[0] + pinned("setuptools")


def pinned(name: str) -> str:
    """The lines of one package in the lock file: its version and its hashes."""
    [lines] = re.findall(rf"^{name}==.*\n(?:    .*\n)+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return str(lines)


def _install(lock: str) -> None:
    if not _works(PYTHON):
        with _step(f"A virtual environment with Python {sys.version_info[0]}.{sys.version_info[1]}"):
            _make_venv()
    wanted = VENV / "requirements.txt"
    with _step("uv, which installs the rest"):
        wanted.write_text(pinned("uv"), encoding="utf-8")
        _run(*_QUIET_PIP, "--require-hashes", "--requirement", wanted)
    wanted.write_text(lock, encoding="utf-8")
    installer: Sequence[str | Path] = (VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON)
    try:
        with _step("The packages"):
            _run(*installer, "--require-hashes", "--requirement", wanted)
    except subprocess.CalledProcessError as error:
        print(f"{error.output}uv could not install them. pip tries it now, which takes a few minutes.", flush=True)
        installer = _QUIET_PIP
        with _step("The packages, with pip"):
            _run(*installer, "--require-hashes", "--requirement", wanted)
    with _step("The bot and localslack"):
        # Folders have no hashes, so they are installed apart from what is locked.
        _run(*installer, "--no-deps", "--no-build-isolation", "--editable", ROOT, "--editable", ROOT / "localslack")
    with _step("Its first start, which fits the knowledge and compiles"):
        # Importing the demo compiles the packages it uses, on the other core while the fit runs on this one.
        compiling = subprocess.Popen([PYTHON, "-c", "import bot.cli.demo"], cwd=ROOT)
        _run(PYTHON, "-m", "bot", "ask", "--json", "help")
        compiling.wait()


def _works(python: Path) -> bool:
    """Whether it is there and runs; a link may lead to a Python that has been removed since."""
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        _run(sys.executable, "-m", "venv", VENV)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        error.output += f"{sys.executable} cannot make a virtual environment. On Debian: apt-get install python3-venv"
        raise


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is being done, with a dot for every second that it takes."""
    print(f"  {what} ", end="", flush=True)
    began, done = time.monotonic(), threading.Event()

    def tick() -> None:
        while not done.wait(1):
            print(".", end="", flush=True)

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        yield
    finally:
        done.set()
        ticking.join()
        print(f" {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
