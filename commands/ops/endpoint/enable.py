"""`ops.py endpoint enable`: news are sent there again."""

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.endpoint.add import EndpointId
from database.news.endpoints import Endpoints
from runtime.settings import load_settings


async def enable(endpoint_id: EndpointId) -> int:
    """Send an endpoint news again, beginning with what waited, and say what it has missed."""
    async with open_database(load_settings()) as pool:
        since = await Endpoints(pool).enable(endpoint_id, real_time())
    if since is None:
        raise CommandError(f"ENDPOINT: no endpoint {endpoint_id} is disabled")
    typer.echo(f"{endpoint_id} is sent what waited, and what comes; what came meanwhile, by")
    typer.echo(f"python ops.py news replay {endpoint_id} --since {since.isoformat()}")
    return 0
