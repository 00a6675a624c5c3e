"""Column types that accept any value from Slack, so the database never refuses a row because of one."""

from __future__ import annotations

import hashlib

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

# Bytes; as hexadecimal digits they fit into the shortest column of an id.
_DIGEST_BYTES = 16


def storable_text(value: object) -> str:
    """A text without what PostgreSQL or SQLite cannot store: NUL, and halves of characters."""
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode()


def storable_id(value: object, most: int = 32) -> str:
    """An id as it is stored: itself where it fits, otherwise a digest of it.

    A part of it would be too little: two workspaces must never become one.
    """
    if isinstance(value, str) and len(value) <= most and value.isascii() and "\0" not in value:
        return value
    return hashlib.blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


class Words(TypeDecorator[str]):
    """A column of text; see `storable_text`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """What is stored."""
        return None if value is None else storable_text(value)


class Id(TypeDecorator[str]):
    """A column of ids of so many characters at most; see `storable_id`."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """What is stored."""
        return None if value is None else storable_id(value, self.length)
