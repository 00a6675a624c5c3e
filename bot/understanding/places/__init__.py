"""The places of a question: which states it names, and what it says without them."""

from bot.understanding.places.gazetteer import EVERY_STATE, Gazetteer, Places

__all__ = ["EVERY_STATE", "Gazetteer", "Places"]
