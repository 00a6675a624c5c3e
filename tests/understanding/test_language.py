"""A text counts as another language only where that is clear."""

from __future__ import annotations

import pytest

from bot.understanding import language_of


@pytest.mark.parametrize(
    "text",
    ["¿Qué es un PEO?", "que es un peo", "quien paga el seguro de desempleo", "gracias", "¿Cuánto cuesta un PEO?"],
)
def test_spanish_is_spanish(text: str) -> None:
    assert language_of(text) == "es"


@pytest.mark.parametrize("text", ["что такое PEO и кто платит", "PEO とは何ですか"])
def test_other_scripts_are_other_languages(text: str) -> None:
    assert language_of(text) == "other"


@pytest.mark.parametrize(
    "text",
    ["what is a PEO", "COBRA", "Los Angeles", "El Paso, Texas: who is in charge?", "staff in La Mesa", "lol", "",
     "who pays for my son's COBRA"],
)  # fmt: skip
def test_everything_else_is_english(text: str) -> None:
    assert language_of(text) == "en"
