"""A database that may be away: who is not the one to be tested waits until it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import asyncpg

from database.sql import Pool

PAUSE_SECONDS = 0.3
ANSWERS_WITHIN_SECONDS = 10.0
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection whose statement was given up half-way
    OSError,  # a time that has run out among them
)
T = TypeVar("T")


async def until_back(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, asked for again and again while the database is away."""
    while True:
        try:
            return await asyncio.wait_for(ask(), ANSWERS_WITHIN_SECONDS)
        except AWAY:
            await asyncio.sleep(PAUSE_SECONDS)


class PatientPool:
    """A pool whose statements may be made twice, and are until one is answered."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, query: str, *arguments: Any) -> Any:
        """The rows."""
        return await until_back(lambda: self._pool.fetch(query, *arguments))

    async def fetchrow(self, query: str, *arguments: Any) -> Any:
        """The first row, or None."""
        return await until_back(lambda: self._pool.fetchrow(query, *arguments))

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """The first value of the first row, or None."""
        return await until_back(lambda: self._pool.fetchval(query, *arguments))

    async def execute(self, query: str, *arguments: Any) -> Any:
        """Only for what may be made twice."""
        return await until_back(lambda: self._pool.execute(query, *arguments))


def patient(pool: Pool) -> Pool:
    """The pool, as one that waits: for those who ask only by statements."""
    return cast("Pool", PatientPool(pool))
