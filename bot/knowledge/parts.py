"""What the types of several files are made of."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=150)]
Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


def _as_year_month_day(value: Any) -> Any:
    # Pydantic would also take a number of seconds: "0" for the first day of 1970.
    if isinstance(value, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_format", "not year-month-day")
    return value


Day: TypeAlias = Annotated[date, BeforeValidator(_as_year_month_day)]


class Strict(BaseModel):
    """A part of a file; an unknown key is nearly always a slip of the pen that would silently lose a text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
