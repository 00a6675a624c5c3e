"""YAML text -> plain values and the line of each, in bounded time and memory.

Built on PyYAML's event stream rather than on its constructors for three reasons: every value keeps its line,
a file that would grow by aliases or nest without end is refused before it is built, and plain words stay words
(``no`` and ``1e3`` are strings; the types of the model decide what becomes a date).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from rapidfuzz import fuzz, process

from bot.errors import Fault

# Well above any real file (the largest, phrasings-people-and-law.yaml, has 350 kilobytes), far below what would hurt.
MAX_FILE_BYTES = 2_000_000
MAX_DEPTH = 12

# Faults of one file that say which name may have been meant.
MOST_HINTS = 100

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass
class Document:
    """One file: ``value`` of dicts, lists, strings and None; ``lines`` maps a path of keys and indexes to its line.

    ``replaced`` are ids of entries that another folder puts its own in the place of; ``digest`` is that of the file's
    bytes.
    """

    file: str
    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    replaced: frozenset[str] = frozenset()
    digest: str = ""

    def line_of(self, path: KeyPath) -> int:
        """The line of ``path``, or of its nearest ancestor that has one; 1 for an empty file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def fault(self, path: KeyPath, problem: str, remedy: str) -> None:
        """Note one fault at the line of ``path``."""
        self.faults.append(Fault(self.file, self.line_of(path), problem, remedy))


def closest(document: Document, wanted: str, known: Iterable[str]) -> str | None:
    """The remedy for a name that is not known: the most similar one that is, as a question; None without one.

    Only for the first faults of a file: nobody reads thousands of hints, and each takes a look at every known name.
    """
    if len(document.faults) >= MOST_HINTS:
        return None
    close = process.extractOne(wanted, sorted(set(known)), scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{close[0]}'?" if close else None


def read_document(path: Path, shown_as: str) -> Document:
    """Read one YAML file. Faults of reading and of syntax are in ``faults``; then ``value`` is None."""
    document = Document(shown_as)
    text = _read_text(path, document)
    if text is not None:
        _parse(text, document)
    if document.faults:
        document.value = None
    elif document.value is None:
        document.fault((), "the file is empty", "Restore it, or delete it if it is not needed")
    return document


def read_bounded(path: Path) -> bytes:
    """The first ``MAX_FILE_BYTES`` + 1 bytes of a regular file.

    Raises:
        OSError: It cannot be read, or is a pipe, a device or a folder, which are not opened in a way that waits.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        return file.read(MAX_FILE_BYTES + 1)


def _without_waiting(path: str, flags: int) -> int:
    # Opening a named pipe would wait for somebody to write to it. Windows has neither the flag nor the pipes.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_text(path: Path, document: Document) -> str | None:
    try:
        raw = read_bounded(path)
    except FileNotFoundError:
        document.fault((), "the file is missing", "Restore it, or point KNOWLEDGE_DIR at a complete folder")
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        document.fault((), f"the file cannot be read ({reason})", "Check its type and permissions")
        return None
    document.digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > MAX_FILE_BYTES:
        document.fault((), f"the file is larger than {MAX_FILE_BYTES:,} bytes", "Split it into several files")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.faults.append(Fault(document.file, line, "the text is not UTF-8", "Save the file as UTF-8"))
        return None
    return text if _indented_by_spaces(text, document) else None


def _indented_by_spaces(text: str, document: Document) -> bool:
    """YAML forbids tabs as indentation; its own message for them sends people to the wrong line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            document.faults.append(
                Fault(document.file, number, "the line is indented with a tab", "Use spaces instead")
            )
    return not document.faults


def _parse(text: str, document: Document) -> None:
    try:
        _Builder(document).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        detail = " ".join(part for part in (error.context, error.problem) if part)
        document.faults.append(
            Fault(document.file, line, f"this is not valid YAML ({detail})", "Check quotes, colons and indentation")
        )
    except yaml.YAMLError as error:
        detail = str(error).splitlines()[0]
        document.faults.append(
            Fault(document.file, 1, f"this is not valid YAML ({detail})", "Remove the unreadable characters")
        )
    except _RefusedError as refused:
        document.faults.append(refused.fault)


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass
class _Container:
    """A mapping or list that is being filled; ``key`` is the mapping key that waits for its value."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    key: str | None = None

    def next_path(self) -> KeyPath:
        return (*self.path, len(self.value) if isinstance(self.value, list) else self.key or "")


class _Builder:
    """Builds a document's value from parser events, one event at a time and without recursion."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[_Container] = []
        self.documents = 0

    def build(self, text: str) -> None:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self._refuse(line, "anchors (&) and aliases (*) are not allowed", "Write the text out")
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._start(event, line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.open.pop()
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self._refuse(line, "a second YAML document begins here", "Remove the line of dashes")

    def _refuse(self, line: int, problem: str, remedy: str) -> None:
        raise _RefusedError(Fault(self.document.file, line, problem, remedy))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None and event.implicit == (False, False):
            self._refuse(line, f"the tag {event.tag} is not allowed", "Write plain text")
        container = self.open[-1] if self.open else None
        if container is not None and isinstance(container.value, dict) and container.key is None:
            self._take_key(container, event.value, line)
        else:
            # libyaml's parser says "" where the other says None.
            plain = not event.style
            empty = plain and event.value in ("", "~", "null")
            self._place(None if empty else event.value.strip(), line)

    def _take_key(self, container: _Container, key: str, line: int) -> None:
        if key in container.value:
            first = self.document.lines[(*container.path, key)]
            self._refuse(line, f"the key '{key}' stands here a second time (first in line {first})", "Keep one")
        container.key = key
        self.document.lines[(*container.path, key)] = line

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None:
            self._refuse(line, f"the tag {event.tag} is not allowed", "Write a plain list or mapping")
        if len(self.open) >= MAX_DEPTH:
            self._refuse(line, f"the text is nested more than {MAX_DEPTH} levels deep", "Flatten it")
        container = self.open[-1] if self.open else None
        if container is not None and isinstance(container.value, dict) and container.key is None:
            self._refuse(line, "a key must be a word", "Write 'key: value'")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(value, line)
        self.open.append(_Container(value, path))

    def _place(self, value: Any, line: int) -> KeyPath:
        if not self.open:
            self.document.value = value
            self.document.lines[()] = line
            return ()
        container = self.open[-1]
        path = container.next_path()
        # A value's line is that of its key, where an owner looks for it; list items have their own.
        self.document.lines.setdefault(path, line)
        if isinstance(container.value, list):
            container.value.append(value)
        else:
            container.value[container.key or ""] = value
            container.key = None
        return path


# libyaml's parser is some ten times faster; where PyYAML was built without it, the slow one does the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
