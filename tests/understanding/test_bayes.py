"""Naive Bayes on documents small enough to work out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.bayes import MOST_CLASSES_PER_FEATURE, NaiveBayes, Weighting

Documents = Sequence[tuple[Sequence[str], str]]

ANIMALS: Documents = [
    (["who", "feeds", "zebra"], "zebras"),
    (["zebra", "stripes"], "zebras"),
    (["who", "feeds", "lion"], "lions"),
    (["lion", "mane"], "lions"),
    (["who", "sells", "tickets"], "tickets"),
]


def fitted_on(documents: Documents) -> tuple[Weighting, NaiveBayes]:
    weighting = Weighting.fit([features for features, _ in documents])
    vectors = [(weighting.weigh(features), label) for features, label in documents]
    return weighting, NaiveBayes.fit(vectors, features=len(weighting.features), smoothing=0.2)


# --- How telling a feature is


def test_a_rare_feature_tells_more_than_a_common_one() -> None:
    weighting, _ = fitted_on(ANIMALS)
    weight = dict(zip(weighting.features, weighting.idf, strict=True))
    assert weight["mane"] > weight["lion"] > weight["who"] > 0


def test_a_feature_that_no_text_had_is_left_out() -> None:
    weighting, _ = fitted_on(ANIMALS)
    assert weighting.weigh(["zebra", "giraffe"]) == weighting.weigh(["zebra"])
    assert weighting.weigh(["giraffe"]) == {}
    assert weighting.number_of("zebra") is not None
    assert weighting.number_of("giraffe") is None


def test_a_feature_said_twice_weighs_more_but_not_twice_as_much() -> None:
    weighting, _ = fitted_on(ANIMALS)
    once, twice = weighting.weigh(["zebra", "lion"]), weighting.weigh(["zebra", "zebra", "lion"])
    zebra, lion = (weighting.features.index(feature) for feature in ("zebra", "lion"))
    assert 1 < (twice[zebra] / twice[lion]) / (once[zebra] / once[lion]) < 2


FEATURES = st.sampled_from(["who", "feeds", "zebra", "lion", "tickets", "stripes", "giraffe"])
TEXTS = st.lists(FEATURES, max_size=12)


@given(features=TEXTS)
def test_every_text_has_the_same_length_however_much_it_says(features: list[str]) -> None:
    weighting, _ = fitted_on(ANIMALS)
    vector = weighting.weigh(features)
    assert not vector or math.isclose(sum(weight**2 for weight in vector.values()), 1.0)


# --- Which class a text belongs to


@pytest.mark.parametrize(
    ("features", "best"),
    [
        pytest.param(["zebra"], "zebras", id="a word of one class"),
        pytest.param(["mane", "who"], "lions", id="a telling word beside a common one"),
        pytest.param(["tickets", "feeds", "sells"], "tickets", id="two words against one"),
        pytest.param(["giraffe"], "zebras", id="the first where nothing is shared"),
        pytest.param([], "zebras", id="the first where nothing is said"),
    ],
)
def test_the_class_that_shares_most_is_the_best(features: list[str], best: str) -> None:
    weighting, bayes = fitted_on(ANIMALS)
    assert bayes.best(weighting.weigh(features)) == best


def test_only_classes_that_share_a_feature_are_scored() -> None:
    weighting, bayes = fitted_on(ANIMALS)
    assert {bayes.classes[place] for place in bayes.scores(weighting.weigh(["feeds"]))} == {"zebras", "lions"}
    assert bayes.scores(weighting.weigh(["giraffe"])) == {}


def test_classes_stand_in_the_order_in_which_the_texts_had_them() -> None:
    _, bayes = fitted_on(ANIMALS)
    assert bayes.classes == ("zebras", "lions", "tickets")


@pytest.mark.parametrize("texts_of_old_class", [3, 10, 100, 1_000])
def test_the_many_texts_of_an_old_class_do_not_drown_the_one_of_a_new_one(texts_of_old_class: int) -> None:
    other = [([f"word {number}", f"word {number + 1}"], f"class {number}") for number in range(200)]
    old = [(["who", "feeds", "zebra"], "old")] * texts_of_old_class
    once = (["who", "feeds", "lion"], "old")
    weighting, bayes = fitted_on([*other, *old, once, (["who", "feeds", "lion"], "new")])
    assert bayes.best(weighting.weigh(["who", "feeds", "lion"])) == "new"
    assert bayes.best(weighting.weigh(["who", "feeds", "zebra"])) == "old"


def test_a_feature_that_too_many_classes_share_tells_nothing() -> None:
    shared = [(["who", f"own {number}"], f"class {number}") for number in range(MOST_CLASSES_PER_FEATURE + 1)]
    weighting, bayes = fitted_on(shared)
    assert bayes.scores(weighting.weigh(["who"])) == {}
    assert bayes.best(weighting.weigh(["who", "own 7"])) == "class 7"


# --- Why


def test_what_speaks_for_a_class_are_the_features_that_it_has() -> None:
    weighting, bayes = fitted_on(ANIMALS)
    parts = bayes.parts(weighting.weigh(["zebra", "mane", "who"]), "zebras")
    assert {weighting.features[number] for number in parts} == {"zebra", "who"}
    assert parts[weighting.features.index("zebra")] > parts[weighting.features.index("who")] > 0


@given(features=TEXTS)
def test_the_parts_add_up_to_the_score(features: list[str]) -> None:
    weighting, bayes = fitted_on(ANIMALS)
    vector = weighting.weigh(features)
    for place, score in bayes.scores(vector).items():
        parts = bayes.parts(vector, bayes.classes[place])
        base = bayes.state()["base"][place] * sum(vector.values())
        assert score == pytest.approx(base + sum(parts.values()), abs=1e-9)


@given(features=TEXTS)
def test_a_class_that_shares_nothing_lies_at_the_floor_or_below(features: list[str]) -> None:
    weighting, bayes = fitted_on(ANIMALS)
    vector = weighting.weigh(features)
    unshared = [base * sum(vector.values()) for base in bayes.state()["base"]]
    assert bayes.floor(vector) == pytest.approx(max(unshared))


def test_what_is_common_everywhere_tells_little_of_a_class_with_few_texts() -> None:
    common = [(["who", "decides", f"word{number}"], "old") for number in range(40)]
    weighting, bayes = fitted_on([*common, (["zebra", "decides"], "new")])
    parts = bayes.parts(weighting.weigh(["zebra", "decides"]), "new")
    gained = {weighting.features[number]: gain for number, gain in parts.items()}
    assert gained["zebra"] > 2 * gained["decides"] > 0


# --- Written down and read back


@given(
    documents=st.lists(st.tuples(st.lists(FEATURES, min_size=1, max_size=6), st.sampled_from("abcd")), min_size=1),
    features=TEXTS,
)
def test_what_was_fitted_is_made_again_from_its_state_with_the_same_scores(
    documents: list[tuple[list[str], str]], features: list[str]
) -> None:
    weighting, bayes = fitted_on(documents)
    vector = weighting.weigh(features)
    again = NaiveBayes(**bayes.state())
    assert again.classes == bayes.classes
    assert again.scores(vector) == bayes.scores(vector)
    assert again.state() == bayes.state()
