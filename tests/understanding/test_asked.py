"""What is asked about a topic: who, how much, how to, when, what it is."""

from __future__ import annotations

import pytest

from bot.text import words
from bot.understanding.asked import asked_of


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("who handles payroll taxes", {"who"}),
        ("whose policy is it", {"who"}),
        ("how much does workers' comp cost", {"cost"}),
        ("how do we respond to a claim", {"how-to"}),
        ("how to leave a PEO", {"how-to"}),
        ("how does a PEO work", set()),
        ("when is the deadline", {"when"}),
        ("how long does it take", {"when"}),
        ("what is a PEO", {"what-is"}),
        ("what does SUTA mean", {"what-is"}),
        ("why use a PEO", {"why"}),
        ("which states require it", {"which"}),
        ("is it legal", {"yes-no"}),
        ("does a PEO cost less", {"cost", "yes-no"}),
        ("payroll taxes", set()),
        ("", set()),
    ],
)
def test_what_is_asked(question: str, asked: set[str]) -> None:
    assert asked_of(words(question)) == asked
