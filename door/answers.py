"""Answers on their way to the inbox: told at once to who waits, written down many at a time.

One that is lost on the way costs a second delivery, which is answered as the first was.
"""

import asyncio
from typing import Any

from database.door.inbox import Inbox
from database.errors import DatabaseAwayError, DatabaseFailedError

_AGAIN_AFTER_SECONDS = 0.5


class Answers:
    """What became of events, by their place in the inbox, until it is written there."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._unwritten: dict[int, dict[str, Any]] = {}
        self._waiting: dict[int, set[asyncio.Future[dict[str, Any]]]] = {}
        self._has_some = asyncio.Event()
        self._just_written = asyncio.Event()

    def put(self, sequence: int, answer: dict[str, Any]) -> None:
        """An event has its answer."""
        self._unwritten[sequence] = answer
        self._has_some.set()
        for future in self._waiting.pop(sequence, ()):
            if not future.done():
                future.set_result(answer)

    async def wait_for(self, sequence: int, within_seconds: float) -> dict[str, Any] | None:
        """The answer to an event; None when it has none in time."""
        if (answer := self._unwritten.get(sequence)) is not None:
            return answer
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(sequence, set()).add(future)
        try:
            async with asyncio.timeout(within_seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            waiting = self._waiting.get(sequence, set())
            waiting.discard(future)
            if not waiting:
                self._waiting.pop(sequence, None)

    async def written(self) -> None:
        """Wait until every answer so far is written down."""
        so_far = set(self._unwritten)
        while so_far & self._unwritten.keys():
            await self._just_written.wait()

    async def write_down(self) -> None:
        """Again and again, for as long as the door is there."""
        while True:
            await self._has_some.wait()
            try:
                await self.write_now()
            except (DatabaseAwayError, DatabaseFailedError):
                await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    async def write_now(self) -> None:
        """Write down what there is, in one statement."""
        batch = dict(self._unwritten)
        if batch:
            await self._inbox.answer(batch)
        for sequence in batch:
            del self._unwritten[sequence]
        if not self._unwritten:
            self._has_some.clear()
        self._just_written.set()
        self._just_written = asyncio.Event()
