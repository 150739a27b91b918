"""The audit: the guarantees, checked over the database alone. Finds nothing when all is well."""

from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Pool

_CHECKS = {
    "G1": "audit_paid_in_peace",
    "G5": "audit_sent_once",
    "G6": "audit_visits",
    "G8": "audit_one_case",
}


class Violation(NamedTuple):
    """One guarantee that was not kept: where, and how."""

    guarantee: str
    subject: str  # an id
    what: str

    def __str__(self) -> str:
        return f"{self.guarantee} {self.subject}: {self.what}"


class Audit:
    """Reads only; may be run at any time, also while everything is at work."""

    guarantees = tuple(_CHECKS)

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def broken(self, now: datetime) -> list[Violation]:
        """Every violation up to a moment, guarantee by guarantee."""
        return [
            Violation(guarantee, row["subject"], row["what"])
            for guarantee, query in _CHECKS.items()
            async for row in getattr(SQL, query)(self._pool, now=now)
        ]
