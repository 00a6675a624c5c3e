"""The arguments of one call of the Web API."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from localslack.errors import ApiError
from localslack.model import Payload


class Arguments:
    """The arguments of one call, whether they came as a form, in the query or as JSON."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def required(self, name: str) -> str:
        """A required string.

        Raises:
            ApiError: ``invalid_arguments``.
        """
        value = self.values.get(name)
        if value in (None, ""):
            raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"])
        return str(value)

    def optional(self, name: str) -> str | None:
        """A string; None when it is missing or empty."""
        value = self.values.get(name)
        return None if value in (None, "") else str(value)

    def number(self, name: str, otherwise: int) -> int:
        """A whole number; ``otherwise`` when it is missing or empty.

        Raises:
            ApiError: ``invalid_cursor`` or ``invalid_limit``, after its name.
        """
        value = self.optional(name)
        if value is None:
            return otherwise
        if not value.isdecimal():
            raise ApiError(f"invalid_{name}")
        return int(value)

    def flag(self, name: str) -> bool:
        """A truth value, in any of the forms that Slack takes."""
        return str(self.values.get(name, "")).lower() in ("1", "true")


Handler: TypeAlias = Callable[[Arguments], Payload]
"""Carries out one method; raises `ApiError` where Slack would refuse the call."""
