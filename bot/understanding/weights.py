"""Fitted weights: logistic regressions over named evidence, from the file that ``tools/fit_confidence.py`` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Generic, TypeVar

from bot.understanding.logistic import logistic

WEIGHTS_FILE = files("bot.understanding") / "weights.json"
_WEIGHTS: dict[str, dict[str, float]] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))

Values = TypeVar("Values", bound=tuple[Any, ...])


@dataclass(frozen=True)
class Line(Generic[Values]):
    """A logistic regression: its intercept, and a weight for each kind of evidence, in the order of its fields."""

    intercept: float
    weights: tuple[float, ...]

    def probability(self, evidence: Values) -> float:
        """From 0 to 1."""
        return logistic(self.intercept, self.weights, evidence)


def line(name: str, evidence: type[Values]) -> Line[Values]:
    """The regression of a name in the file.

    Args:
        name: Such as ``best``.
        evidence: The named tuple that it is fitted on; a field without a weight in the file counts nothing.
    """
    fitted = _WEIGHTS[name]
    fields: tuple[str, ...] = getattr(evidence, "_fields")  # noqa: B009
    return Line(fitted["intercept"], tuple(fitted.get(field, 0.0) for field in fields))
