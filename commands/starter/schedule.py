"""`starter.py schedule`: the Temporal Schedule that scans, installed or updated."""

from datetime import timedelta

import typer

from runtime.settings import load_settings
from temporal.client import connect_temporal
from temporal.names import OVERDUE_SCAN_SCHEDULE
from temporal.scan_schedule import install_schedule


async def schedule() -> int:
    """Install or update the Temporal Schedule that scans every SCAN_EVERY_SECONDS."""
    every = timedelta(seconds=load_settings().scan_every_seconds)
    done = await install_schedule(await connect_temporal(), every)
    typer.echo(
        f"{OVERDUE_SCAN_SCHEDULE} {'installed' if done.is_new else 'updated'}: every {every}"
    )
    if done.pause is not None:
        typer.echo(f"{OVERDUE_SCAN_SCHEDULE} is paused, and stays so: {done.pause or 'no note'}")
    return 0
