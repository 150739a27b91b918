"""The business clock: real time and business time, there and back."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.clock import DAY, BusinessClock, LongDay
from tests.support.moments import moments

BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORIGIN = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
MOMENTS = moments(date(2026, 1, 2), date(2027, 12, 31)) | moments(
    date(2026, 1, 2), date(2026, 3, 2)
)
_ON = attrgetter("on")
LONG_DAYS = st.builds(
    LongDay,
    on=st.dates(ORIGIN.date(), date(2026, 3, 1)),
    length=st.sampled_from([timedelta(milliseconds=500), timedelta(minutes=1), 2 * DAY]),
)
# From real speed to a day in a second; the day from morning to evening, or all of it.
CLOCKS = st.builds(
    lambda seconds, begins, lasts, share, long_day, more: BusinessClock(
        started_at=BEGAN,
        origin=ORIGIN,
        day_length=timedelta(seconds=seconds),
        day_begins=timedelta(hours=begins),
        day_ends=timedelta(hours=begins + lasts),
        day_share=share,
        long_day=long_day,
        long_days=tuple(each for each in more if long_day is None or each.on != long_day.on),
    ),
    seconds=st.sampled_from([1, 2, 60, 86_400]),
    begins=st.integers(0, 8),
    lasts=st.integers(8, 15),
    share=st.floats(0.5, 0.95),
    long_day=st.none() | LONG_DAYS,
    more=st.lists(LONG_DAYS, max_size=3, unique_by=_ON).map(lambda days: sorted(days, key=_ON)),
)


@given(CLOCKS, MOMENTS)
def test_business_time_comes_back_from_real_time(clock: BusinessClock, moment: datetime) -> None:
    """To within what a microsecond of real time is worth in business time."""
    long = [*clock.long_days, *([clock.long_day] if clock.long_day else [])]
    shortest = min([clock.day_length, *(each.length for each in long)])
    worth = DAY / shortest * 20 * timedelta(microseconds=1)
    assert abs(clock.business(clock.real(moment)) - moment) <= max(worth, timedelta(milliseconds=1))


@given(CLOCKS, MOMENTS, MOMENTS)
def test_later_stays_later(clock: BusinessClock, one: datetime, other: datetime) -> None:
    """In both directions."""
    first, second = sorted((one, other))
    assert clock.real(first) <= clock.real(second)
    speed = clock.day_length / DAY
    earlier, later = (BEGAN + (moment - ORIGIN) * speed for moment in (first, second))
    assert clock.business(earlier) <= clock.business(later)


@given(CLOCKS)
def test_business_time_begins_at_the_origin(clock: BusinessClock) -> None:
    """At the real instant at which the clock was started."""
    assert abs(clock.business(BEGAN) - ORIGIN) < timedelta(milliseconds=1)
    assert clock.real(ORIGIN) == BEGAN


@given(CLOCKS)
def test_setting_is_read_as_it_was_written(clock: BusinessClock) -> None:
    """Through the text of an environment variable."""
    assert BusinessClock.parse(str(clock)) == clock


def test_nights_pass_faster_than_days() -> None:
    """The day's share of the real length is spent between its hours."""
    clock = BusinessClock(
        started_at=BEGAN,
        origin=datetime(2026, 1, 1, tzinfo=UTC),
        day_length=timedelta(seconds=10),
        day_begins=timedelta(hours=8),
        day_ends=timedelta(hours=20),
        day_share=0.8,
    )
    eight = clock.real(datetime(2026, 1, 1, 8, tzinfo=UTC))
    twenty = clock.real(datetime(2026, 1, 1, 20, tzinfo=UTC))
    assert twenty - eight == timedelta(seconds=8)


def test_one_day_takes_its_own_time() -> None:
    """The days before and after it pass as always."""
    clock = BusinessClock(
        started_at=BEGAN,
        origin=datetime(2026, 1, 1, 12, tzinfo=UTC),
        day_length=timedelta(seconds=2),
        long_day=LongDay(on=date(2026, 1, 4), length=timedelta(seconds=60)),
    )
    midnights = [clock.real(datetime(2026, 1, day, tzinfo=UTC)) for day in range(2, 7)]
    lengths = [later - earlier for earlier, later in pairwise(midnights)]
    assert midnights[0] == BEGAN + timedelta(seconds=1)
    assert lengths == [timedelta(seconds=seconds) for seconds in (2, 2, 60, 2)]
    assert clock.business(midnights[2] + timedelta(seconds=15)) == datetime(
        2026, 1, 4, 6, tzinfo=UTC
    )


def test_several_days_take_their_own_time() -> None:
    """Each of them, wherever it stands among the others; also two in a row."""
    clock = BusinessClock(
        started_at=BEGAN,
        origin=datetime(2026, 1, 1, tzinfo=UTC),
        day_length=timedelta(seconds=2),
        long_day=LongDay(on=date(2026, 1, 4), length=timedelta(seconds=60)),
        long_days=(
            LongDay(on=date(2026, 1, 2), length=timedelta(seconds=30)),
            LongDay(on=date(2026, 1, 3), length=timedelta(seconds=10)),
            LongDay(on=date(2026, 1, 6), length=timedelta(seconds=1)),
        ),
    )
    midnights = [clock.real(datetime(2026, 1, day, tzinfo=UTC)) for day in range(1, 9)]
    lengths = [later - earlier for earlier, later in pairwise(midnights)]
    assert lengths == [timedelta(seconds=seconds) for seconds in (2, 30, 10, 60, 2, 1, 2)]
    for hours in range(0, 7 * 24, 5):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert abs(clock.business(clock.real(moment)) - moment) < timedelta(seconds=1)


def test_real_clock_changes_nothing() -> None:
    """In production both times are the same."""
    clock = BusinessClock.parse("real")
    assert clock.is_real
    assert clock.business(BEGAN) == clock.real(BEGAN) == BEGAN


A_DAY = {"on": "2026-01-04", "length": "PT1M"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"started_at": BEGAN}, "come together"),
        ({"day_begins": DAY, "day_ends": DAY}, "day_begins must come before"),
        ({"day_length": timedelta(0)}, "day_length must be positive"),
        ({"day_ends": timedelta(hours=20)}, "day_share must be below 1"),
        ({"day_share": 0}, "greater than 0"),
        ({"long_days": [A_DAY, A_DAY]}, "in their order, each once"),
        ({"long_days": [A_DAY], "long_day": A_DAY}, "other days than long_day"),
    ],
)
def test_impossible_clock_is_refused(values: dict[str, object], reason: str) -> None:
    """With the reason, before anything runs on it."""
    with pytest.raises(ValidationError, match=reason):
        BusinessClock.model_validate(values)
