"""What the page shows above the messages, to everybody."""

from collections.abc import Callable
from typing import Literal

from localslack.model import Change, Notice


class Notices:
    """The notices of the page, one for each key.

    Args:
        observe: Called with every `Change`, at once.
    """

    def __init__(self, observe: Callable[[Change], None]) -> None:
        self._observe = observe
        self._notices: dict[str, Notice] = {}

    @property
    def all(self) -> list[Notice]:
        """The notices that stand now, oldest key first."""
        return list(self._notices.values())

    def notify(self, key: str, text: str, level: Literal["info", "error"] = "info") -> None:
        """Put a notice on the page in place of the one with the same key; an empty text withdraws it."""
        notice = Notice(key, level, text)
        if text:
            self._notices[key] = notice
        else:
            self._notices.pop(key, None)
        self._observe(Change("notice_changed", notice))
