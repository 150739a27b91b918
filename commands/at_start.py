"""What a process that starts compares with the rest of the installation, and says in words."""

from datetime import datetime

from database.policy.running_with import RunningWith, say_what_runs
from database.sql import Pool
from database.zone_check import differing_zones
from domain.policy.policy import Policy
from runtime.release import RELEASE
from runtime.settings import Settings


async def what_differs(
    pool: Pool, said_by: str, policy: Policy, settings: Settings, now: datetime
) -> list[str]:
    """A line for each thing that another process, or Postgres, has otherwise; none as a rule.

    Puts on record what this one runs with, for the next one that starts.
    """
    otherwise = await runs_otherwise(pool, said_by, policy, settings, now)
    return [*([otherwise] if otherwise else []), *await differing_zones(pool, now)]


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
