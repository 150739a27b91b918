"""Local hours and stable moments, also on the days when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months, closes, is_within, next_within, opens, stable_moment
from domain.local_time import HoursOfDay
from tests.support.moments import moments

HOURS = HoursOfDay(start=time(8), end=time(22))
ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = moments(date(2025, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("local", "within"),
    [("07:59:59", False), ("08:00:00", True), ("21:59:59", True), ("22:00:00", False)],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_start_is_included_and_end_is_not(local: str, zone: str, within: bool) -> None:
    """On the borrower's own clock, whatever zone the instant came in."""
    moment = datetime.combine(date(2026, 7, 1), time.fromisoformat(local), ZoneInfo(zone))
    assert is_within(moment.astimezone(UTC), HOURS, zone) is within


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 28), 7),
        (date(2026, 3, 29), 6),  # summer time begins
        (date(2026, 10, 24), 6),
        (date(2026, 10, 25), 7),  # and ends
    ],
)
def test_hours_follow_the_clock_change(day: date, utc_hour: int) -> None:
    """Eight in the morning is eight in the morning on both sides of it."""
    assert opens(day, HOURS, "Europe/Berlin").astimezone(UTC).hour == utc_hour
    before = datetime.combine(day - timedelta(days=1), time(23), ZoneInfo("Europe/Berlin"))
    assert next_within(before, HOURS, "Europe/Berlin") == opens(day, HOURS, "Europe/Berlin")


@given(MOMENTS, ZONES)
def test_next_moment_is_within_and_never_earlier(moment: datetime, zone: str) -> None:
    """And nothing between now and then is within."""
    found = next_within(moment, HOURS, zone)
    assert found >= moment
    assert is_within(found, HOURS, zone)
    assert found == moment or not is_within(found - timedelta(microseconds=1), HOURS, zone)
    assert found - moment <= timedelta(hours=11)


@given(st.integers(0, 10**12), st.dates(date(2025, 1, 1), date(2027, 12, 31)), ZONES)
def test_stable_moment_is_within_its_day(place: int, day: date, zone: str) -> None:
    """And is the same however often it is asked for."""
    moment = stable_moment(place, day, HOURS, zone)
    assert opens(day, HOURS, zone) <= moment < closes(day, HOURS, zone)
    assert moment == stable_moment(place, day, HOURS, zone)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-10-31", 4, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_months_end_where_they_end(day: str, months: int, expected: str) -> None:
    """The same day of a later month, or its last."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)
