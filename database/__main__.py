"""`python -m database`: bring the database of DATABASE_URL up to date."""

from command_line import run_command
from database.migrate import apply_migrations
from settings import load_settings


async def main() -> int:
    """Apply the migrations that are missing."""
    await apply_migrations(load_settings().database_url)
    return 0


if __name__ == "__main__":
    run_command(main())
