"""Which language a text is in, as far as answering needs it: English, Spanish, or another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from bot.text import words

Language: TypeAlias = Literal["en", "es", "other"]

# Words of grammar that are frequent in Spanish and no words of everyday English.
_SPANISH = frozenset(
    words(
        "qué que cómo como cuál cual cuánto cuanto cuánta cuanta cuándo cuando dónde donde quién quien quiénes quienes "
        "por para con del los las uno una unos unas el la es son está esta están estan nuestro nuestra mi su sus al y "
        "en se hay puede pueden puedo tengo tiene tienen hola gracias significa sobre entre también tambien empresa "
        "empleados seguro trabajo trabajadores nómina nomina impuestos beneficios desempleo responsable paga cobra "
        "necesito favor ayuda cuesta cuestan"
    )
)
# Too short or too English to tell anything alone.
_AMBIGUOUS = frozenset({"el", "la", "es", "mi", "y", "en", "se", "al", "con", "son", "cobra", "responsable"})
# Words of grammar of English; a text of other languages has few of them.
_ENGLISH = frozenset(
    words(
        "the a an is are was were be do does did who whose what which how when where why can could will would should "
        "may of in on at for from with about to and or if so not no i me my we us our you your he she it its they them "
        "their this that these those there have has had any some"
    )
)
# A text of fewer words is too short to tell.
SHORTEST = 3
# The end of "Latin Extended-B".
_LAST_LATIN = "\u024f"


def language_of(text: str) -> Language:
    """The language that most words of a text belong to; English where it is not clear.

    Args:
        text: As it was typed.
    """
    found = words(text)
    return _of_words(found) if found else "en"


def _of_words(found: Sequence[str]) -> Language:
    spanish = sum(word in _SPANISH for word in found)
    clearly = sum(word in _SPANISH and word not in _AMBIGUOUS for word in found)
    english = sum(word in _ENGLISH for word in found)
    is_sure = spanish >= 2 if len(found) >= SHORTEST else clearly == len(found)
    if clearly and is_sure and spanish > english:
        return "es"
    letters = "".join(found)
    return "other" if 2 * sum(letter > _LAST_LATIN for letter in letters) > len(letters) else "en"
