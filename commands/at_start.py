"""What a process that starts compares with the rest of the installation, and says in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from database.policy.running_with import RunningWith, say_what_runs
from database.sql import Pool
from database.zone_check import differing_zones
from domain.clock import BusinessClock
from domain.policy.policy import Policy
from runtime.release import RELEASE
from runtime.settings import Settings


async def what_differs(
    pool: Pool, said_by: str, policy: Policy, settings: Settings, now: datetime
) -> list[str]:
    """A line for each thing that another process, Postgres or the calendar has otherwise; none as a
    rule.

    Puts on record what this one runs with, for the next one that starts.
    """
    otherwise = await runs_otherwise(pool, said_by, policy, settings, now)
    outside = not_in_effect(policy, settings.business_clock, now)
    lines = [line for line in (otherwise, outside) if line is not None]
    return [*lines, *await differing_zones(pool, now)]


def not_in_effect(policy: Policy, clock: BusinessClock, now: datetime) -> str | None:
    """A line when a policy does not bind yet, or any more: whoever is pinned to it goes by it.

    A clock of a drill may stand at any day, and nothing is said of it.
    """
    today = now.astimezone(ZoneInfo(policy.time_zone)).date()
    if not clock.is_real or policy.is_in_effect(today):
        return None
    return (
        f"policy {policy.version} is of {policy.days_of_effect}, and not of today: cases that are"
        " pinned to it go by it all the same"
    )


async def runs_otherwise(
    pool: Pool, said_by: str, policy: Policy, settings: Settings, now: datetime
) -> str | None:
    """A line when another process has it otherwise; what this one runs with is put on record."""
    mine = RunningWith(
        said_by=said_by,
        policy_version=policy.version,
        clock=str(settings.business_clock),
        release=RELEASE,
    )
    return await say_what_runs(pool, mine, now)
