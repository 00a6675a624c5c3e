"""Logs in fields: readable on a terminal, JSON elsewhere; never a question's words, a token or a name.

Libraries put payloads, headers and addresses with secrets into their messages, and careless code puts what it failed on
into its exceptions. So neither is printed at any level: of a library's line the place in its source remains, of an
exception its kind and where it was raised.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Bolt copies this logger's level to its own. Its warnings name settings that we chose on purpose (a constant
# `authorize` beside a token) and requests that we leave unhandled on purpose.
BOLT_LOGGER = "peo_aso.bolt"
_SLACK_LOGGERS = ("slack_sdk", "slack_bolt", BOLT_LOGGER)


def configure_logging(level: str) -> None:
    """Send all logs to standard error: our own from ``level`` on, the libraries' from WARNING on.

    At DEBUG, those of Slack's libraries come from DEBUG on.
    """
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter(renderer))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _SLACK_LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "DEBUG" else logging.WARNING)
    if level != "DEBUG":
        logging.getLogger(BOLT_LOGGER).setLevel(logging.ERROR)


class _LibraryFormatter(logging.Formatter):
    """The line of a library in the format of our own, without its message."""

    def __init__(self, renderer: Processor) -> None:
        super().__init__()
        self._renderer = renderer

    def format(self, record: logging.LogRecord) -> str:
        event: EventDict = {
            "event": "library",
            "logger": record.name,
            "place": f"{_short(record.pathname)}:{record.lineno}",
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info and record.exc_info[1] is not None:
            event.update(_told(record.exc_info[1]))
        return str(self._renderer(None, record.levelname.lower(), event))


def _without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Turn an exception into its kind and its places."""
    exc_info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if exc_info is True else exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return {**_told(error), **event} if isinstance(error, BaseException) else event


def _told(error: BaseException) -> dict[str, str]:
    chain = list(_causes(error))
    places = [line for one in reversed(chain) for line in traceback.format_tb(one.__traceback__)]
    return {"error": " < ".join(type(one).__name__ for one in chain), "exception": "".join(places)}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, then what it came from, the nearest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _short(path: str) -> str:
    """The path of a module as its package sees it."""
    return path.rpartition("site-packages/")[2]
