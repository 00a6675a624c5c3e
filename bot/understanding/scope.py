"""Logistic regression with two classes: whether a question is one that some entry answers, or is not ours.

What is not ours uses the same words as what is: the price of workers' comp in general, the HR law of one state. A model
of its own, in which questions that people really asked count for many, tells the two apart much better than one more
class beside the entries does.
Method: accelerated gradient descent (Nesterov, 1983) with a step for each feature, on the squared-norm-penalized loss.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from bot.understanding.bayes import Vector

# After so many steps, decisions differ from those of the exact solution by less than 0.1 in log-odds.
STEPS = 80
PLACES = 3


class Scope:
    """The log-odds that a question is ours.

    Args:
        bias: Those of a text without a known feature.
        weights: What each feature adds, by its number; typecode "f".
    """

    def __init__(self, bias: float, weights: array[float]) -> None:
        self._bias = bias
        self._weights = weights

    @classmethod
    def fit(cls, vectors: Sequence[Vector], *, ours: Sequence[bool], counts: Sequence[float], features: int) -> Scope:
        """Fit the weights.

        Args:
            vectors: Of every training text.
            ours: Whether an entry answers it.
            counts: For how many texts each of them counts; above 0.
            features: How many features there are in all.
        """
        # Imported here: only a fit needs it, and it would take 25 MB of a process that runs for months.
        import numpy as np

        texts = len(vectors)
        text = np.repeat(np.arange(texts), [len(vector) for vector in vectors])
        feature = np.fromiter((number for vector in vectors for number in vector), np.int32, len(text))
        value = np.fromiter((weight for vector in vectors for weight in vector.values()), np.float64, len(text))
        count = np.asarray(counts, np.float64)
        side = np.where(ours, 1.0, -1.0)
        # No step beyond what the curvature allows, which is at most this for each feature.
        reach = count * (1 + np.bincount(text, value, texts)) / 4
        steepest = 1 + np.bincount(feature, value * reach[text], features)
        weights = before = np.zeros(features)
        bias = bias_before = 0.0
        for step in range(STEPS):
            ahead = weights + step / (step + 3) * (weights - before)
            bias_ahead = bias + step / (step + 3) * (bias - bias_before)
            scores = np.bincount(text, value * ahead[feature], texts) + bias_ahead
            pull = count * side / (1 + np.exp(side * scores))
            before, bias_before = weights, bias
            weights = ahead + (np.bincount(feature, value * pull[text], features) - ahead) / steepest
            bias = bias_ahead + pull.sum() / reach.sum()
        return cls(round(float(bias), PLACES), array("f", weights.round(PLACES).tolist()))

    def renumbered(self, before: Sequence[str], now: Sequence[str]) -> Scope:
        """The same weights for features that have other numbers; new features weigh nothing.

        Args:
            before: The names of the features by their present numbers.
            now: The names by their new numbers.
        """
        weight_of = dict(zip(before, self._weights, strict=True))
        return Scope(self._bias, array("f", [weight_of.get(name, 0.0) for name in now]))

    def state(self) -> dict[str, Any]:
        """What was fitted, as plain values and arrays: the arguments of the constructor."""
        return {"bias": self._bias, "weights": self._weights}

    def log_odds(self, vector: Vector) -> float:
        """The natural logarithm of the odds that a text is ours: above 0 where it rather is."""
        return self._bias + sum(weight * self._weights[number] for number, weight in vector.items())
