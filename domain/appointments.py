"""When a visit could take place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import is_within, opens
from domain.policy import VisitPolicy

DAYS_AHEAD = 14
STEP = timedelta(hours=1)


def candidate_starts(
    now: datetime,
    latest: datetime,
    preferred: Sequence[datetime],
    policy: VisitPolicy,
    zone: str,
) -> list[datetime]:
    """Starts that keep the notice lead, the planned hours and `latest`; preferred times first."""
    duration = timedelta(hours=policy.duration_hours.value)
    earliest = now + timedelta(hours=policy.notice_lead_hours.value)
    hours = policy.planned_hours.value
    first_day = earliest.astimezone(ZoneInfo(zone)).date()
    grid = [
        opens(first_day + timedelta(days=day), hours, zone) + step * STEP
        for day in range(DAYS_AHEAD)
        for step in range(24)
    ]
    return [
        start
        for start in [*preferred, *grid]
        if earliest <= start
        and start + duration <= latest
        and is_within(start, hours, zone)
        and is_within(start + duration - timedelta(minutes=1), hours, zone)
    ]
