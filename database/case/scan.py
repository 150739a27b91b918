"""The scan's side of the database: pages of overdue loans, and a case for each."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta

import asyncpg
from pydantic import BaseModel

from database.door.away import away_in_words
from database.sql import SQL, Pool
from domain.case.state import DueCase

PAGE_SIZE = 500  # rows in memory at a time; a pass reads every page


class Cursor(BaseModel):
    """Where a scan has got to, in the order of the index."""

    overdue_since: date = date.min
    loan_id: str = ""


class Page(BaseModel):
    """One page of overdue loans that lack a case or a workflow."""

    to_start: list[DueCase]
    skipped: int  # loans whose delinquency has ended otherwise, or begins tomorrow
    last: Cursor
    without_clock: list[str] = []  # ids of loans in a time zone that the database does not know


class Scan:
    """Finds overdue loans that no workflow takes care of."""

    def __init__(self, pool: Pool, page_size: int = PAGE_SIZE) -> None:
        self._pool = pool
        self._page_size = page_size  # in loans

    async def count_running(self, after: Cursor, now: datetime) -> int:
        """How many overdue loans behind a cursor have a case that a workflow has taken up."""
        found: int = await SQL.count_in_collection(
            self._pool,
            today=_latest_date(now),
            after_date=after.overdue_since,
            after_loan=after.loan_id,
        )
        return found

    async def open_cases(
        self, after: Cursor, policy_version: str, now: datetime
    ) -> AsyncIterator[Page]:
        """Open a case for each overdue loan without one, page by page from a cursor.

        Each page's cases are on record before it is given out. Loans whose case has a workflow are
        not looked at.
        """
        while True:
            rows = [
                row
                async for row in SQL.loans_to_take_up(
                    self._pool,
                    today=_latest_date(now),
                    after_date=after.overdue_since,
                    after_loan=after.loan_id,
                    size=self._page_size,
                )
            ]
            if not rows:
                return
            page = await self._page(rows, policy_version, now)
            after = page.last
            yield page

    async def open_cases_of(
        self, loan_ids: Sequence[str], policy_version: str, now: datetime
    ) -> Page:
        """Open a case for each of these loans that is overdue and has none, as a pass does."""
        with away_in_words():
            found = SQL.loans_to_take_up_of(
                self._pool, today=_latest_date(now), loan_ids=list(loan_ids)
            )
            rows = [row async for row in found]
            if not rows:
                return Page(to_start=[], skipped=0, last=Cursor())
            return await self._page(rows, policy_version, now)

    async def _page(
        self, rows: Sequence[asyncpg.Record], policy_version: str, now: datetime
    ) -> Page:
        without_case = [row["loan_id"] for row in rows if row["open_case_id"] is None]
        to_start = [
            DueCase(case_id=row["case_id"], loan_id=row["loan_id"], found_at=now)
            async for row in SQL.open_cases(
                self._pool, loan_ids=without_case, now=now, policy_version=policy_version
            )
        ]
        # Cases whose scan died between the row and the start.
        to_start += [
            DueCase(case_id=row["open_case_id"], loan_id=row["loan_id"], found_at=now)
            for row in rows
            if row["open_case_id"] is not None
        ]
        without_clock = [
            row["loan_id"]
            async for row in SQL.loans_without_clock(self._pool, loan_ids=without_case, now=now)
        ]
        return Page(
            to_start=to_start,
            skipped=len(rows) - len(to_start),
            last=Cursor(overdue_since=rows[-1]["overdue_since"], loan_id=rows[-1]["loan_id"]),
            without_clock=without_clock,
        )


def _latest_date(now: datetime) -> date:
    """The latest date anywhere on earth; the borrower's own decides when a case is opened."""
    return (now + timedelta(hours=14)).date()
