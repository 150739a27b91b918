"""`ops.py endpoint add`: another system is told the news."""

import re
from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.credential.shown_once import new_salt, show_secret
from database.news.endpoints import Endpoints
from door.contract.news import FAMILIES, is_wanted_type
from door.news.addresses import AddressRefusedError, Target
from door.news.signing import secret_of
from runtime.settings import Settings, door_key_of, load_settings

EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its name: a-z, 0-9, - and _")]
_ENDPOINT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


async def add(
    endpoint_id: EndpointId,
    url: Annotated[str, typer.Option(help="Where news are posted to")],
    event: Annotated[
        list[str], typer.Option(help="visit.proposed, visit.*, or *; may be repeated")
    ],
    lender: Annotated[
        list[str], typer.Option(help="Of whose loans; may be repeated; * for every one")
    ],
) -> int:
    """Register an endpoint and print its secret, which is shown once."""
    settings = load_settings()
    _see_words(endpoint_id, url, event, settings)
    door_key, salt = door_key_of(settings), new_salt()
    async with open_database(settings) as pool:
        added = await Endpoints(pool).add(endpoint_id, url, event, lender, salt, real_time())
    if not added:
        raise CommandError(f"ENDPOINT: there is an endpoint {endpoint_id}")
    show_secret(endpoint_id, secret_of(door_key, endpoint_id, salt))
    return 0


def _see_words(endpoint_id: str, url: str, types: list[str], settings: Settings) -> None:
    if not _ENDPOINT_ID.fullmatch(endpoint_id):
        raise CommandError("ENDPOINT: must be 1 to 60 of a-z, 0-9, - and _")
    try:
        target = Target(url)
    except AddressRefusedError as error:
        raise CommandError(f"--url: {error}") from None
    if target.scheme != "https" and not settings.news_to_private_addresses:
        raise CommandError("--url: must be https, unless NEWS_TO_PRIVATE_ADDRESSES=true")
    unknown = next((each for each in types if not is_wanted_type(each)), None)
    if unknown is not None:
        families = ", ".join(f"{family}.*" for family in FAMILIES)
        raise CommandError(f"--event: there are no news {unknown}; there are: {families}, *")
