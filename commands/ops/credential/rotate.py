"""`ops.py credential rotate`: another secret, while the one before it still opens for a while."""

from datetime import timedelta
from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, open_database
from commands.ops.credential.add import KeyId
from commands.ops.credential.shown_once import new_salt, show
from database.door.credentials import Credentials
from runtime.settings import door_key_of, load_settings


async def rotate(
    key_id: KeyId,
    keep_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="How long the old secret still opens")
    ] = 24,
) -> int:
    """Print a new secret, which is shown once; of the old ones the last opens a while longer."""
    settings = load_settings()
    door_key, salt, now = door_key_of(settings), new_salt(), real_time()
    async with open_database(settings) as pool:
        until = now + timedelta(hours=keep_hours)
        if not await Credentials(pool).rotate(key_id, salt, until, now):
            raise CommandError(f"KEY_ID: no credential {key_id} is in force")
    show(door_key, key_id, salt)
    return 0
