"""`ops.py endpoint disable`: nothing more is sent there."""

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.endpoint.add import EndpointId
from database.news.endpoints import DisabledBecause, Endpoints
from runtime.settings import load_settings


async def disable(endpoint_id: EndpointId) -> int:
    """Send an endpoint nothing more; what waits for it goes on waiting."""
    async with open_database(load_settings()) as pool:
        if not await Endpoints(pool).disable(endpoint_id, DisabledBecause.BY_HAND, real_time()):
            raise CommandError(f"ENDPOINT: no endpoint {endpoint_id} is enabled")
    typer.echo(f"{endpoint_id} is sent nothing more")
    return 0
