"""The audit: the guarantees, checked over the database alone. Finds nothing when all is well.

Its statements are in `queries/audit/`; `docs/guarantees.md` says what it cannot see.
"""

from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Connection, Pool

# Each statement answers with the rows that break the guarantee.
CHECKS = {
    "G1": (SQL.audit_paid_in_peace, SQL.audit_one_closing_notice),
    "G2": (SQL.audit_permitted_hours,),
    "G3": (SQL.audit_caps, SQL.audit_conversations),
    "G4": (SQL.audit_holds, SQL.audit_preferences, SQL.audit_complaints),
    "G5": (SQL.audit_sent_once,),
    "G6": (SQL.audit_visits, SQL.audit_visit_decisions, SQL.audit_filming),
    "G7": (SQL.audit_agreements, SQL.audit_plans, SQL.audit_signatures),
    "G8": (SQL.audit_one_case,),
    "G9": (SQL.audit_effects, SQL.audit_events, SQL.audit_told_of_money),
    "G10": (SQL.audit_open_cases, SQL.audit_overdue_complaints),
    "G11": (SQL.audit_decisions, SQL.audit_recordings),
    "G13": (SQL.audit_right_party, SQL.audit_left_alone, SQL.audit_contact_persons),
    "G15": (SQL.audit_chain, SQL.audit_linked_rows),
    "G16": (SQL.audit_news_in_order, SQL.audit_facts_told),
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
            for find_breaches in CHECKS[guarantee]
            async for row in find_breaches(self._pool, now=now)
        ]
