"""Databases of a test's own, each a copy of one that is migrated once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import asyncpg

from embedded.postgres import EmbeddedPostgres

TEMPLATE = "template_migrated"
_numbers = count(1)


@asynccontextmanager
async def fresh_database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database of the template, while it is needed."""
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        # In half the time: its files are copied, and not every page of them logged.
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        yield postgres.url(name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
