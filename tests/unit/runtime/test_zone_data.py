"""The time zone data that a process reads."""

import zoneinfo
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from runtime.zone_data import use_pinned_zone_data

AT = datetime(2026, 12, 24, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["America/Vancouver", "Africa/Casablanca", "Asia/Shanghai"])
def test_pinned_data_is_the_one_that_is_read(name: str) -> None:
    """Whatever the machine has; asked twice, nothing changes."""
    use_pinned_zone_data()
    use_pinned_zone_data()
    assert zoneinfo.TZPATH == ()
    with files("tzdata.zoneinfo").joinpath(name).open("rb") as file:
        pinned = ZoneInfo.from_file(file)
    assert AT.astimezone(ZoneInfo(name)).utcoffset() == AT.astimezone(pinned).utcoffset()
