"""Whether a question is one that some entry answers: log-odds, told apart by the words that only one side has."""

from __future__ import annotations

import math

import pytest

from bot.understanding.bayes import Vector
from bot.understanding.scope import Scope

OURS: list[Vector] = [{0: 0.6, 1: 0.8}, {0: 1.0}]
NOT_OURS: list[Vector] = [{2: 0.6, 1: 0.8}, {2: 1.0}]


def fitted(*, counts: tuple[float, float] = (1.0, 1.0), features: int = 3) -> Scope:
    return Scope.fit(
        (OURS + NOT_OURS) * 20,
        ours=[True, True, False, False] * 20,
        counts=[counts[0], counts[0], counts[1], counts[1]] * 20,
        features=features,
    )


def test_the_words_of_a_side_speak_for_it() -> None:
    scope = fitted()
    assert scope.log_odds({0: 1.0}) > 1
    assert scope.log_odds({2: 1.0}) < -1


def test_what_both_sides_say_is_left_open() -> None:
    scope = fitted()
    assert scope.log_odds({1: 1.0}) == pytest.approx(0, abs=0.05)
    assert scope.log_odds({}) == pytest.approx(0, abs=0.05)


def test_a_side_that_counts_for_more_is_believed_sooner() -> None:
    assert fitted(counts=(9.0, 1.0)).log_odds({1: 1.0}) > math.log(2)


def test_the_decision_is_that_of_the_exact_solution() -> None:
    """At the minimum of the penalized loss its slope is zero in every direction."""
    vectors, ours = (OURS + NOT_OURS) * 20, [True, True, False, False] * 20
    state = fitted().state()
    slopes = list(state["weights"])
    for vector, is_ours in zip(vectors, ours, strict=True):
        score = state["bias"] + sum(value * state["weights"][number] for number, value in vector.items())
        pull = (1 if is_ours else -1) / (1 + math.exp(score if is_ours else -score))
        for number, value in vector.items():
            slopes[number] -= value * pull
    assert slopes == pytest.approx([0, 0, 0], abs=0.2)


def test_without_a_text_that_is_not_ours_everything_is() -> None:
    scope = Scope.fit(OURS, ours=[True, True], counts=[1.0, 1.0], features=3)
    assert scope.log_odds({0: 1.0}) > 0


def test_the_same_texts_give_the_same_weights() -> None:
    assert fitted().state() == fitted().state()


def test_weights_follow_their_features_to_new_numbers() -> None:
    scope = fitted()
    moved = scope.renumbered(["peo", "who", "yoga"], ["yoga", "new", "peo"])
    assert moved.log_odds({2: 0.6, 0: 0.8}) == pytest.approx(scope.log_odds({0: 0.6, 2: 0.8}))
    assert moved.log_odds({1: 1.0}) == scope.log_odds({})
