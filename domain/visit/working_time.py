"""When a collector works, as a roster writes it: `Mon-Fri 09:00-18:00`."""

import re
from datetime import date, time
from typing import NamedTuple

from pydantic import ValidationError

from domain.local_time import HoursOfDay
from domain.mistakes import describe_mistake

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKS = re.compile(r"(?P<days>\S+(?:\s*,\s*\S+)*)\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


class RosterError(ValueError):
    """A cell of a roster that cannot be read; the text is the reason."""


class WorkingTime(NamedTuple):
    """The same hours on some days of every week; Monday is 1."""

    days: list[int]
    hours: HoursOfDay


def read_working_time(text: str) -> WorkingTime:
    """Days and hours of a week, such as `Mon-Fri 09:00-18:00` or `Mon,Wed,Sat 10:00-16:00`.

    Raises:
        RosterError: with the reason.
    """
    match = _WORKS.fullmatch(text)
    if match is None:
        raise RosterError("must look like Mon-Fri 09:00-18:00")
    days: set[int] = set()
    for part in match["days"].split(","):
        days.update(_days(part.strip()))
    try:
        start, end = time.fromisoformat(match["start"]), time.fromisoformat(match["end"])
        hours = HoursOfDay(start=start, end=end)
    except ValidationError as error:
        raise RosterError(describe_mistake(error.errors()[0])) from error
    except ValueError as error:
        raise RosterError(f"no such time of day: {error}") from error
    return WorkingTime(sorted(days), hours)


def _days(text: str) -> range:
    first, _, last = text.partition("-")
    numbers = [_day(name) for name in (first, last or first)]
    if numbers[0] > numbers[1]:
        raise RosterError(f"{text}: the week begins on Monday")
    return range(numbers[0], numbers[1] + 1)


def _day(name: str) -> int:
    if name.lower() not in _NAMES:
        raise RosterError(f"no such day: {name!r}; there are Mon, Tue, Wed, Thu, Fri, Sat, Sun")
    return _NAMES.index(name.lower()) + 1


def read_days(text: str) -> list[tuple[date, date]]:
    """First and last days, such as `2026-05-06..2026-05-08; 2026-06-01`.

    Raises:
        RosterError: with the reason.
    """
    return [_span(part.strip()) for part in text.split(";") if part.strip()]


def _span(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        span = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError as error:
        raise RosterError(
            f"{text!r}: must look like 2026-05-06 or 2026-05-06..2026-05-08"
        ) from error
    if span[0] > span[1]:
        raise RosterError(f"{text!r}: ends before it begins")
    return span
