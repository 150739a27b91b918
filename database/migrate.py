"""Applies the plain SQL migrations in `migrations/`, each once, in order."""

import logging
from pathlib import Path

import asyncpg
from pogo_core.util import migrate

MIGRATIONS = Path(__file__).parent / "migrations"

# A crash between two servers starting at once must not apply a migration twice.
_ONE_AT_A_TIME = 7_206_451

# The library warns of each migration that it applies.
_log = logging.getLogger(__name__)
_log.setLevel(logging.ERROR)


async def apply_migrations(database_url: str) -> None:
    """Bring the database at `database_url` up to date; safe to call at every start."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _ONE_AT_A_TIME)
        await migrate.apply(connection, MIGRATIONS, schema_name="public", logger=_log)
    finally:
        await connection.close()
