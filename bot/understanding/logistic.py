"""Evidence and weights -> a probability."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Beyond it a probability differs from 0 or 1 by less than matters.
MOST_LOG_ODDS = 30.0


def logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """The probability, 0 to 1, of logistic regression; ``weights`` and ``values`` are of the same length."""
    total = intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, total))))
