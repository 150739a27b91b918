"""Which time zone database this process reads: the pinned one."""

import zoneinfo

from domain.local_time import time_zones


def use_pinned_zone_data() -> None:
    """Read time zones from the `tzdata` that is locked, not from what the machine happens to have.

    A country changes its clock by a law of the same year: the machine's files may be older. Called
    before anything else; repeated calls change nothing.
    """
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
        time_zones.cache_clear()
