"""When news are tried again, and what an endpoint's answer means: nothing here touches anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

# Of Standard Webhooks, after each failure; after the last one a delivery is dead.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.1  # of each wait, either way
DISABLED_AFTER = timedelta(days=5)
LONGEST_PAUSE = timedelta(hours=24)
_THROTTLED = frozenset({429, 502, 503, 504})  # it is in trouble, not this one delivery
_PAUSE = timedelta(seconds=5)


class Answered(NamedTuple):
    """What came of a try: a status, or none and what kept it from coming."""

    status: int | None
    retry_after: timedelta | None = None
    trouble: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """It wants nothing more, ever."""
        return self.status == 410

    @property
    def in_words(self) -> str:
        return self.trouble if self.status is None else str(self.status)


class NextTry(NamedTuple):
    """When a delivery is tried again, never if None; until when the endpoint is let alone."""

    at: datetime | None
    paused_until: datetime | None = None


def after_failure(
    answered: Answered, failures_before: int, now: datetime, chance: Callable[[], float]
) -> NextTry:
    """What follows a try that failed; `chance` is even between 0 and 1."""
    paused_until = None
    if answered.retry_after is not None:
        paused_until = now + min(answered.retry_after, LONGEST_PAUSE)
    elif answered.status in _THROTTLED:
        paused_until = now + _PAUSE
    if failures_before >= len(WAITS):
        return NextTry(None, paused_until)
    at = now + WAITS[failures_before] * (1 + JITTER * (2 * chance() - 1))
    return NextTry(at if paused_until is None else max(at, paused_until), paused_until)


def read_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """A `Retry-After`: seconds or a date. None for one that is neither, or is over."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST_PAUSE.total_seconds())))
    try:
        wait = parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return None
    return wait if wait > timedelta(0) else None
