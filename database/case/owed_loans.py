"""Loans that owe more than before, heard from the database as soon as that is committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg

from database.door.away import away_in_words
from database.errors import DatabaseAwayError
from database.sql import Connection, Pool

CHANNEL = "owed_loans"  # of the trigger of migration 0022
_STILL_THERE_EVERY_SECONDS = 30.0


class Heard:
    """What was heard since somebody asked last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._loans: dict[str, None] = {}  # each once, in the order they came
        self._came = asyncio.Event()

    def note(self, *heard: object) -> None:
        """A listener of the driver: the loan's id comes last."""
        self._loans[str(heard[-1])] = None
        self._came.set()

    def lose(self, *_connection: object) -> None:
        """A listener of the driver: the connection has ended."""
        self._came.set()

    async def next(self, most: int, settle_seconds: float) -> Sequence[str]:
        """Loan ids, once there are some; others that come meanwhile are among them.

        Raises:
            DatabaseAwayError: when nothing is heard any more.
        """
        while not self._loans:
            await self._wait()
        await asyncio.sleep(settle_seconds)
        taken = list(self._loans)[:most]
        for loan_id in taken:
            del self._loans[loan_id]
        return taken

    async def _wait(self) -> None:
        """A connection can be lost without a word: now and then it is asked."""
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_STILL_THERE_EVERY_SECONDS):
                await self._came.wait()
        if not self._loans:
            with away_in_words():
                await self._connection.execute("SELECT", timeout=_STILL_THERE_EVERY_SECONDS)


@asynccontextmanager
async def listening(pool: Pool) -> AsyncIterator[Heard]:
    """Hear of owed loans, over a connection that is kept for it. Raises DatabaseAwayError."""
    with away_in_words():
        connection = await pool.acquire()
    heard = Heard(connection)
    try:
        with away_in_words():
            await connection.add_listener(CHANNEL, heard.note)
        connection.add_termination_listener(heard.lose)
        yield heard
    finally:
        with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):
            connection.remove_termination_listener(heard.lose)
            await connection.remove_listener(CHANNEL, heard.note)
        with suppress(DatabaseAwayError, asyncpg.InterfaceError):
            await pool.release(connection)
