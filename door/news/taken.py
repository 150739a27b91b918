"""What endpoints have taken is written down many at a time, so that they share a commit."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from database.news.outbox import NewsDelivery, Outbox


class Taken:
    """Writes down deliveries that were taken; `real_now` is real time."""

    def __init__(self, outbox: Outbox, real_now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._real_now = real_now
        self._unwritten: dict[NewsDelivery, str] = {}
        self._turn = asyncio.Lock()

    async def write_down(self, delivery: NewsDelivery, answer: str) -> None:
        """Once this returns it is committed, with whatever else was taken meanwhile.

        Raises DatabaseAwayError to each whose delivery was not written down.
        """
        self._unwritten[delivery] = answer
        try:
            async with self._turn:
                if delivery in self._unwritten:
                    await self._write_all()
        finally:
            self._unwritten.pop(delivery, None)

    async def _write_all(self) -> None:
        batch = dict(self._unwritten)
        await self._outbox.delivered(batch, self._real_now())
        for delivery in batch:
            self._unwritten.pop(delivery, None)
