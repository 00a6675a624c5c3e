"""Texts that are nearly the same are found among thousands without comparing each with every other."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from bot.knowledge import load_knowledge
from bot.knowledge.near import near_pairs
from bot.settings import SHIPPED_KNOWLEDGE
from bot.text import stems

LEAST_SCORE = 94

WORDS = ["aso", "benefit", "claim", "employee", "file", "handbook", "payroll", "unemployment", "w", "year"]


def compared_with_all(texts: list[str]) -> set[tuple[int, int]]:
    return {
        (other, index)
        for index, text in enumerate(texts)
        for _, _, other in process.extract(text, texts[:index], scorer=fuzz.ratio, score_cutoff=LEAST_SCORE, limit=None)
    }


def in_order(texts: list[str]) -> set[tuple[int, int]]:
    return {(min(pair), max(pair)) for pair in near_pairs(texts, LEAST_SCORE)}


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.integers(0, 11),
    st.sampled_from(["", "s", "xy", " a", " of"]),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), max_size=20),
)
@example(["the", "employee", "pays", "the", "pay", "roll", "tax"], 4, "roll", ["the employee pays the pay roll tax"])
@example(["unemployment"], 0, "s", ["a", ""])
def test_a_text_with_one_word_changed_is_found_among_others(
    words: list[str], changed: int, ending: str, others: list[str]
) -> None:
    place = changed % len(words)
    altered = [*words[:place], words[place] + ending, *words[place + 1 :]]
    texts = list(dict.fromkeys([" ".join(words), " ".join(altered), *others]))
    expected = compared_with_all(texts)
    found = in_order(texts)
    assert found <= expected
    if (0, 1) in expected and ending:
        assert (0, 1) in found


@pytest.fixture(scope="module")
def phrasings() -> list[str]:
    """A third of the shipped phrasings, as the check compares them."""
    shipped = load_knowledge(SHIPPED_KNOWLEDGE).phrasings.values()
    return list({" ".join(sorted(stems(text))) for texts in shipped for text in texts[::3]})


def test_among_the_shipped_phrasings_the_same_pairs_are_found_in_less_than_half_the_time(phrasings: list[str]) -> None:
    started = time.process_time()
    found = in_order(phrasings)
    seconds = time.process_time() - started
    started = time.process_time()
    assert found == compared_with_all(phrasings)
    assert seconds < (time.process_time() - started) / 2
