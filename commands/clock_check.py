"""A command that goes by another clock than the service would answer for another day."""

import typer

from commands.command_line import CommandError
from database.policy.running_with import clock_in_use
from database.sql import Pool
from runtime.settings import Settings


async def warn_of_another_clock(pool: Pool, settings: Settings) -> None:
    """Say so on stderr, in one line: who sets DATABASE_URL alone has the real clock with it."""
    if another := await _another_clock(pool, settings):
        typer.echo(f"{another}: what follows is of another moment than its own", err=True)


async def refuse_another_clock(pool: Pool, settings: Settings) -> None:
    """For what cannot be undone.

    Raises:
        CommandError: when the service goes by another clock.
    """
    if another := await _another_clock(pool, settings):
        raise CommandError(f"{another}: nothing is done at another moment than its own")


async def _another_clock(pool: Pool, settings: Settings) -> str | None:
    """Both clocks, in words; None where they are one, or where no service has run yet."""
    theirs, mine = await clock_in_use(pool), str(settings.business_clock)
    if theirs is None or theirs == mine:
        return None
    return f"BUSINESS_CLOCK is {mine} here, and {theirs} where the service of this database runs"
