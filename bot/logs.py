"""Logs in fields: readable on a terminal, JSON elsewhere; never a question's words, a token or a name."""

from __future__ import annotations

import logging
import sys

import structlog

# At DEBUG, and for some faults at INFO, these print whole payloads: what people typed, and tokens in headers.
_CHATTY_LIBRARIES = ("slack_sdk", "aiohttp", "asyncio")

# Bolt copies this logger's level to its own. Its warnings name settings that we chose on purpose (a constant
# `authorize` beside a token) and requests that we leave unhandled on purpose.
BOLT_LOGGER = "peo_aso.bolt"


def configure_logging(level: str) -> None:
    """Send structlog's events to standard error from ``level`` on, and the libraries' own from WARNING on."""
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for name in _CHATTY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(BOLT_LOGGER).setLevel(logging.ERROR)
