"""Whether the server's clocks are ours: where borrowers live, for as far as plans reach.

What may be said to whom is judged by this process' time zone data, and looked at again by the
server's: an audit that goes by other clocks would find breaches where there are none, or none where
there are some.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from database.sql import SQL, Pool
from domain.local_time import time_zones

_LOOK_AHEAD_WEEKS = 104


class Clock(NamedTuple):
    """What the server says that a moment is in a zone, in local time without an offset."""

    zone: str
    at: datetime
    local: datetime


async def differing_zones(pool: Pool, now: datetime) -> list[str]:
    """A sentence for each zone of a borrower that the server has otherwise, or nobody knows."""
    zones = [row["time_zone"] async for row in SQL.zones_in_use(pool)]
    moments = [now + timedelta(weeks=week) for week in range(_LOOK_AHEAD_WEEKS)]
    clocks = [Clock(**row) async for row in SQL.clocks_of(pool, zones=zones, moments=moments)]
    return compare_clocks(zones, clocks)


def compare_clocks(zones: list[str], clocks: list[Clock]) -> list[str]:
    """What differs, a sentence a zone: the first moment at which it does."""
    by_zone: dict[str, list[Clock]] = {zone: [] for zone in zones}
    for clock in clocks:
        by_zone[clock.zone].append(clock)
    said = (_difference(zone, theirs) for zone, theirs in by_zone.items())
    return [sentence for sentence in said if sentence is not None]


def _difference(zone: str, clocks: list[Clock]) -> str | None:
    if zone not in time_zones():
        return f"time zone {zone} of a borrower is none of a place that we know"
    if not clocks:
        return f"time zone {zone} of a borrower is none that Postgres knows"
    for clock in clocks:
        ours = clock.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        if ours != clock.local:
            return (
                f"time zone {zone}: {clock.at:%Y-%m-%dT%H:%MZ} is {ours:%H:%M} to this process and "
                f"{clock.local:%H:%M} to Postgres; the older time zone data has to be renewed"
            )
    return None
