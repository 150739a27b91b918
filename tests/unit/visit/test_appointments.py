"""When a visit could take place: hours, weekdays, holidays, notice, and clocks that change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.local_time import HoursOfDay
from domain.policy.policy import Policy
from domain.policy.visit import POSSIBLE_DAYS
from domain.visit.appointments import (
    Holidays,
    VisitTimes,
    candidate_starts,
    visit_times,
)
from policies.public_holidays import is_known_country, public_holidays

SHANGHAI = "Asia/Shanghai"
HOURS = HoursOfDay.model_validate({"start": "10:00", "end": "18:00"})
NONE = Holidays()


def _local(day: date, hour: int, zone: str = SHANGHAI) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))


def _times(first: date, zone: str = SHANGHAI, **changes: Any) -> VisitTimes:
    fields = {
        "earliest": _local(first, 0, zone),
        "latest": _local(first, 0, zone) + timedelta(days=40),
        "hours": HOURS,
        "weekdays": [1, 2, 3, 4, 5, 6],
        "duration": timedelta(hours=2),
        "zone": zone,
    }
    return VisitTimes.model_validate(fields | changes)


def _days(starts: list[datetime], zone: str = SHANGHAI) -> list[date]:
    return list(dict.fromkeys(start.astimezone(ZoneInfo(zone)).date() for start in starts))


MONDAY = date(2026, 4, 20)


def test_every_hour_that_leaves_time_for_the_visit() -> None:
    """From ten to four, so that two hours end by six; on fourteen days without a Sunday."""
    starts = candidate_starts(_times(MONDAY), NONE)
    assert [start.astimezone(ZoneInfo(SHANGHAI)).hour for start in starts[:8]] == [
        *range(10, 17),
        10,
    ]
    days = _days(starts)
    assert len(days) == POSSIBLE_DAYS
    assert {day.isoweekday() for day in days} == {1, 2, 3, 4, 5, 6}
    assert all(start.utcoffset() == timedelta(0) for start in starts)


def test_notice_and_the_end_of_the_approval_bound_the_time() -> None:
    """Below, at and above either."""
    noon = _local(MONDAY, 12)
    times = _times(MONDAY, earliest=noon, latest=noon + timedelta(hours=3))
    assert candidate_starts(times, NONE) == [noon, noon + timedelta(hours=1)]
    late = times.model_copy(update={"latest": noon + timedelta(hours=2, minutes=-1)})
    assert candidate_starts(late, NONE) == []


def test_preferred_times_come_first_where_they_are_possible() -> None:
    """Each once; not at night, not on a Sunday, not on a holiday, not too early."""
    holiday = MONDAY + timedelta(days=2)
    wanted = _local(MONDAY + timedelta(days=3), 14)
    impossible = [
        wanted.replace(hour=17),
        wanted.replace(hour=23),
        _local(MONDAY + timedelta(days=6), 14),
        _local(holiday, 14),
        _local(MONDAY - timedelta(days=3), 14),
    ]
    times = _times(MONDAY, preferred=[*impossible, wanted, wanted])
    starts = candidate_starts(times, Holidays(frozenset({holiday})))
    assert starts[:2] == [wanted, _local(MONDAY, 10)]
    assert starts.count(wanted) == 1
    assert not set(impossible) & set(starts)


def test_nothing_is_proposed_in_the_golden_week_but_on_the_days_worked_for_it() -> None:
    """National Day 2026: seven days off; the Sunday before and the Saturday after are worked."""
    chinese = public_holidays("CN", [2026])
    times = _times(date(2026, 9, 19), weekdays=[1, 2, 3, 4, 5])
    days = _days(candidate_starts(times, chinese))
    assert date(2026, 9, 20) in days  # a Sunday, worked
    assert date(2026, 9, 19) not in days  # a Saturday like any other
    assert date(2026, 9, 25) not in days  # Mid-Autumn
    after = _days(candidate_starts(_times(date(2026, 9, 30), weekdays=[1, 2, 3, 4, 5]), chinese))
    assert after[:4] == [
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),  # a Saturday, worked
    ]
    assert len(after) == POSSIBLE_DAYS


@pytest.mark.parametrize(
    ("zone", "friday", "offsets"),
    [
        ("America/New_York", date(2026, 3, 6), {-5, -4}),  # forward on the 8th
        ("America/New_York", date(2026, 10, 30), {-4, -5}),  # back on the 1st
        ("Europe/London", date(2026, 3, 27), {0, 1}),
        ("Asia/Kolkata", date(2026, 3, 27), {5.5}),
    ],
)
def test_hours_are_those_of_the_local_clock(zone: str, friday: date, offsets: set[float]) -> None:
    """Also in the week in which it changes."""
    starts = candidate_starts(_times(friday, zone), NONE)
    local = [start.astimezone(ZoneInfo(zone)) for start in starts]
    assert {start.hour for start in local} == set(range(10, 17))
    assert {(start.utcoffset() or timedelta(0)) / timedelta(hours=1) for start in local} == offsets
    assert starts == sorted(starts)


def test_policy_says_when(policy: Policy) -> None:
    """The shipped one: four days' notice and a day to give it, two hours, Monday to Saturday."""
    now = datetime(2026, 4, 20, 4, tzinfo=UTC)
    times = visit_times(now, now + timedelta(days=30), [], [], policy.visit, SHANGHAI)
    first = candidate_starts(times, public_holidays("CN", [2026]))[0]
    assert first == _local(date(2026, 4, 25), 12)
    assert times.duration == timedelta(hours=2)


def test_who_declines_a_day_is_offered_another_day() -> None:
    """Not the next hour, unless they prefer it by now. Days are the borrower's own."""
    zone = ZoneInfo(SHANGHAI)
    first, second = candidate_starts(_times(MONDAY), NONE)[:2]
    starts = candidate_starts(_times(MONDAY, declined=[first]), NONE)
    offered = {start.astimezone(zone).date() for start in starts}
    assert offered
    assert first.astimezone(zone).date() not in offered
    assert candidate_starts(_times(MONDAY, declined=[first], preferred=[first]), NONE)[0] == first
    same_day = candidate_starts(_times(MONDAY, declined=[first], preferred=[second]), NONE)
    assert same_day[0] == second
    assert first not in same_day


def test_country_is_known_or_not() -> None:
    """By its two letters."""
    assert is_known_country("CN")
    assert not is_known_country("XX")
