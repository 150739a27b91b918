"""The audit: the guarantees, checked over the database alone. Finds nothing when all is well.

Its statements are in `queries/audit/`; `docs/guarantees.md` says what it cannot see.
"""

from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Connection, Pool

# What is promised, in the words of `docs/guarantees.md`.
PROMISED = {
    "G1": "no contact after the arrears are paid, but for one closing notice",
    "G2": "no contact outside the permitted hours where the borrower lives",
    "G3": "no counter over its cap, for a borrower and a number, over all loans",
    "G4": "no contact during a hold or against a preference",
    "G5": "at most one message or call for one intent",
    "G6": (
        "no visit without contact tried before (unless the borrower asks for it), "
        "application, approval by another person, appointment, crew of two, notice as long before "
        "as the policy says"
    ),
    "G7": (
        "no agreement without verified identity, report and exact parts; signed is what was offered"
    ),
    "G8": "one case and one workflow for one delinquency",
    "G9": "an accepted event has its effect exactly once, a refused one its reason",
    "G10": "an open case has a next action with a time, or a named thing it waits for",
    "G11": "every decision can be explained",
    "G13": (
        "no debt and no visit told at a number that nobody has confirmed; nothing more to who "
        "said *not me* or *stop*; a contact person only for who cannot be reached"
    ),
    "G15": "nothing on record was altered, removed or inserted afterwards without being seen",
    "G16": "other systems are told each fact, in the order of its loan",
}

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
