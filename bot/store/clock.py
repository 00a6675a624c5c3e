"""The database's clock: the one that all replicas share, whatever their own say."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Double, cast, func

from bot.store.engine import Database

# Of the day that SQLite counts from; its `unixepoch` has no fractions before 3.42.
_JULIAN_DAY_OF_EPOCH = 2_440_587.5
_SECONDS_PER_DAY = 86_400.0


def database_now(engine: Database) -> ColumnElement[float]:
    """Seconds since the epoch, when the statement runs."""
    if engine.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()), Double)
    return (cast(func.julianday("now"), Double) - _JULIAN_DAY_OF_EPOCH) * _SECONDS_PER_DAY
