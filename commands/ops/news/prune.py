"""`ops.py news prune`: old news are deleted once nobody waits for them."""

from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.news.replay import moment_of
from database.news.outbox import Outbox
from runtime.settings import load_settings


async def prune(
    before: Annotated[str, typer.Option(metavar="TIME", help="Written before then, real time")],
) -> int:
    """Delete news that are older and were sent, of each loan from its first on; the last stays."""
    moment = moment_of("--before", before)
    if moment is None or moment > real_time():
        raise CommandError("--before: must be a time that has been")
    async with open_database(load_settings()) as pool:
        gone = await Outbox(pool).prune(moment)
    typer.echo(f"{gone} news deleted")
    return 0
