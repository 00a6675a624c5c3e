"""Question -> ranked candidates. Pure: no input or output."""

from bot.understanding.clauses import itself, splits, wanted
from bot.understanding.fitting import Fitted, Lessons, fit
from bot.understanding.language import language_of
from bot.understanding.matcher import Candidate, Match, Matcher, Ranking
from bot.understanding.pairs import find_pair
from bot.understanding.places import EVERY_STATE, Gazetteer, Places
from bot.understanding.reading import FUNCTION_WORDS, Reading, names_no_subject, subject_of
from bot.understanding.thread import (
    asks_of_other_model,
    defines,
    leans,
    own_content,
    points_back,
    stands_alone,
    turn_evidence,
)

__all__ = [
    "EVERY_STATE",
    "FUNCTION_WORDS",
    "Candidate",
    "Fitted",
    "Gazetteer",
    "Lessons",
    "Match",
    "Matcher",
    "Places",
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
