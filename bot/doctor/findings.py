"""What the doctor finds: a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# ``unseen``: what cannot be known from here, and how a person looks it up.
Verdict: TypeAlias = Literal["ok", "fault", "unseen"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        verdict: How it is.
        text: One line, in sentences. Of a fault: what is wrong, and what to do.
    """

    verdict: Verdict
    text: str


def ok(text: str) -> Finding:
    """All is well."""
    return Finding("ok", text)


def fault(text: str) -> Finding:
    """Something is wrong, and the text says what to do."""
    return Finding("fault", text)


def unseen(text: str) -> Finding:
    """It cannot be known from here, and the text says how to look it up."""
    return Finding("unseen", text)
