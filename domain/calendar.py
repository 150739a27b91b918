"""Local hours and stable moments: when, within a day, something is done."""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.policy.policy import HoursOfDay

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


def stable_moment(place: int, day: date, hours: HoursOfDay, zone: str) -> datetime:
    """A moment within a day's hours that is always the same for a place, and spread over places.

    When the hours begin, a hundred thousand loans must not all act in the same second. Chance
    is not even enough for that: of ten thousand loans in eight hours it would put nearly twice
    the mean into some minute. Neighbouring places, multiplied by the golden ratio, fall into the
    largest gaps that are left.
    """
    turn = int.from_bytes(hashlib.sha256(f"{day}".encode()).digest()[:8])
    share = (turn + place * _GOLDEN) % _WHOLE / _WHOLE
    first, last = opens(day, hours, zone), closes(day, hours, zone)
    return first + share * (last - first)
