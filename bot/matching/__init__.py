"""Question -> ranked candidates. Pure: no input or output."""

from bot.matching.bayes import Term
from bot.matching.matcher import Candidate, Match, Matcher
from bot.matching.reading import Reading

__all__ = ["Candidate", "Match", "Matcher", "Reading", "Term"]
