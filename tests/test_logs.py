"""What is logged says what happened and where, and never repeats what a person, a token or an exception says."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import BOLT_LOGGER, configure_logging

SECRET = "who pays, says maya with xoxb-1"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What is configured here must not reach the tests that follow."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    for name in ("slack_sdk", "slack_bolt", BOLT_LOGGER):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def printed(monkeypatch: pytest.MonkeyPatch, level: str, *, on: io.StringIO | None = None) -> io.StringIO:
    """Where logs go from here on."""
    stream = on or io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(level)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise RuntimeError(SECRET) from error


def test_our_own_lines_are_one_json_object_each(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = printed(monkeypatch, "INFO")
    structlog.get_logger().info("question", kind="answer")
    structlog.get_logger().debug("not at this level")
    [line] = lines(stream)
    assert (line["event"], line["level"], line["kind"]) == ("question", "info", "answer")
    assert line["timestamp"].endswith("Z")


def test_on_a_terminal_they_are_for_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = printed(monkeypatch, "INFO", on=Terminal())
    structlog.get_logger().info("question", kind="answer")
    assert "question" in stream.getvalue()
    assert "{" not in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["JSON", "terminal"])
def test_an_exception_is_told_by_its_kind_its_causes_and_its_places(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO
) -> None:
    printed(monkeypatch, "INFO", on=stream)
    try:
        fail()
    except RuntimeError as error:
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=error)
    assert stream.getvalue().count("RuntimeError < KeyError") == 2
    assert "in fail" in stream.getvalue()
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize("name", ["slack_sdk.web.async_client", "slack_bolt.App", BOLT_LOGGER, "asyncio", "sqlalchemy"])
@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_of_a_library_only_the_place_is_told_in_the_format_of_our_own(
    monkeypatch: pytest.MonkeyPatch, name: str, level: str
) -> None:
    stream = printed(monkeypatch, level)
    try:
        fail()
    except RuntimeError:
        logging.getLogger(name).exception(f"Failed to send {SECRET} %s", SECRET)
    [line] = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("library", name, "error")
    assert "test_logs.py:" in line["place"]
    assert line["error"] == "RuntimeError < KeyError"
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize(
    ("level", "name", "seen"),
    [
        pytest.param("DEBUG", "slack_sdk", 2, id="Slack's, at DEBUG"),
        pytest.param("INFO", "slack_sdk", 1, id="Slack's, at INFO"),
        pytest.param("DEBUG", "aiohttp", 1, id="another's, at DEBUG"),
        pytest.param("INFO", BOLT_LOGGER, 0, id="Bolt's warnings of what was done on purpose"),
    ],
)
def test_how_much_libraries_say(monkeypatch: pytest.MonkeyPatch, level: str, name: str, seen: int) -> None:
    stream = printed(monkeypatch, level)
    logging.getLogger(name).debug("a detail")
    logging.getLogger(name).warning("a warning")
    assert len(lines(stream)) == seen


def test_a_warning_of_python_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = printed(monkeypatch, "INFO")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(SECRET, stacklevel=1)
    [line] = lines(stream)
    assert line["logger"] == "py.warnings"
    assert SECRET not in stream.getvalue()
