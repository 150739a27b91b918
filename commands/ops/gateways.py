"""`ops.py gateways`: which gateways are closed, and opening one."""

from datetime import datetime
from typing import Annotated

import typer

from activities.business_time import business_time
from commands.command_line import CommandError, open_database
from database.contact.closed_gateways import ClosedGateway, ClosedGateways
from domain.policy.contact import Channel
from runtime.settings import load_settings


async def gateways(
    opened: Annotated[
        Channel | None, typer.Option("--open", help="Open this channel, with all its templates")
    ] = None,
    template: Annotated[str | None, typer.Option(help="Open only this template of it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
) -> int:
    """Say which gateways take nothing, and why; or open one. Ends with 1 if any is closed."""
    if template is not None and opened is None:
        raise CommandError("--template: give --open with its channel")
    settings = load_settings()
    async with open_database(settings) as pool:
        closed = ClosedGateways(pool)
        if opened is not None:
            now: datetime = business_time(settings.business_clock)()
            ended = await closed.open(opened, template, now)
            if template is not None and not ended:
                raise CommandError(f"--template: {template} is not stopped on {opened}")
            typer.echo(f"{len(ended)} opened", err=True)
        left = await closed.all()
    for each in left:
        typer.echo(each.model_dump_json() if as_json else tell(each))
    if not left and not as_json:
        typer.echo("no gateway is closed")
    return 1 if left else 0


def tell(closed: ClosedGateway) -> str:
    """One line of a closure."""
    what = f"{closed.template} by {closed.channel}" if closed.template else f"all {closed.channel}"
    ends = (
        f"one contact tries again at {closed.probe_at:%F %H:%M} UTC"
        if closed.probe_at is not None
        else "until --open"
    )
    return f"{what}: {closed.refusal}: {closed.code}, since {closed.closed_at:%F %H:%M} UTC; {ends}"
