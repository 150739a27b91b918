"""What the processes of an installation run with: all of them ought to run with the same."""

from datetime import datetime

from pydantic import BaseModel

from database.sql import SQL, Pool


class RunningWith(BaseModel):
    """What a process says of itself when it starts."""

    said_by: str
    policy_version: str
    clock: str
    release: str

    def differences_from(self, other: "RunningWith") -> list[str]:
        """What another process has otherwise, in words."""
        return [
            f"{name.removesuffix('_version')} {mine} here, {theirs} there"
            for name in ("policy_version", "clock", "release")
            if (mine := getattr(self, name)) != (theirs := getattr(other, name))
        ]


async def say_what_runs(pool: Pool, mine: RunningWith, now: datetime) -> str | None:
    """Put on record what a process runs with; a line if the one before it had it otherwise."""
    async with pool.acquire() as connection, connection.transaction():
        row = await SQL.running_with(connection)
        await SQL.run_with(
            connection,
            said_by=mine.said_by,
            policy_version=mine.policy_version,
            clock=mine.clock,
            release=mine.release,
            now=now,
        )
    if row is None:
        return None
    other = RunningWith(**row)
    differing = mine.differences_from(other)
    if not differing:
        return None
    return f"another {other.said_by} started with other settings: {'; '.join(differing)}"


async def clock_in_use(pool: Pool) -> str | None:
    """The clock of the process that started last; None before any has."""
    row = await SQL.running_with(pool)
    return None if row is None else RunningWith(**row).clock
