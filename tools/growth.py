"""Does the time of a question grow with the knowledge base?"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from rich.table import Table

from bot.answering import AnswerService
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, Row, Theme
from bot.understanding import fit

SIZES = (15, 60, 1_000, 10_000)
PHRASINGS_EACH = 5
QUESTIONS_ASKED = 300
_FRAMES = ("who pays for {}", "do we still handle {} ourselves", "what happens to {} with a PEO", "is {} part of it")


def grow(knowledge: KnowledgeBase) -> Table:
    """The median time of a question at several numbers of entries, beside the growth of the entries."""
    table = Table("entries", "median time", "time, relative", "entries, relative", title="Growth", title_justify="left")
    first = 0.0
    for size in SIZES:
        bigger = _sized(knowledge, size)
        answers = AnswerService(bigger, fit(bigger, common_english_words()))
        asked = [texts[0] for texts in bigger.phrasings.values()]
        step = max(1, len(asked) // QUESTIONS_ASKED)
        micros = statistics.median(answers.answer(question).micros for question in asked[::step])
        first = first or micros
        table.add_row(f"{size:,}", f"{micros:,.0f} µs", f"{micros / first:.1f}", f"{size / SIZES[0]:,.0f}")
    return table


def _sized(knowledge: KnowledgeBase, size: int) -> KnowledgeBase:
    """The knowledge base cut to its first entries, or filled up with made-up ones."""
    kept = dict(list(knowledge.entries.items())[:size])
    phrasings = {entry_id: knowledge.phrasings[entry_id] for entry_id in kept}
    made_up = [_made_up(number) for number in range(size - len(kept))]
    entries = {**kept, **{row.id: row for row in made_up}}
    phrasings |= {row.id: row.phrasings for row in made_up}
    themes = (Theme("All", tuple(entries.values())),)
    return replace(knowledge, themes=themes, entries=entries, phrasings=phrasings, glossary=())


def _made_up(number: int) -> Row:
    chance = random.Random(number)
    words = chance.sample(_subjects(), 8)
    texts = tuple(chance.choice(_FRAMES).format(" ".join(chance.sample(words, 3))) for _ in range(PHRASINGS_EACH))
    return Row(
        id=f"made-up-{number}",
        title=f"Made-up row {number}",
        question=texts[0],
        aso="The client does it.",
        peo="The PEO does it.",
        sources=("provider",),
        reviewed=date(2026, 11, 23),
        phrasings=texts,
    )


@cache
def _subjects() -> Sequence[str]:
    """Plain English words, rare enough to be what a row is about."""
    return [word for word in common_english_words()[3_000:20_000] if word.isalpha() and len(word) > 4]
