"""The small checks that the rules of Block Kit are put together from.

A check looks at a JSON value and yields a `Fault` for each thing that Slack would refuse, with
the JSON pointer of the place. The functions here build checks; a rule such as "a header has a
plain text of at most 150 characters" is then an expression, not a function.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias


class Fault(NamedTuple):
    """One thing that Slack refuses.

    Attributes:
        what: Slack's wording where it is known.
        pointer: JSON pointer from the call's arguments, such as ``/blocks/0/text/text``.
    """

    what: str
    pointer: str

    @property
    def line(self) -> str:
        """The line for ``response_metadata.messages``."""
        return f"[ERROR] {self.what} [json-pointer:{self.pointer}]"


Check: TypeAlias = Callable[[Any, str], Iterator[Fault]]


def string(*, most: int, least: int = 1) -> Check:
    """A string of ``least`` to ``most`` characters."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault("must provide a string", pointer)
        elif len(value) < least:
            yield Fault(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            yield Fault(f"must be less than {most + 1} characters", pointer)

    return check


def matching(pattern: str, wanted: str) -> Check:
    """A string that the whole regular expression matches; ``wanted`` says it in words."""
    compiled = re.compile(pattern)

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault("must provide a string", pointer)
        elif not compiled.fullmatch(value):
            yield Fault(f"must be {wanted}", pointer)

    return check


def url(*, most: int) -> Check:
    """An http or https address of at most ``most`` characters."""
    return in_turn(string(most=most), matching(r"https?://\S*", "a valid URL"))


def integer(*, least: int, most: int) -> Check:
    """A whole number from ``least`` to ``most``."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault("must provide an integer", pointer)
        elif value < least:
            yield Fault(f"must be more than {least - 1}", pointer)
        elif value > most:
            yield Fault(f"must be less than {most + 1}", pointer)

    return check


def number(value: Any, pointer: str) -> Iterator[Fault]:
    """A number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Fault("must provide a number", pointer)


def boolean(value: Any, pointer: str) -> Iterator[Fault]:
    """True or false."""
    if not isinstance(value, bool):
        yield Fault("must provide a boolean", pointer)


def anything(value: Any, pointer: str) -> Iterator[Fault]:
    """Any value: for fields whose content Slack does not describe."""
    yield from ()


def one_of(*allowed: str | int) -> Check:
    """One of the values listed."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if isinstance(value, bool) or value not in allowed:
            yield Fault("must be a valid enum value", pointer)

    return check


def nullable(inner: Check) -> Check:
    """Null, or what ``inner`` allows."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if value is not None:
            yield from inner(value, pointer)

    return check


def items(inner: Check, *, most: int, least: int = 1) -> Check:
    """An array of ``least`` to ``most`` items, each allowed by ``inner``."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault("must provide an array", pointer)
            return
        if len(value) < least:
            yield Fault(f"no fewer than {least} items allowed", pointer)
        if len(value) > most:
            yield Fault(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            yield from inner(item, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None) -> Check:
    """An object with all the required fields, any of the optional ones, and no others.

    ``type`` is always allowed: `by_type` has looked at it.
    """
    required = required or {}
    fields = {"type": anything, **(optional or {}), **required}

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault("must provide an object", pointer)
            return
        for name in required:
            if name not in value:
                yield Fault(f"missing required field: {name}", pointer)
        for name, content in value.items():
            if name in fields:
                yield from fields[name](content, f"{pointer}/{name}")
            else:
                yield Fault(f"invalid additional property: {name}", pointer)

    return check


def by_type(checks: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which of the checks it has to pass."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault("must provide an object", pointer)
        elif "type" not in value:
            yield Fault("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in checks:
            yield Fault(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from checks[value["type"]](value, pointer)

    return check


def in_turn(*checks: Check) -> Check:
    """All of the checks; one that finds a fault ends the turn, so the next may rely on it."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        for one in checks:
            faults = list(one(value, pointer))
            yield from faults
            if faults:
                return

    return check


def any_field(*names: str) -> Check:
    """An object with at least one of the fields; the first is the one named when none is there."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if not any(name in value for name in names):
            yield Fault(f"missing required field: {names[0]}", pointer)

    return check


def only_one_field(*names: str) -> Check:
    """An object with at most one of the fields."""

    def check(value: Any, pointer: str) -> Iterator[Fault]:
        if sum(name in value for name in names) > 1:
            yield Fault(f"only one of {', '.join(names)} is allowed", pointer)

    return check
