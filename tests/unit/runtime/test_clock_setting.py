"""What BUSINESS_CLOCK may say, and which clock it stands for."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.clock import BusinessClock
from runtime.clock_setting import in_words, read_clock, read_clock_wish

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day_length"),
    [
        ("60x", timedelta(minutes=24)),
        ("0.5x", timedelta(days=2)),
        ("day=1.25s", timedelta(seconds=1.25)),
        ("day=250ms", timedelta(milliseconds=250)),
        ("day=2min", timedelta(minutes=2)),
        ('{"day_length": 3}', timedelta(seconds=3)),
    ],
)
def test_a_wish_begins_when_it_is_told_to(text: str, day_length: timedelta) -> None:
    """A speed, a day's length, or a clock whose beginning is left open."""
    clock = read_clock_wish(text).begun(NOW, NOW)
    assert clock == BusinessClock(started_at=NOW, origin=NOW, day_length=day_length)


def test_a_wish_may_name_its_beginning() -> None:
    """Then that is kept."""
    clock = BusinessClock(started_at=NOW, origin=NOW - timedelta(days=9), day_length=timedelta(1))
    assert read_clock_wish(str(clock)).begun(NOW + timedelta(1), NOW + timedelta(1)) == clock


def test_a_wish_fits_the_clock_that_it_became() -> None:
    """Also later, when it would begin at another moment; another speed does not fit."""
    kept = read_clock_wish("60x").begun(NOW, NOW)
    assert read_clock_wish("60x").fits(kept)
    assert not read_clock_wish("61x").fits(kept)
    assert not read_clock_wish("real").fits(kept)
    assert read_clock_wish("real").fits(BusinessClock())


@pytest.mark.parametrize("text", ["60x", "day=1.25s", "{}", '{"day_length": "PT60S"}'])
def test_a_single_process_is_told_when_its_clock_begins(text: str) -> None:
    """Two processes that read a short form would live at different times."""
    with pytest.raises(ValueError, match="does not say when it begins"):
        read_clock(text)


@pytest.mark.parametrize("text", ["", "60", "x", "-1x", "day=1", "day=soon", "[1]", "{", "null"])
def test_what_is_no_clock_is_refused(text: str) -> None:
    """With what a clock may look like, in one line."""
    with pytest.raises(ValueError, match="must be ") as caught:
        read_clock_wish(text)
    assert "\n" not in str(caught.value)


def test_a_clock_is_told_in_words() -> None:
    """What `make up` says of it."""
    assert in_words(BusinessClock()) == "real time"
    assert in_words(read_clock_wish("60x").begun(NOW, NOW)) == (
        "60 times as fast as real time: a business day lasts 1,440 s; "
        "it began with 2026-03-01 08:00 UTC"
    )
