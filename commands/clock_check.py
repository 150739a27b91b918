"""A command that goes by another clock than the service would answer for another day."""

import typer

from database.policy.running_with import clock_in_use
from database.sql import Pool
from runtime.settings import Settings


async def warn_of_another_clock(pool: Pool, settings: Settings) -> None:
    """Say so on stderr, in one line: who sets DATABASE_URL alone has the real clock with it."""
    theirs, mine = await clock_in_use(pool), str(settings.business_clock)
    if theirs is not None and theirs != mine:
        typer.echo(
            f"BUSINESS_CLOCK is {mine} here, and {theirs} where the service of this database runs:"
            " what follows is of another moment than its own",
            err=True,
        )
