"""The named statements of `queries/*.sql`, and the pool they run on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosql
import asyncpg

# Statements are looked up by name at run time; a test holds every name used against the files.
SQL: Any = aiosql.from_path(
    Path(__file__).parent / "queries", "asyncpg", mandatory_parameters=False
)

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:  # generic to the type checker only
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection


async def open_pool(database_url: str, size: int = 10) -> Pool:
    """A pool of connections. The caller closes it.

    Raises:
        OSError, asyncpg.PostgresError: when the database cannot be reached.
    """
    return await asyncpg.create_pool(
        database_url,
        min_size=1,
        max_size=size,
        # We leave nothing behind in a session: a round trip to clean it up would be for nothing.
        reset=_keep,
        # Statements are few and short: planning them again for each call costs more than jit saves.
        server_settings={"jit": "off", "application_name": "loan-collections"},
    )


async def _keep(_connection: Connection) -> None:
    """A released connection is given out again as it is."""
