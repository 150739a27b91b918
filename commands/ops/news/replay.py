"""`ops.py news replay`: news once more, to an endpoint that has lost or missed them."""

from datetime import datetime
from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, counted, open_database
from commands.ops.endpoint.add import EndpointId
from database.news.endpoints import Endpoints
from database.news.outbox import Outbox
from runtime.settings import load_settings

_PREFIX = "news-"


async def replay(
    endpoint_id: EndpointId,
    news: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="These, as news-17; may be repeated")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Written since then, real time")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Written before then, real time")
    ] = None,
) -> int:
    """Send news again, under their ids and in order for a loan; those that it asks for only."""
    if not news and since is None:
        raise CommandError("--news or --since: say which news are sent again")
    ids = [_number("--news", each) for each in news] if news else None
    span = moment_of("--since", since), moment_of("--until", until)
    async with open_database(load_settings()) as pool:
        known = {each.endpoint_id: each for each in await Endpoints(pool).all()}
        if endpoint_id not in known:
            raise CommandError(f"ENDPOINT: there is no endpoint {endpoint_id}")
        sent = await Outbox(pool).replay(endpoint_id, ids, *span, real_time())
    waits = "" if known[endpoint_id].disabled_at is None else ", once it is enabled"
    typer.echo(f"{counted(sent, 'message')} to {endpoint_id} again{waits}")
    return 0


def _number(option: str, text: str) -> int:
    digits = text.removeprefix(_PREFIX)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise CommandError(f"{option}: must be an id like news-17")
    return int(digits)


def moment_of(option: str, text: str | None) -> datetime | None:
    """What an option names. Raises CommandError where it is no time with its zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option}: must be a time like 2026-11-28T10:00:00+08:00") from None
    if moment.tzinfo is None:
        raise CommandError(f"{option}: must say its zone, like 2026-11-28T10:00:00+08:00")
    return moment
