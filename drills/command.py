"""`make drill`: everything around the loans dies, freezes and lies; nothing is lost or twice."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from demo.run import SCAN_EVERY_SECONDS, tell
from demo.service import DemoError
from drills.book import DEMO_LOANS
from drills.planted.all_planted import PLANTED
from drills.run import Drill, clock_of, keep_logs
from drills.sizes import (
    FIRST_DAY_IN_DAYS,
    FORMS,
    GIVE_UP_AFTER_DAYS,
    LASTS_DAYS,
    Size,
    size_of,
    with_loans,
)
from embedded.pace import measured_day
from embedded.processes import StackError
from embedded.stack import EmbeddedStack

AROUND_IT = timedelta(seconds=60)  # servers, import, judgement


async def _ended_by_signals(size: Size, seed: int, day: float | None, planted: str | None) -> int:
    run = asyncio.ensure_future(drill(size, seed, day, planted))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, run.cancel)
    try:
        return await run
    except asyncio.CancelledError:
        tell("ended")
        return 130
    except (StackError, DemoError) as error:
        tell(f"error: {error}")
        return 2


async def drill(size: Size, seed: int, day: float | None, planted: str | None) -> int:
    """The exit code: 0 when every check is green."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # that the database is away is known
    os.environ["SCAN_EVERY_SECONDS"] = str(SCAN_EVERY_SECONDS)
    day_length = timedelta(seconds=day) if day else await _day_for(size)
    _announce(size, seed, day_length, planted)
    with tempfile.TemporaryDirectory(prefix="drill-") as directory:
        clock = clock_of(datetime.now(UTC), day_length, size)
        async with EmbeddedStack(Path(directory), clock=clock) as stack:
            try:
                limit = _lasts(size, GIVE_UP_AFTER_DAYS, day_length)
                runs = Drill(
                    stack, size, seed, day_length, tell, planted=planted, gives_up=day is None
                )
                figures = await runs.run(limit)
            finally:
                keep_logs(stack)
    tell(figures.in_words)
    return 1 if figures.red else 0


async def _day_for(size: Size) -> timedelta:
    """As long as this machine needs for so many loans."""
    return max(await measured_day() * size.loans / DEMO_LOANS, timedelta(seconds=1.5))


def _lasts(size: Size, days: int, day_length: timedelta) -> timedelta:
    last = days if size.until_day is None else size.until_day
    last += FIRST_DAY_IN_DAYS
    return AROUND_IT + last * day_length + len(size.days) * size.long_day


def _announce(size: Size, seed: int, day_length: timedelta, planted: str | None) -> None:
    minutes = _lasts(size, LASTS_DAYS, day_length) / timedelta(minutes=1)
    tell(
        f"seed {seed}: {len(size.faults)} faults on {len(size.days)} long days of"
        f" {size.long_day.total_seconds():.0f} s; another day lasts"
        f" {day_length.total_seconds():.2f} s; it takes about {minutes:.0f} minutes"
        + (f"; planted: {planted}" if planted else "")
    )


def main(
    seed: Annotated[int, typer.Option(help="What goes wrong when; the same again.")] = 1,
    loans: Annotated[int | None, typer.Option(min=1, help="Overdue loans.")] = None,
    day: Annotated[
        float | None, typer.Option(min=0.2, help="Real seconds of a usual business day.")
    ] = None,
    form: Annotated[
        str, typer.Option(help=f"One of {', '.join(FORMS)}: only the full one follows whole lives.")
    ] = "full",
    planted: Annotated[
        str | None, typer.Option(help=f"A fault to be found: {', '.join(PLANTED)}.")
    ] = None,
) -> None:
    """Whole lives of loans while everything around them fails; exit code 0 when all is green."""
    if planted is not None and planted not in PLANTED:
        raise typer.BadParameter(f"one of {', '.join(PLANTED)}", param_hint="--planted")
    if form not in FORMS:
        raise typer.BadParameter(f"one of {', '.join(FORMS)}", param_hint="--form")
    size = with_loans(size_of(form, planted), loans)
    code = asyncio.run(_ended_by_signals(size, seed, day, planted))
    sys.stdout.flush()
    # The Temporal client's threads sometimes abort an interpreter that ends in the usual way.
    os._exit(code)


if __name__ == "__main__":
    typer.run(main)
