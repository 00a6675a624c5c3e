"""Question -> ranked candidates. Pure: no input or output."""

from bot.matching.clauses import itself, splits, wanted
from bot.matching.fitting import Fitted, Lessons, fit
from bot.matching.language import language_of
from bot.matching.matcher import Candidate, Match, Matcher, Ranking
from bot.matching.pairs import find_pair
from bot.matching.reading import FUNCTION_WORDS, Reading, names_no_subject, subject_of
from bot.matching.thread import (
    asks_of_other_model,
    defines,
    leans,
    own_content,
    points_back,
    stands_alone,
    turn_evidence,
)

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
    "itself",
    "language_of",
    "leans",
    "names_no_subject",
    "own_content",
    "points_back",
    "splits",
    "stands_alone",
    "subject_of",
    "turn_evidence",
    "wanted",
]
