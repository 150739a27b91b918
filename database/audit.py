"""The audit: the guarantees, checked over the database alone. Finds nothing when all is well.

Its statements are in `queries/audit_*.sql`; `docs/guarantees.md` says what it cannot see.
"""

from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Connection, Pool

# Each statement answers with the rows that break the guarantee.
CHECKS = {
    "G1": ("audit_paid_in_peace", "audit_one_closing_notice"),
    "G2": ("audit_permitted_hours",),
    "G3": ("audit_caps",),
    "G4": ("audit_holds", "audit_preferences"),
    "G5": ("audit_sent_once",),
    "G6": ("audit_visits",),
    "G7": ("audit_agreements",),
    "G8": ("audit_one_case",),
    "G9": ("audit_effects", "audit_events"),
    "G10": ("audit_open_cases",),
    "G11": ("audit_decisions",),
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

    guarantees = tuple(CHECKS)

    def __init__(self, pool: Connection | Pool) -> None:
        self._pool = pool

    async def broken(self, now: datetime) -> list[Violation]:
        """Every violation up to a moment, guarantee by guarantee."""
        return [
            violation
            for guarantee in CHECKS
            for violation in await self.breaches_of(guarantee, now)
        ]

    async def breaches_of(self, guarantee: str, now: datetime) -> list[Violation]:
        """The violations of one guarantee."""
        return [
            Violation(guarantee, row["subject"], row["what"])
            for query in CHECKS[guarantee]
            async for row in getattr(SQL, query)(self._pool, now=now)
        ]
