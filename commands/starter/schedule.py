"""`starter.py schedule`: the Temporal Schedule that scans, installed or updated."""

from datetime import timedelta

import typer

from runtime.settings import load_settings
from temporal.client import connect_temporal
from temporal.names import OVERDUE_SCAN_SCHEDULE
from temporal.scan_schedule import install_schedule


async def schedule() -> int:
    """Install or update the Temporal Schedule that scans every SCAN_EVERY_SECONDS.

    A schedule that somebody has paused stays paused, and the command says so.
    """
    every = timedelta(seconds=load_settings().scan_every_seconds)
    installed = await install_schedule(await connect_temporal(), every)
    done = "installed" if installed.is_new else "updated"
    typer.echo(f"{OVERDUE_SCAN_SCHEDULE} {done}: every {every}")
    if installed.paused is not None:
        note = f" ({installed.paused})" if installed.paused else ""
        typer.echo(f"{OVERDUE_SCAN_SCHEDULE} stays paused{note}; to scan again:")
        typer.echo(f"temporal schedule toggle --schedule-id {OVERDUE_SCAN_SCHEDULE} --unpause")
    return 0
