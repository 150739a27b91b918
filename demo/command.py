"""`make demo`: months of collections in minutes, on real servers."""

import asyncio
import os
import shutil
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import typer

from demo.run import KILL_DAY_LASTS, LOGS, SCAN_EVERY_SECONDS, Demo, clock_of, tell
from demo.service import DemoError
from embedded.pace import measured_day
from embedded.processes import StackError
from embedded.stack import EmbeddedStack

LASTS_DAYS = 85  # until the last plan is paid and the legal desk has decided
GIVE_UP_AFTER_DAYS = 250
_BEFORE_AND_AFTER = timedelta(seconds=20)  # servers, import, audit


class Wishes(NamedTuple):
    """What whoever runs the demo asked for; None: what suits this machine, and every loan."""

    day_length: timedelta | None
    loans: int | None
    limit: timedelta | None
    keep: bool
    loses_engine: bool = False


async def _demo(wishes: Wishes) -> int:
    run = asyncio.ensure_future(_on_a_stack(wishes))
    asked = asyncio.Event()  # to end; asked twice, the end itself is not interrupted

    def end() -> None:
        if not asked.is_set():
            asked.set()
            run.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        return await run
    except asyncio.CancelledError:
        tell("ended")
        return 130
    except (StackError, DemoError) as error:
        tell(f"error: {error}")
        return 1


async def _on_a_stack(wishes: Wishes) -> int:
    os.environ["SCAN_EVERY_SECONDS"] = str(SCAN_EVERY_SECONDS)
    tell("starting Postgres and Temporal; this takes some seconds")
    day_length = wishes.day_length or await measured_day()
    stack = EmbeddedStack(clock=clock_of(datetime.now(UTC), day_length))
    async with stack:
        tell(f"Temporal UI: {stack.environment['TEMPORAL_UI']}")
        tell(announced(day_length, is_measured=wishes.day_length is None))
        limit = wishes.limit or _lasts(GIVE_UP_AFTER_DAYS, day_length)
        try:
            demo = Demo(stack, day_length, limit, wishes.loans, loses_engine=wishes.loses_engine)
            return await demo.run(keep=wishes.keep)
        finally:
            LOGS.mkdir(parents=True, exist_ok=True)
            for log in stack.data_dir.glob("*.log"):
                shutil.copy(log, LOGS)


def announced(day_length: timedelta, *, is_measured: bool) -> str:
    """How long a day is, why, and how long everything takes."""
    why = "as this machine can keep up now" if is_measured else "as you asked"
    minutes = _lasts(LASTS_DAYS, day_length) / timedelta(minutes=1)
    return (
        f"one business day lasts {day_length.total_seconds():.2f} s, {why}; "
        f"everything takes about {minutes:.0f} minutes"
    )


def _lasts(days: int, day_length: timedelta) -> timedelta:
    """In real time, with the day on which the worker is killed."""
    return _BEFORE_AND_AFTER + KILL_DAY_LASTS + days * day_length


def main(
    days_per_second: Annotated[
        float | None,
        typer.Option(min=0.05, max=5, help="Without it, as fast as this machine can keep up."),
    ] = None,
    loans: Annotated[
        int | None, typer.Option(min=1, help="Only so many of the 68 overdue loans.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Give up after so many real seconds.")] = None,
    keep: Annotated[bool, typer.Option(help="Leave everything running at the end.")] = False,
    lose_engine: Annotated[
        bool, typer.Option("--lose-engine", help="Temporal loses all its data on the way.")
    ] = False,
) -> None:
    """Carry every overdue loan of a made-up book to its end, in minutes."""
    day_length = timedelta(seconds=1) / days_per_second if days_per_second else None
    seconds = timedelta(seconds=limit) if limit else None
    code = asyncio.run(_demo(Wishes(day_length, loans, seconds, keep, lose_engine)))
    sys.stdout.flush()
    # The Temporal client's threads sometimes abort an interpreter that ends in the usual way.
    os._exit(code)


if __name__ == "__main__":
    typer.run(main)
