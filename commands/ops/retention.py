"""`ops.py retention`: what has been kept for long enough, and its erasure."""

from typing import Annotated

import typer

from activities.business_time import business_time
from commands.clock_check import refuse_another_clock, warn_of_another_clock
from commands.command_line import counted, open_database
from database.case.retention import PastPeriod, Retention
from runtime.settings import load_settings


async def retention(
    erase: Annotated[bool, typer.Option("--erase", help="Erase what nothing stops")] = False,
) -> int:
    """List what is past its period, by borrower and kind of record; erase it if asked to.

    What is erased years too early does not come back: not by another clock than the service's.
    """
    settings = load_settings()
    now, erased = business_time(settings.business_clock)(), 0
    async with open_database(settings) as pool:
        await (refuse_another_clock if erase else warn_of_another_clock)(pool, settings)
        kept = Retention(pool)
        past = await kept.past_periods(now)
        for each in past:
            if erase and each.held_by is None and await kept.erase(each, now):
                erased += 1
                typer.echo(f"{_line(each)}: erased")
            else:
                typer.echo(f"{_line(each)}: {each.held_by or 'may be erased'}")
    typer.echo(f"{counted(len(past), 'record')} past their period, {erased} erased")
    return 0


def _line(past: PastPeriod) -> str:
    return (
        f"{past.borrower_id} {past.kind}: at rest since {past.ended_at.date()},"
        f" kept {past.years} years by {past.rule_id}"
    )
