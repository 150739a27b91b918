"""Which open cases another policy would govern, and what of an adoption is done already."""

from typing import NamedTuple

from database.sql import SQL, Pool


class Scope(NamedTuple):
    """One loan, or all loans of a lender."""

    loan_id: str | None = None
    lender: str | None = None


class CaseToMove(NamedTuple):
    """An open case that is pinned to another version."""

    case_id: str
    loan_id: str
    policy_version: str
    event_id: str  # the same however often it is asked, until the event is on record


class Adoption:
    """Reads only: the cases move by the event `policy_adopted`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def cases_to_move(self, version: str, scope: Scope) -> list[CaseToMove]:
        """Open cases of a scope that the version does not govern yet."""
        return [
            CaseToMove(
                row["case_id"],
                row["loan_id"],
                row["policy_version"],
                _event_id(version, row["case_id"], row["earlier"]),
            )
            async for row in SQL.cases_to_move(
                self._pool, version=version, loan_id=scope.loan_id, lender=scope.lender
            )
        ]

    async def cases_governed(self, version: str, scope: Scope) -> int:
        """How many open cases of a scope the version governs already."""
        count = await SQL.cases_governed(
            self._pool, version=version, loan_id=scope.loan_id, lender=scope.lender
        )
        return int(count)


def _event_id(version: str, case_id: str, earlier: int) -> str:
    """Stable, so that a repeated run counts once; another one for a case that came back."""
    return f"adopt:{version}:{case_id}" + (f"#{earlier + 1}" if earlier else "")
