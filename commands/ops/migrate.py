"""`ops.py migrate`: the database brought up to date."""

from commands.command_line import open_database
from database.migrate import apply_migrations
from runtime.settings import load_settings


async def migrate() -> int:
    """Bring the database of DATABASE_URL up to date. Safe to repeat."""
    settings = load_settings()
    async with open_database(settings):  # says clearly when it does not answer
        await apply_migrations(settings.database_url)
    return 0
