"""Publishes news and has them delivered: in order for a loan, an endpoint apart from the others.

Several may run beside each other: what one has claimed, no other tries until its lease ends.
News that are written are heard of; now and then it is looked for what nobody has heard.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from database.errors import DatabaseAwayError, DatabaseFailedError
from database.news.endpoints import Endpoint, Endpoints
from database.news.outbox import NewsDelivery, Outbox
from door.news.courier import Courier
from door.news.post import WITHIN_SECONDS

LEASE = timedelta(seconds=60)  # more than a try takes
LOOKS_EVERY_SECONDS = 0.5
GATHERS_SECONDS = 0.05  # news that come together are published together
AT_ONCE = 16  # tries at one endpoint: a slow one keeps no other waiting
_CLAIMED = 16 * AT_ONCE  # to find what is due reads all that waits there: rarely, and many
_CLAIMS_AGAIN_AT = 2 * AT_ONCE
_A_TRY = timedelta(seconds=WITHIN_SECONDS + 5)
_PAGE = 500
_AWAY = (DatabaseAwayError, DatabaseFailedError)
_LOG = logging.getLogger(__name__)


class NewsDispatcher:
    """One a process. `async with` it: it works while it is entered; `real_now` is real time."""

    def __init__(
        self,
        outbox: Outbox,
        endpoints: Endpoints,
        courier: Courier,
        real_now: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._endpoints = endpoints
        self._courier = courier
        self._real_now = real_now
        self._in_hand: dict[str, set[asyncio.Task[None]]] = {}  # by endpoint
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._stirred = asyncio.Event()  # a delivery has ended, or news have come
        self._has_news = False
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "NewsDispatcher":
        self._loops = [asyncio.create_task(each) for each in (self._work(), self._listen())]
        return self

    async def __aexit__(self, *_error: object) -> None:
        """What is on its way is sent again by who looks next: its lease runs out."""
        tasks = [*self._loops, *(task for each in self._in_hand.values() for task in each)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def publish_all(self) -> None:
        """Whatever is committed gets its place and its deliveries."""
        while await self._outbox.publish(_PAGE, self._real_now()) == _PAGE:
            pass

    async def send_due(self, endpoints: Sequence[Endpoint]) -> int:
        """Start what is due to them now, as far as there is room; how many deliveries it are."""
        return sum([await self._send_to(endpoint) for endpoint in endpoints])

    async def settled(self) -> None:
        """Wait until everything that was started has its answer."""
        while tasks := [task for each in self._in_hand.values() for task in each]:
            await asyncio.gather(*tasks)

    async def _work(self) -> None:
        """Again and again, for as long as the server is there."""
        while True:
            try:
                self._has_news = False
                await self.publish_all()
                await self._send_for_a_while(await self._enabled())
            except DatabaseAwayError as error:
                _LOG.warning("%s; news wait until it does", error)
                await asyncio.sleep(LOOKS_EVERY_SECONDS)
            except DatabaseFailedError:
                _LOG.exception("news could not be looked for")
                await asyncio.sleep(LOOKS_EVERY_SECONDS)

    async def _listen(self) -> None:
        """Hear of news, for as long as the server is there; what is missed is looked for."""
        while True:
            try:
                async with self._outbox.listening() as heard:
                    while True:
                        await heard.next(1, GATHERS_SECONDS)
                        self._has_news = True
                        self._stirred.set()
            except _AWAY:
                await asyncio.sleep(LOOKS_EVERY_SECONDS)  # said where it is looked for

    async def _enabled(self) -> list[Endpoint]:
        return [each for each in await self._endpoints.all() if each.disabled_at is None]

    async def _send_for_a_while(self, endpoints: Sequence[Endpoint]) -> None:
        """What is due, and the next of each loan whose delivery ends, until news come."""
        ends_at = time.monotonic() + LOOKS_EVERY_SECONDS
        while (left := ends_at - time.monotonic()) > 0 and not self._has_news:
            self._stirred.clear()
            await self.send_due(endpoints)
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._stirred.wait()

    async def _send_to(self, endpoint: Endpoint) -> int:
        """Claim as many as there is room for, once few are left, and start them."""
        in_hand = self._in_hand.setdefault(endpoint.endpoint_id, set())
        if len(in_hand) > _CLAIMS_AGAIN_AT:
            return 0
        now, room = self._real_now(), _CLAIMED - len(in_hand)
        claimed = await self._outbox.claim(endpoint.endpoint_id, now, now + LEASE, room)
        turn = self._turns.setdefault(endpoint.endpoint_id, asyncio.Semaphore(AT_ONCE))
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery, endpoint, turn, now + LEASE))
            in_hand.add(task)
            task.add_done_callback(in_hand.discard)
        return len(claimed)

    async def _deliver(
        self, delivery: NewsDelivery, endpoint: Endpoint, turn: asyncio.Semaphore, until: datetime
    ) -> None:
        """Nothing, when its turn comes too late in its lease, or while the endpoint is to be let
        alone: then it is claimed again.
        """
        try:
            async with turn:
                now = self._real_now()
                if now + _A_TRY <= until and not await self._outbox.put_back(delivery, now):
                    await self._courier.deliver(delivery, endpoint)
        except _AWAY:
            pass  # said where it is looked for; the lease runs out
        except Exception:
            _LOG.exception("news %s wait", delivery.news_id)
        self._stirred.set()
