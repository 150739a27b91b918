"""Publishes news and has them delivered: in order for a loan, an endpoint apart from the others.

Several may run beside each other: what one has claimed, no other tries until its lease ends.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from database.errors import DatabaseAwayError, DatabaseFailedError
from database.news.endpoints import Endpoint, Endpoints
from database.news.outbox import Delivery, Outbox
from door.news.courier import Courier

LEASE = timedelta(seconds=60)  # more than a try takes
LOOKS_EVERY_SECONDS = 0.5
AT_ONCE = 16  # tries at one endpoint: a slow one keeps no other waiting
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
        self._has_room = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "NewsDispatcher":
        self._loop = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_error: object) -> None:
        """What is on its way is sent again by who looks next: its lease runs out."""
        tasks = [task for each in self._in_hand.values() for task in each]
        if self._loop is not None:
            tasks.append(self._loop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def publish_all(self) -> None:
        """Whatever is committed gets its place and its deliveries."""
        while await self._outbox.publish(_PAGE, self._real_now()) == _PAGE:
            pass

    async def send_due(self) -> int:
        """Start what is due now, as far as there is room; how many it are."""
        begun = 0
        for endpoint in await self._endpoints.all():
            if endpoint.disabled_at is None:
                begun += await self._send_to(endpoint)
        return begun

    async def settled(self) -> None:
        """Wait until everything that was started has its answer."""
        while tasks := [task for each in self._in_hand.values() for task in each]:
            await asyncio.gather(*tasks)

    async def _work(self) -> None:
        """Again and again, for as long as the server is there."""
        while True:
            self._has_room.clear()
            try:
                await self.publish_all()
                await self.send_due()
            except DatabaseAwayError as error:
                _LOG.warning("%s; news wait until it does", error)
            except DatabaseFailedError:
                _LOG.exception("news could not be looked for")
            await self._sleep()

    async def _sleep(self) -> None:
        """Until some delivery has ended, for its loan's next one; or for a moment."""
        try:
            async with asyncio.timeout(LOOKS_EVERY_SECONDS):
                await self._has_room.wait()
        except TimeoutError:
            pass

    async def _send_to(self, endpoint: Endpoint) -> int:
        in_hand = self._in_hand.setdefault(endpoint.endpoint_id, set())
        room = AT_ONCE - len(in_hand)
        if room <= 0:
            return 0
        now = self._real_now()
        claimed = await self._outbox.claim(endpoint.endpoint_id, now, now + LEASE, room)
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery, endpoint))
            in_hand.add(task)
            task.add_done_callback(in_hand.discard)
        return len(claimed)

    async def _deliver(self, delivery: Delivery, endpoint: Endpoint) -> None:
        try:
            await self._courier.deliver(delivery, endpoint)
        except _AWAY:
            pass  # said where it is looked for; the lease runs out
        except Exception:
            _LOG.exception("news %s wait", delivery.news_id)
        self._has_room.set()
