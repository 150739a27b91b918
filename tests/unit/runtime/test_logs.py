"""Logs while something is away: once in a while, not once for each thing that needs it."""

import logging

import pytest

from runtime.logs import SAID_EVERY_SECONDS, OncePerOutage


class AwayError(Exception):
    """The error of the outage."""


@pytest.fixture
def seconds() -> list[float]:
    """The time, which a test moves."""
    return [0.0]


@pytest.fixture
def once(seconds: list[float]) -> OncePerOutage:
    return OncePerOutage((AwayError,), now=lambda: seconds[0])


def _record(error: Exception) -> logging.LogRecord:
    info = (type(error), error, None)
    return logging.LogRecord("x", logging.WARNING, "x.py", 1, "activity failed", None, info)


def test_an_outage_is_said_once_a_minute(once: OncePerOutage, seconds: list[float]) -> None:
    """In a line without a traceback, which says how many there were meanwhile."""
    first, again, later = (_record(AwayError("nobody there")) for _ in range(3))
    assert once.filter(first)
    assert (first.exc_info, first.levelno) == (None, logging.WARNING)
    assert first.getMessage() == "nobody there; what needs it is tried again until it does"
    assert not once.filter(again)
    seconds[0] = SAID_EVERY_SECONDS
    assert once.filter(later)
    assert later.getMessage().endswith(", 1 more since the last such line")


def test_other_lines_pass_as_they_are(once: OncePerOutage) -> None:
    """With their tracebacks."""
    record = _record(ValueError("ours"))
    assert once.filter(_record(AwayError("nobody there")))
    assert once.filter(record)
    assert record.getMessage() == "activity failed"
    assert record.exc_info is not None
