"""What was fitted is kept in the user's cache folder, so that `ask` starts at once.

The file's name is a digest of everything that the fit depends on, so that a changed word of what it learns from, or a
new version of the bot, is fitted anew. Losing the folder, or having none that can be written to, costs a second.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bot.knowledge import KnowledgeBase
from bot.understanding import Fitted, Lessons, fit
from bot.versions import version_of

# Where the words come from and under which license stands at the top of the file.
ENGLISH_WORDS = Path(__file__).parent / "english.txt"
# An image is built with what is fitted on the shipped knowledge; it is read there, and never written.
BUILT_IN = Path(sys.prefix) / "share" / "peo-aso"
KEPT_FILES = 4

# Marks an array of numbers in the file.
_ARRAY_OF = "array of"


def fitted_on(knowledge: KnowledgeBase, cache_dir: Path | None) -> Fitted:
    """What was fitted on a knowledge base: from the cache, or fitted now and put there; without a cache, fitted now."""
    name = f"fitted-{_digest(knowledge)}"
    cached = _read(BUILT_IN / name)
    if cached is None and cache_dir is not None:
        path = cache_dir / name
        cached = _read(path)
        if cached is None:
            _fit_apart(knowledge, path)
            cached = _read(path)
    # A container may have a read-only root; that is no reason to complain.
    return cached or fit(knowledge, common_english_words())


def fitted_soon(knowledge: KnowledgeBase, cache_dir: Path | None, before: Fitted) -> Fitted:
    """What is fitted on a changed knowledge base in a second or two, with the logistic regression of before."""
    if cache_dir is None:
        return fit(knowledge, common_english_words(), before=before)
    path = cache_dir / f"soon-{_digest(knowledge)}"
    _fit_apart(knowledge, path, before)
    found = _read(path)
    path.unlink(missing_ok=True)
    return found or fit(knowledge, common_english_words(), before=before)


def _fit_apart(knowledge: KnowledgeBase, path: Path, before: Fitted | None = None) -> None:
    """Fit in a process of its own: in this one, it would leave `run` with 221 MB instead of 121 for as long as it runs.

    Leaves no file where the folder cannot be written to.
    """
    command = [sys.executable, "-P", "-m", "bot.fitted", str(path.absolute())]
    subprocess.run(command, input=pickle.dumps((knowledge, before)), stderr=subprocess.DEVNULL, check=False)


def _fit_here(path: Path) -> None:
    """What the other process does; its standard input has the knowledge base and what was fitted before."""
    knowledge, before = pickle.load(sys.stdin.buffer)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Where nothing can be written, nothing need be fitted.
        tempfile.TemporaryFile(dir=path.parent).close()
        _write(path, fit(knowledge, common_english_words(), before=before))


@cache
def common_english_words() -> list[str]:
    """The 28,000 words that make up everyday English, most frequent first; usual misspellings are not in it."""
    lines = ENGLISH_WORDS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _digest(knowledge: KnowledgeBase) -> str:
    digest = hashlib.sha256(json.dumps(Lessons.of(knowledge)).encode())
    digest.update(version_of("pystemmer").encode())
    here = Path(__file__).parent
    sources = [
        ENGLISH_WORDS,
        here / "text.py",
        *(here / "understanding").glob("*.py"),
        *(here / "knowledge").glob("*.py"),
    ]
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def _read(path: Path) -> Fitted | None:
    """What a file holds; None where it is not there, or not as it was written."""
    try:
        with path.open("rb") as file:
            if file.readline().rstrip(b"\n") != _checksum(file):
                return None
            file.seek(0)
            # A field a line, so that no more than one is held as text while it is read.
            next(file)
            return Fitted(**dict(json.loads(line, object_hook=_to_array) for line in file))
    except OSError:
        return None


def _from_array(numbers: array[float]) -> dict[str, str]:
    """An array as JSON can hold it: as numbers it would be three times as long and slow to read."""
    return {_ARRAY_OF: numbers.typecode, "bytes": base64.b64encode(numbers.tobytes()).decode()}


def _to_array(value: dict[str, Any]) -> Any:
    return array(value[_ARRAY_OF], base64.b64decode(value["bytes"])) if _ARRAY_OF in value else value


def _checksum(lines: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest().encode()


def _write(path: Path, fitted: Fitted) -> None:
    # Written beside and renamed: another process sees the whole file or none.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="unfinished-")
    try:
        lines = [
            json.dumps(field, separators=(",", ":"), default=_from_array).encode() + b"\n"
            for field in fitted.state().items()
        ]
        with os.fdopen(handle, "wb") as file:
            file.write(_checksum(lines) + b"\n")
            file.writelines(lines)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    old = sorted(path.parent.glob("fitted-*"), key=lambda other: other.stat().st_mtime, reverse=True)
    for other in old[KEPT_FILES:]:
        other.unlink(missing_ok=True)


if __name__ == "__main__":
    _fit_here(Path(sys.argv[1]))
