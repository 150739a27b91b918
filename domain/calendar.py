"""Local hours and stable moments: when, within a day, something is done."""

import hashlib
from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.local_time import HoursOfDay

_WHOLE = 2**64
_GOLDEN = 11400714819323198485  # of the whole, by the golden ratio; odd


def opens(day: date, hours: HoursOfDay, zone: str) -> datetime:
    """The instant at which a day's hours begin; a clock change cannot skip it."""
    return datetime.combine(day, hours.start, ZoneInfo(zone))


def closes(day: date, hours: HoursOfDay, zone: str) -> datetime:
    """The instant at which a day's hours end."""
    return datetime.combine(day, hours.end, ZoneInfo(zone))


def is_within(now: datetime, hours: HoursOfDay, zone: str) -> bool:
    """Whether an instant lies in the permitted hours of the borrower's own clock."""
    return hours.start <= now.astimezone(ZoneInfo(zone)).time() < hours.end


def next_within(now: datetime, hours: HoursOfDay, zone: str) -> datetime:
    """The first instant, from now on, that lies within the hours."""
    if is_within(now, hours, zone):
        return now
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < hours.start else local.date() + timedelta(days=1)
    return opens(day, hours, zone)


def stable_moment(number: int, day: date, hours: HoursOfDay, zone: str) -> datetime:
    """A moment within a day's hours that is always the same for a number, and spread over numbers.

    When the hours begin, a hundred thousand loans must not all act in the same second. Chance
    is not even enough for that: of ten thousand loans in eight hours it would put nearly twice
    the mean into some minute. Neighbouring numbers, multiplied by the golden ratio, fall into the
    largest gaps that are left.
    """
    turn = int.from_bytes(hashlib.sha256(f"{day}".encode()).digest()[:8])
    share = (turn + number * _GOLDEN) % _WHOLE / _WHOLE
    first, last = opens(day, hours, zone), closes(day, hours, zone)
    return first + share * (last - first)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
