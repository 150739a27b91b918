"""Local hours and stable moments: when, within a day, something is done."""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.policy import HoursOfDay


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


def stable_moment(key: str, day: date, hours: HoursOfDay, zone: str) -> datetime:
    """A moment within a day's hours that is always the same for a key, and spread over keys.

    When the hours begin, a hundred thousand loans must not all act in the same second.
    """
    digest = hashlib.sha256(f"{key}:{day}".encode()).digest()
    share = int.from_bytes(digest[:8]) / 2**64
    first, last = opens(day, hours, zone), closes(day, hours, zone)
    return first + share * (last - first)
