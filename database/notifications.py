"""What the database says by NOTIFY, heard as soon as it is committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg

from database.door.away import away_in_words
from database.errors import DatabaseAwayError
from database.sql import Connection, Pool

OWED_LOANS = "owed_loans"  # loan ids, by the trigger of migration 0022
NEWS = "news"  # that there are some, by the trigger of migration 0029
_STILL_THERE_EVERY_SECONDS = 30.0


class Heard:
    """What was heard since somebody asked last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._said: dict[str, None] = {}  # each once, in the order they came
        self._came = asyncio.Event()
        self._is_lost = False  # also while nobody waits

    def note(self, *heard: object) -> None:
        """A listener of the driver: what was said comes last."""
        self._said[str(heard[-1])] = None
        self._came.set()

    def lose(self, *_connection: object) -> None:
        """A listener of the driver: the connection has ended."""
        self._is_lost = True
        self._came.set()

    async def next(self, most: int, settle_seconds: float) -> Sequence[str]:
        """What was said, once there is something; what comes meanwhile is among it.

        Raises:
            DatabaseAwayError: when nothing is heard any more.
        """
        while not self._said:
            await self._wait()
        await asyncio.sleep(settle_seconds)
        taken = list(self._said)[:most]
        for each in taken:
            del self._said[each]
        return taken

    async def _wait(self) -> None:
        """A connection can be lost without a word: now and then it is asked."""
        self._came.clear()
        if not self._is_lost:
            with suppress(TimeoutError):
                async with asyncio.timeout(_STILL_THERE_EVERY_SECONDS):
                    await self._came.wait()
        if not self._said:
            with away_in_words():
                await self._connection.execute("SELECT", timeout=_STILL_THERE_EVERY_SECONDS)


@asynccontextmanager
async def listening(pool: Pool, channel: str) -> AsyncIterator[Heard]:
    """Hear what is said on a channel, over a connection of its own. Raises DatabaseAwayError."""
    with away_in_words():
        connection = await pool.acquire()
    heard = Heard(connection)
    try:
        with away_in_words():
            await connection.add_listener(channel, heard.note)
        connection.add_termination_listener(heard.lose)
        yield heard
    finally:
        with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):
            connection.remove_termination_listener(heard.lose)
            await connection.remove_listener(channel, heard.note)
        with suppress(DatabaseAwayError, asyncpg.InterfaceError):
            await pool.release(connection)
