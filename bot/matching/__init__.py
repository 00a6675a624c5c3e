"""Question -> ranked candidates. Pure: no input or output."""

from bot.matching.clauses import wanted
from bot.matching.fitting import Fitted, Lessons, fit
from bot.matching.matcher import Candidate, Match, Matcher, Ranking
from bot.matching.pairs import find_pair
from bot.matching.reading import FUNCTION_WORDS, Reading
from bot.matching.thread import asks_of_other_model, defines, leans, own_content, stands_alone, turn_evidence

__all__ = [
    "FUNCTION_WORDS",
    "Candidate",
    "Fitted",
    "Lessons",
    "Match",
    "Matcher",
    "Ranking",
    "Reading",
    "asks_of_other_model",
    "defines",
    "find_pair",
    "fit",
    "leans",
    "own_content",
    "stands_alone",
    "turn_evidence",
    "wanted",
]
