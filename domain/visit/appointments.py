"""When a visit could take place."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from domain.calendar import is_within, opens
from domain.local_time import HoursOfDay
from domain.policy.visit import LONGEST_LOOK_AHEAD_DAYS, POSSIBLE_DAYS, VisitPolicy

# Within a day come the hours in which the borrower may be told.
TIME_TO_TELL = timedelta(days=1)
STEP = timedelta(hours=1)  # between the starts we propose; a borrower may ask for any other time


class Holidays(NamedTuple):
    """The days of a country that are not what their weekday says."""

    public_holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()  # weekend days that are worked in place of others


class VisitTimes(BaseModel):
    """What bounds the time of a visit; hours and weekdays (Monday is 1) are local to `zone`."""

    earliest: AwareDatetime
    latest: AwareDatetime  # end of the visit
    preferred: list[AwareDatetime] = []
    declined: list[AwareDatetime] = []  # starts, by the borrower
    hours: HoursOfDay
    weekdays: list[int]
    duration: timedelta
    zone: str
    possible_days: int = POSSIBLE_DAYS  # on so many a start is looked for

    @property
    def first_day(self) -> date:
        return self.earliest.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The last day that is looked at, also for a preferred time."""
        return self.first_day + timedelta(days=LONGEST_LOOK_AHEAD_DAYS)


def visit_times(
    now: datetime,
    latest: datetime,
    preferred: list[datetime],
    declined: list[datetime],
    policy: VisitPolicy,
    zone: str,
) -> VisitTimes:
    """What a policy says of the time of a visit that is proposed now, and told within a day."""
    return VisitTimes(
        earliest=now + TIME_TO_TELL + policy.notice,
        latest=latest,
        preferred=preferred,
        declined=declined,
        hours=policy.planned_hours.value,
        weekdays=[*policy.weekdays.value],
        duration=timedelta(hours=policy.duration_hours.value),
        zone=zone,
        possible_days=policy.possible_days,
    )


def candidate_starts(times: VisitTimes, holidays: Holidays) -> list[datetime]:
    """Starts within the hours of possible days, in UTC; preferred times first, each once.

    Who declines a day is offered another day, not the next hour, unless they prefer it by now.
    """
    zone = ZoneInfo(times.zone)
    declined = {start.astimezone(zone).date() for start in times.declined}
    grid = _grid(times, holidays)
    others = (start for start in grid if start.astimezone(zone).date() not in declined)
    wanted = [start.astimezone(UTC) for start in (*times.preferred, *others)]
    return [start for start in dict.fromkeys(wanted) if _is_possible(start, times, holidays)]


def _grid(times: VisitTimes, holidays: Holidays) -> Iterator[datetime]:
    """Every hour of the next days on which a visit is possible."""
    ahead = (times.first_day + timedelta(days=day) for day in range(LONGEST_LOOK_AHEAD_DAYS))
    days = [day for day in ahead if _is_visit_day(day, times, holidays)][: times.possible_days]
    for day in days:
        for step in range(24):
            yield opens(day, times.hours, times.zone).astimezone(UTC) + step * STEP


def _is_possible(start: datetime, times: VisitTimes, holidays: Holidays) -> bool:
    end = start + times.duration
    return (
        times.earliest <= start
        and end <= times.latest
        and _is_visit_day(start.astimezone(ZoneInfo(times.zone)).date(), times, holidays)
        and is_within(start, times.hours, times.zone)
        and is_within(end - timedelta(minutes=1), times.hours, times.zone)
    )


def _is_visit_day(day: date, times: VisitTimes, holidays: Holidays) -> bool:
    if day in holidays.public_holidays or day > times.last_day:
        return False
    return day.isoweekday() in times.weekdays or day in holidays.make_up_days
