"""A loan that turns overdue in the database starts within seconds, by the scan's own way.

What is missed, while nothing is heard or a start fails, the next scan finds.
"""

import asyncio
import logging
from collections.abc import Sequence

from activities.business_time import Now
from activities.scan_activities import CaseStarter, ScanSummary, start_page
from database.case.scan import PAGE_SIZE, Scan
from database.errors import DatabaseAwayError
from database.notifications import OWED_LOANS, listening
from database.sql import Pool

# Who writes a loan and its payments one after the other has so long until it is looked at.
SETTLES_SECONDS = 2.0
LISTENS_AGAIN_AFTER_SECONDS = 5.0
_LOG = logging.getLogger(__name__)


class StartsAtOnce:
    """One a worker; several start each case once. `now` gives business time."""

    def __init__(
        self,
        pool: Pool,
        starter: CaseStarter,
        policy_version: str,
        now: Now,
        settles_seconds: float = SETTLES_SECONDS,
    ) -> None:
        self._pool = pool
        self._scan = Scan(pool)
        self._starter = starter
        self._policy_version = policy_version
        self._now = now
        self._settles_seconds = settles_seconds

    async def run(self) -> None:
        """Again and again, for as long as the worker is there."""
        while True:
            try:
                await self._listen()
            except DatabaseAwayError as error:
                _LOG.warning("%s; overdue loans wait for the scan until it does", error)
            except Exception:
                _LOG.exception("overdue loans wait for the scan")
            await asyncio.sleep(LISTENS_AGAIN_AFTER_SECONDS)

    async def _listen(self) -> None:
        async with listening(self._pool, OWED_LOANS) as heard:
            while True:
                await self.start(await heard.next(PAGE_SIZE, self._settles_seconds))

    async def start(self, loan_ids: Sequence[str]) -> ScanSummary:
        """Start those of the loans that are overdue and have no run."""
        summary = ScanSummary()
        page = await self._scan.open_cases_of(loan_ids, self._policy_version, self._now())
        await start_page(page, self._starter, summary)
        if summary.started or summary.failed:
            _LOG.info("overdue: %d started at once, %d left to the scan",
                      summary.started, summary.failed)  # fmt: skip
        return summary
