"""The logistic regression that ranks entries: probabilities, the same for the same texts, small when written down."""

from __future__ import annotations

import math

import pytest

from bot.understanding.linear import Linear

TEXTS = [({0: 0.8, 1: 0.6}, "tax"), ({0: 1.0}, "tax"), ({2: 0.8, 1: 0.6}, "comp"), ({2: 1.0}, "comp")] * 3


@pytest.fixture(scope="module")
def linear() -> Linear:
    return Linear.fit(TEXTS, counts=[1.0] * len(TEXTS), features=4)


def test_a_text_most_likely_belongs_to_the_class_of_its_words(linear: Linear) -> None:
    found = linear.log_probabilities({2: 1.0})
    assert found["comp"] > math.log(0.7) > found["tax"]


def test_probabilities_sum_to_one(linear: Linear) -> None:
    found = linear.log_probabilities({0: 0.6, 2: 0.8})
    assert sum(map(math.exp, found.values())) == pytest.approx(1)


def test_a_text_of_unknown_words_is_left_open(linear: Linear) -> None:
    assert linear.log_probabilities({}) == pytest.approx({"tax": math.log(0.5), "comp": math.log(0.5)})


def test_the_same_texts_give_the_same_weights(linear: Linear) -> None:
    assert Linear.fit(TEXTS, counts=[1.0] * len(TEXTS), features=4).state() == linear.state()


def test_what_is_written_down_scores_the_same(linear: Linear) -> None:
    assert Linear(**linear.state()).log_probabilities({1: 1.0}) == linear.log_probabilities({1: 1.0})


def test_weights_follow_their_features_to_new_numbers(linear: Linear) -> None:
    moved = linear.renumbered(["payroll", "who", "injury", "unused"], ["who", "new", "injury", "payroll"])
    assert moved.log_probabilities({3: 0.8, 0: 0.6}) == pytest.approx(linear.log_probabilities({0: 0.8, 1: 0.6}))
    assert moved.log_probabilities({1: 1.0}) == pytest.approx(linear.log_probabilities({}))


def test_a_text_that_counts_for_many_outweighs_the_others() -> None:
    texts = [({0: 1.0}, "tax"), ({0: 1.0}, "comp")] * 3
    even = Linear.fit(texts, counts=[1.0, 1.0] * 3, features=1).log_probabilities({0: 1.0})
    uneven = Linear.fit(texts, counts=[1.0, 9.0] * 3, features=1).log_probabilities({0: 1.0})
    assert uneven["comp"] > max(even["comp"], uneven["tax"])


def test_every_word_has_its_part_in_the_score(linear: Linear) -> None:
    parts = linear.parts({0: 0.6, 2: 0.8}, "comp")
    assert parts[2] > 0 > parts[0]
