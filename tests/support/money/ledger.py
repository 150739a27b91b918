"""What is owed of a loan by addition alone, and that everything else says the same."""

from datetime import timedelta
from itertools import count
from typing import NamedTuple

from database.plan.agreements import MissedPart
from domain.case.facts import CaseFacts
from domain.plan.plan import Plan
from domain.plan.progress import PlanProgress
from tests.support.record import Record
from tests.support.world import INSTALMENT


class Owed(NamedTuple):
    """What a ledger of four columns says."""

    due_minor: int
    charges_minor: int
    paid_minor: int
    granted_minor: int

    @property
    def minor(self) -> int:
        return self.due_minor + self.charges_minor - self.paid_minor - self.granted_minor


class Ledger:
    """What has become of one loan's money and of its plan, by what was done to it."""

    def __init__(self, record: Record) -> None:
        self.record, self.loan = record, record.loan
        self.payments: dict[str, int] = {}  # those that stand
        self.charged = self.granted = 0
        self.plan: Plan | None = None
        self.agreement_id: str | None = None
        self.in_force = self.is_closed = False
        self.before: set[str] = set()  # payments that the plan's debt knew of
        self.beside = 0  # of them, what was taken back since
        self.missed: MissedPart | None = None  # of the plan that was broken
        self.released_at = record.now - timedelta(days=99)  # from the last hold
        self._numbers = count(1)

    def progress(self) -> PlanProgress:
        """The plan's parts, and what was paid since it was proposed."""
        assert self.plan is not None
        paid = sum(amount for each, amount in self.payments.items() if each not in self.before)
        return PlanProgress(parts=self.plan.parts, paid_minor=paid)

    def owed(self) -> Owed:
        """By addition alone."""
        due = INSTALMENT * self.loan.instalments
        return Owed(due, self.charged, sum(self.payments.values()), self.granted)

    async def check(self) -> None:
        """The tables, the statement, the plan and the messages agree with the ledger."""
        owed = max(self.owed().minor, 0)
        facts = await self.record.facts()
        assert facts.outstanding_minor == owed
        assert facts.outstanding.total_minor == owed
        assert facts.overdue.total_minor == facts.arrears_minor <= owed
        said, said_minor = await self._said()
        assert said_minor == facts.arrears_minor
        if self.in_force and self.plan is not None and not self.is_closed:
            self._check_plan(self.plan, facts, said)

    def _check_plan(self, plan: Plan, facts: CaseFacts, said: PlanProgress | None) -> None:
        """What is overdue is the rest of the plan, what it waives, and what is owed beside it."""
        progress = self.progress()
        assert (facts.plan_paid_minor, facts.plan_total_minor) == (
            progress.paid_minor,
            progress.total_minor,
        )
        assert said == progress
        granted_later = max(plan.waiver_minor - plan.penalty_minor, 0)
        still_owed = progress.total_minor - progress.paid_minor + granted_later + self.beside
        assert facts.arrears_minor == max(still_owed, 0)

    async def _said(self) -> tuple[PlanProgress | None, int]:
        """What a message would be made of: the plan in force, and what is overdue."""
        row = await self.record.pool.fetchrow(
            "SELECT recipient ->> 'plan' AS plan, (facts ->> 'arrears_minor')::bigint"
            " AS arrears_minor FROM contact_facts($1, 'x', $2, 0)",
            self.record.case_id,
            self.record.now,
        )
        assert row is not None
        plan = row["plan"] and PlanProgress.model_validate_json(row["plan"])
        return plan, int(row["arrears_minor"])
