"""Question -> ranked candidates. Pure: no input or output."""

from bot.matching.clauses import wanted
from bot.matching.fitting import Fitted, Lessons, fit
from bot.matching.matcher import Candidate, Match, Matcher
from bot.matching.pairs import find_pair
from bot.matching.reading import FUNCTION_WORDS, Reading
from bot.matching.thread import defines, own_content, turn_of

__all__ = [
    "FUNCTION_WORDS",
    "Candidate",
    "Fitted",
    "Lessons",
    "Match",
    "Matcher",
    "Reading",
    "defines",
    "find_pair",
    "fit",
    "own_content",
    "turn_of",
    "wanted",
]
