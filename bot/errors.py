"""Every error the bot raises on purpose.

    PeoAsoError
    ├── KnowledgeError   the knowledge base has faults; carries all of them
    ├── SettingsError    an environment variable is missing or wrong
    ├── TokenError       Slack does not accept a token
    ├── StoreError       the database cannot be used, or its schema is too old
    │   └── RowError     the database can be used, but refuses a row
    ├── QuestionsError   a file or line of questions cannot be read
    ├── PackageError     a package that a command needs is not installed
    └── OutputError      a file cannot be written

The command line prints such an error in one line (a knowledge error: one line a fault) and exits 1.
Anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PeoAsoError(Exception):
    """What is wrong, where, and what to do; safe to show to a person."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a knowledge base, printed as ``file:line: what is wrong. What to do.``

    ``file`` is a path as the owner would type it; ``line`` starts at 1; ``problem`` and ``remedy``
    are sentences without their full stop; a question keeps its question mark.
    """

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        end = "" if self.remedy.endswith("?") else "."
        # What is quoted from the file may hold line breaks; a fault is one line.
        return f"{self.file}:{self.line}: {' '.join(self.problem.split())}. {' '.join(self.remedy.split())}{end}"


class KnowledgeError(PeoAsoError):
    """The knowledge base has faults, in the order of file and line; never empty."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SettingsError(PeoAsoError):
    """An environment variable is missing or wrong."""


class TokenError(PeoAsoError):
    """Slack does not accept a token."""


class StoreError(PeoAsoError):
    """The database cannot be used, or its schema is too old."""


class RowError(StoreError):
    """The database can be used, but refuses what was to be written."""


class QuestionsError(PeoAsoError):
    """A file or line of questions cannot be read."""


class PackageError(PeoAsoError):
    """A package that a command needs is not installed."""


class OutputError(PeoAsoError):
    """A file cannot be written."""
