"""What is past its retention period, and its erasure."""

from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Pool


class PastPeriod(NamedTuple):
    """One kind of record of one borrower that has been kept for as long as the policy says."""

    borrower_id: str
    kind: str  # contact, agreement or person
    ended_at: datetime  # the borrower's last case, or the last that was paid or said after it
    years: int
    held_by: str | None  # what stops its erasure
    rule_id: str  # by which its period has that length


class Erased(NamedTuple):
    """When something was erased, and by which rule."""

    erased_at: datetime
    rule_id: str | None  # None: erased by a release that did not keep it

    def __str__(self) -> str:
        rule = f" under {self.rule_id}" if self.rule_id else ""
        return f"personal data was erased on {self.erased_at.date()}{rule}"


class Retention:
    """Lists and erases; what was erased is on record in `erasures`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def past_periods(self, now: datetime) -> list[PastPeriod]:
        """What is past its period and not erased, borrower by borrower."""
        return [PastPeriod(**row) async for row in SQL.past_retention(self._pool, now=now)]

    async def erase(self, past: PastPeriod, now: datetime) -> bool:
        """Erase one kind of a borrower's record, if nothing stops it by now; says whether it did.

        Events and contacts of the borrower wait meanwhile.
        """
        borrower_id, kind = past.borrower_id, past.kind
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_person(connection, borrower_id=borrower_id)
            if not await SQL.may_be_erased(connection, borrower_id=borrower_id, kind=kind, now=now):
                return False
            await SQL.erase(
                connection, borrower_id=borrower_id, kind=kind, rule_id=past.rule_id, now=now
            )
        return True

    async def documents_erased(self, agreement_id: str) -> Erased | None:
        """When the documents of an agreement were erased; None where they are kept."""
        row = await SQL.documents_erased(self._pool, agreement_id=agreement_id)
        return None if row is None else Erased(**row)
