"""`ops.py audit`: the guarantees, checked on the record alone."""

import json
from datetime import timedelta
from typing import Annotated

import typer

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import open_database
from database.audit import Audit
from runtime.settings import load_settings


async def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
    within: Annotated[
        int, typer.Option(min=1, help="Give up on a database that takes longer for one check.")
    ] = 300,
) -> int:
    """Check the guarantees on the record alone. Ends with 1 and the rows, if one is broken."""
    settings = load_settings()
    async with open_database(settings, timedelta(seconds=within)) as pool:
        await warn_of_another_clock(pool, settings)
        broken = await Audit(pool).broken(business_time(settings.business_clock)())
    for violation in broken:
        typer.echo(json.dumps(violation._asdict()) if as_json else str(violation))
    if not broken and not as_json:
        typer.echo(f"no guarantee is broken: {', '.join(Audit.guarantees)}")
    return 1 if broken else 0
