"""The only folder with SQL: what has been accepted, what has been answered, and what is kept of it."""

from bot.store.columns import storable_text
from bot.store.engine import engine_of
from bot.store.feedback import Voter
from bot.store.migrating import check_schema, migrate
from bot.store.model import Asked, ChannelSetting, Exchange, Outcome, Posted, Question, Room, Shown, Surface
from bot.store.privacy import ANSWERED_DAYS, Erased
from bot.store.store import Store, open_store

__all__ = [
    "ANSWERED_DAYS",
    "Asked",
    "ChannelSetting",
    "Erased",
    "Exchange",
    "Outcome",
    "Posted",
    "Question",
    "Room",
    "Shown",
    "Store",
    "Surface",
    "Voter",
    "check_schema",
    "engine_of",
    "migrate",
    "open_store",
    "storable_text",
]
