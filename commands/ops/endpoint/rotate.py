"""`ops.py endpoint rotate`: another secret; for a while news are signed by both."""

from datetime import timedelta
from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.credential.shown_once import new_salt, show_secret
from commands.ops.endpoint.add import EndpointId
from database.news.endpoints import Endpoints
from door.news.signing import secret_of
from runtime.settings import door_key_of, load_settings


async def rotate(
    endpoint_id: EndpointId,
    keep_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="How long the old secret still signs, too")
    ] = 24,
) -> int:
    """Print a new secret, which is shown once; news carry a signature by each for a while."""
    settings = load_settings()
    door_key, salt, now = door_key_of(settings), new_salt(), real_time()
    async with open_database(settings) as pool:
        until = now + timedelta(hours=keep_hours)
        if not await Endpoints(pool).rotate(endpoint_id, salt, until, now):
            raise CommandError(f"ENDPOINT: there is no endpoint {endpoint_id}")
    show_secret(endpoint_id, secret_of(door_key, endpoint_id, salt))
    return 0
