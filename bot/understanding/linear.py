"""Multinomial logistic regression: which entry is meant, by words weighed against each other.

Naive Bayes counts; this tells entries apart that share most of their words. It needs a few dozen phrasings of an entry,
so entries with few are left to naive Bayes. Fitted with numpy in a second or two; scoring needs nothing but the arrays.
Method: stochastic gradient descent with per-feature step sizes (Duchi et al., "Adaptive Subgradient Methods", 2011).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from bot.understanding.bayes import Vector

EPOCHS = 3
# The step of the first epoch; it falls linearly to zero.
STEP = 1.0
# A weight this close to zero changes no ranking, and most weights are.
SMALLEST_WEIGHT = 0.06
PLACES = 3


class Linear:
    """Log-probabilities of the classes of a text.

    The weights lie one behind the other in two flat arrays, as the postings of ``NaiveBayes`` do.

    Attributes:
        classes: Their names.
    """

    def __init__(
        self, classes: Sequence[str], features: int, starts: array[int], positions: array[int], weights: array[float]
    ) -> None:
        self.classes = tuple(classes)
        self._features = features
        # The weights of feature n are those from starts[n] to starts[n + 1], in the order of the classes.
        self._starts = starts
        self._positions = positions
        self._weights = weights

    @classmethod
    def fit(cls, documents: Sequence[tuple[Vector, str]], *, counts: Sequence[float], features: int) -> Linear:
        """Fit the weights; the same documents in the same order give the same weights.

        Args:
            documents: (vector, class) of every training text.
            counts: For how many texts each of them counts; above 0.
            features: How many features there are in all.
        """
        # Imported here: only a fit needs it, and it would take 25 MB of a process that runs for months.
        import numpy as np

        classes = list(dict.fromkeys(label for _, label in documents))
        position = {label: number for number, label in enumerate(classes)}
        numbers = [np.fromiter(vector, np.int32, len(vector)) for vector, _ in documents]
        values = [np.fromiter(vector.values(), np.float32, len(vector)) for vector, _ in documents]
        truths = [position[label] for _, label in documents]
        weights = np.zeros((features, len(classes)), np.float32)
        seen = np.full(features, 1e-6, np.float32)
        chance = np.random.default_rng(0)
        for epoch in range(EPOCHS):
            step = STEP * (1 - epoch / EPOCHS)
            for place in chance.permutation(len(documents)):
                number, value = numbers[place], values[place]
                of_text = weights[number]
                scores = value @ of_text
                error = np.exp(scores - scores.max(initial=-np.inf))
                error /= error.sum()
                error[truths[place]] -= 1
                error *= counts[place]
                seen[number] += value * value * (error @ error)
                weights[number] = of_text - (step * value / np.sqrt(seen[number]))[:, None] * error
        weights = weights.round(PLACES)
        kept = np.abs(weights) >= SMALLEST_WEIGHT
        rows, columns = np.nonzero(kept)
        starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
        return cls(
            classes,
            features,
            array("I", starts.tolist()),
            array("H", columns.tolist()),
            array("f", weights[rows, columns].tolist()),
        )

    def renumbered(self, before: Sequence[str], now: Sequence[str]) -> Linear:
        """The same weights for features that have other numbers; those of features that are gone are dropped.

        Args:
            before: The names of the features by their present numbers.
            now: The names by their new numbers.
        """
        number_before = {name: number for number, name in enumerate(before)}
        starts, positions, weights = array("I", [0]), array("H"), array("f")
        for name in now:
            number = number_before.get(name)
            if number is not None:
                start, end = self._starts[number], self._starts[number + 1]
                positions.extend(self._positions[start:end])
                weights.extend(self._weights[start:end])
            starts.append(len(positions))
        return Linear(self.classes, len(now), starts, positions, weights)

    def state(self) -> dict[str, Any]:
        """What was fitted, as plain values and arrays: the arguments of the constructor."""
        return {
            "classes": self.classes,
            "features": self._features,
            "starts": self._starts,
            "positions": self._positions,
            "weights": self._weights,
        }

    def log_probabilities(self, vector: Vector) -> Mapping[str, float]:
        """The natural logarithm of the probability of each class; they sum to 1 over all classes."""
        scores = [0.0] * len(self.classes)
        for number, value in vector.items():
            start, end = self._starts[number], self._starts[number + 1]
            # The arrays are cut alike, so nothing needs to be checked.
            for position, weight in zip(self._positions[start:end], self._weights[start:end]):  # noqa: B905
                scores[position] += value * weight
        best = max(scores)
        total = best + math.log(sum(math.exp(score - best) for score in scores))
        return {label: score - total for label, score in zip(self.classes, scores, strict=True)}

    def parts(self, vector: Vector, label: str) -> dict[int, float]:
        """What each feature adds to the score of a class, by its number; nothing for a class that it does not know."""
        if label not in self.classes:
            return {}
        wanted = self.classes.index(label)
        parts: dict[int, float] = {}
        for number, value in vector.items():
            start, end = self._starts[number], self._starts[number + 1]
            for position, weight in zip(self._positions[start:end], self._weights[start:end]):  # noqa: B905
                if position == wanted:
                    parts[number] = value * weight
        return parts
