"""`ops.py credential revoke`: a sending system may not come in any more."""

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.credential.add import KeyId
from database.door.credentials import Credentials
from door.senders import READ_AGAIN_AFTER
from runtime.settings import load_settings


async def revoke(key_id: KeyId) -> int:
    """End a credential for good, every secret of it; what it sent before stays as it is."""
    async with open_database(load_settings()) as pool:
        if not await Credentials(pool).revoke(key_id, real_time()):
            raise CommandError(f"KEY_ID: no credential {key_id} is in force")
    seconds = int(READ_AGAIN_AFTER.total_seconds())
    typer.echo(f"{key_id} opens nothing any more, within {seconds} seconds")
    return 0
