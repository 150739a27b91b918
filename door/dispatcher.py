"""Delivers what the inbox holds: in order for a loan, each once, whatever dies in between.

Who keeps an event leases it, and delivers it at once when nothing of its loan waits before it. What
could not be delivered is found by looking for what nobody has leased, by whichever door is there.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from database.door.inbox import Inbox, KeptEvent
from database.errors import DatabaseAwayError, DatabaseFailedError
from door.answers import Answers
from door.one_path import OnePath
from temporal.delivery import NoAnswerError

TRIED_FOR = timedelta(seconds=10)
LEASE = timedelta(seconds=20)  # more than a try takes
TRIED_AGAIN_AFTER = timedelta(seconds=3)
LOOKS_EVERY_SECONDS = 1.0
AT_ONCE = 200  # loans
_PAGE = 200
_LOG = logging.getLogger(__name__)
_AWAY = (DatabaseAwayError, DatabaseFailedError)


class Dispatcher:
    """One a process. `async with` it: it works while it is entered; `real_now` is real time."""

    def __init__(self, inbox: Inbox, path: OnePath, real_now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._path = path
        self._real_now = real_now
        self._answers = Answers(inbox)
        self._leased: dict[str, deque[KeptEvent]] = {}  # of loans in work, next first
        self._wanted: set[str] = set()  # loans in work of which more has come
        self._work: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Dispatcher":
        self._start(self._look_for_waiting())
        self._start(self._answers.write_down())
        return self

    async def __aexit__(self, *_error: object) -> None:
        """What is in work is left to who looks next: its lease runs out."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._answers.write_now()

    def lease_until(self) -> datetime:
        """Until when an event that is kept now is this process's to deliver."""
        return self._real_now() + LEASE

    def take(self, loan_id: str, leased: KeptEvent | None = None) -> None:
        """See to a loan of which an event is kept: to that one if leased, else to the next."""
        if loan_id in self._leased:
            self._wanted.add(loan_id)
            if leased is not None:
                self._leased[loan_id].append(leased)
            return
        self._leased[loan_id] = deque([leased] if leased is not None else [])
        if leased is None:
            self._wanted.add(loan_id)
        self._start(self._see_to(loan_id))

    async def answer_to(self, sequence: int, within_seconds: float) -> dict[str, Any] | None:
        """What became of an event that is in work here; None when that takes longer."""
        return await self._answers.wait_for(sequence, within_seconds)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _see_to(self, loan_id: str) -> None:
        """Deliver what is there of a loan, one after the other, until nothing is or one fails."""
        try:
            while (event := await self._next_of(loan_id)) is not None:
                if not await self._deliver(event):
                    break
        except _AWAY:
            pass  # said where it is looked for; the lease runs out
        except Exception:
            _LOG.exception("events of loan %s wait", loan_id)
        finally:
            del self._leased[loan_id]
            self._wanted.discard(loan_id)

    async def _next_of(self, loan_id: str) -> KeptEvent | None:
        if self._leased[loan_id]:
            return self._leased[loan_id].popleft()
        while loan_id in self._wanted:
            self._wanted.discard(loan_id)
            await self._answers.written()  # until then the last one seems to wait
            now = self._real_now()
            if (event := await self._inbox.lease_next(loan_id, now, now + LEASE)) is not None:
                self._wanted.add(loan_id)  # another may wait behind it
                return event
            if self._leased[loan_id]:
                return self._leased[loan_id].popleft()
        return None

    async def _deliver(self, event: KeptEvent) -> bool:
        """Whether it has its answer now."""
        try:
            answer = await self._path.bring(
                event.loan_id, json.loads(event.body), event.ticket, TRIED_FOR
            )
        except (NoAnswerError, *_AWAY) as error:
            # A database that is there and fails on one event would fail on it for ever.
            level = logging.ERROR if isinstance(error, DatabaseFailedError) else logging.INFO
            words = "event %s of loan %s waits: %s"
            _LOG.log(level, words, event.event_id, event.loan_id, error)
            await self._inbox.renew_lease(event.sequence, self._real_now() + TRIED_AGAIN_AFTER)
            return False
        self._answers.put(event.sequence, answer)
        return True

    async def _look_for_waiting(self) -> None:
        """Again and again, for as long as the door is there."""
        while True:
            try:
                await self._take_waiting()
            except DatabaseAwayError as error:
                _LOG.warning("%s; what waits is looked for until it does", error)
            except DatabaseFailedError:
                _LOG.exception("what waits could not be looked for")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)

    async def _take_waiting(self) -> None:
        after = ""
        while len(self._leased) < AT_ONCE:
            page = await self._inbox.loans_waiting(self._real_now(), after, _PAGE)
            for loan_id in page[: AT_ONCE - len(self._leased)]:
                self.take(loan_id)
            if len(page) < _PAGE:
                return
            after = page[-1]
