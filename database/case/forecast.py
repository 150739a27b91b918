"""What a forecast begins from: open cases with their facts, and visits that are booked."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel

from database.case.case_record import CaseRecords, RecordedCase
from database.sql import SQL, Pool
from domain.case.facts import CaseFacts
from domain.contact.facts import ContactFacts

PAGE = 200


class CaseToForecast(NamedTuple):
    """One open case, as of a moment; what was written down since is still in `recorded`."""

    recorded: RecordedCase
    facts: CaseFacts
    contact_facts: ContactFacts
    opened_at: datetime


class VisitBooked(BaseModel):
    """An appointment to come, on the borrower's own calendar."""

    on_day: date
    region: str
    crew: list[str]


class Forecasts:
    """Reads only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._records = CaseRecords(pool)

    async def open_cases(self, now: datetime, days_back: int) -> AsyncIterator[CaseToForecast]:
        """Each open case; contacts of so many days back, of 24 hours each, are read."""
        after = ""
        while rows := [
            row
            async for row in SQL.cases_to_forecast(
                self._pool, after_case=after, size=PAGE, now=now, days_back=days_back
            )
        ]:
            ids = [row["case_id"] for row in rows]
            records = {each.record.case_id: each for each in await self._records.read(ids)}
            for row in rows:
                yield CaseToForecast(
                    records[row["case_id"]],
                    CaseFacts.model_validate_json(row["facts"]),
                    ContactFacts.model_validate_json(row["contact_facts"]),
                    row["opened_at"],
                )
            after = ids[-1]

    async def visits_booked(self, now: datetime, until: datetime) -> list[VisitBooked]:
        """Appointments of a time to come, by day and region."""
        rows = SQL.visits_to_forecast(self._pool, now=now, until=until)
        return [VisitBooked(**row) async for row in rows]

    async def closed_since(self, since: datetime, now: datetime) -> int:
        """How many cases were open then and are not any more."""
        return int(await SQL.cases_closed_since(self._pool, since=since, now=now))
