"""What the record says of cases and runs, page by page."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from database.sql import SQL, Pool
from domain.case.state import DueCase


class LoanOnRecord(BaseModel):
    """A loan and its open case, or else the one that ended last."""

    loan_id: str
    case_id: str | None
    stage: str | None
    closed_at: datetime | None


class CasesOnRecord:
    """Reads only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page_of_running(self, after_loan: str, size: int) -> list[DueCase]:
        """Cases that are to have a run, by loan, behind one."""
        rows = SQL.cases_that_run(self._pool, after_loan=after_loan, size=size)
        return [DueCase(case_id=row["case_id"], loan_id=row["loan_id"]) async for row in rows]

    async def of_loans(self, loan_ids: Sequence[str]) -> dict[str, LoanOnRecord]:
        """Those of the loans that are on record."""
        rows = SQL.cases_of_loans(self._pool, loan_ids=list(loan_ids))
        return {row["loan_id"]: LoanOnRecord(**row) async for row in rows}

    async def open_case_of(self, loan_id: str) -> str | None:
        """The id of a loan's open case."""
        found: str | None = await SQL.open_case_of_loan(self._pool, loan_id=loan_id)
        return found

    async def unfinished_case_of(self, loan_id: str) -> str | None:
        """The id of a loan's case that is open, or else whose end is not finished."""
        found: str | None = await SQL.unfinished_case_of_loan(self._pool, loan_id=loan_id)
        return found
