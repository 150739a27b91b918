"""Lives of a loan's money on the real record, beside a ledger that only adds and takes away.

Each step is one of what can happen, in any order; one that does not fit is left out. After each,
what is owed is asked of the tables, the statement, the plan and what messages are made of.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from database.case.cases import Cases
from database.plan.agreements import Agreements, MissedPart
from domain.case.facts import CaseFacts
from domain.events import Capacity, Proposal
from domain.plan.agreement import Offer
from domain.plan.plan import Plan, build_plan
from domain.plan.status import AgreementStatus
from tests.support.money.ledger import Ledger
from tests.support.world import INSTALMENT, Loan

RICH = Capacity(monthly_income_minor=90_000_000, monthly_expense_minor=0)
# How often each happens; what a step's number means, its method says.
OFTEN = {
    "agree": 4, "pay_part": 4, "pay_rest": 2, "end": 4, "reverse": 4, "pay": 2, "pay_all": 1,
    "hold": 2, "wait": 2, "offer": 1, "break": 2, "hear_late": 2,
}  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from([name for name, times in OFTEN.items() for _ in range(times)]),
        st.integers(0, 99),
    ),
    min_size=12,
    max_size=30,
)
Step = tuple[str, int]
GRACE_DAYS = 5


class MoneyLife(Ledger):
    """One loan of six instalments whose money comes and goes."""

    async def take(self, step: Step) -> None:
        name, size = step
        await getattr(self, f"_{name}")(size)

    # What can happen

    async def _pay(self, thousandths: int) -> None:
        """Of two instalments, a bit more."""
        await self._pay_in(1 + 2 * INSTALMENT * thousandths // 99)

    async def _pay_in(self, amount_minor: int, **event: Any) -> None:
        if self.is_closed or amount_minor <= 0:
            return
        payment_id = f"{self.loan.loan_id}-{next(self._numbers)}"
        await self.record.deliver(
            "payment_received", payment_id=payment_id, amount_minor=amount_minor, **event
        )
        self.payments[payment_id] = amount_minor
        signed = (
            "SELECT EXISTS (SELECT FROM agreements WHERE agreement_id = $1 AND status='signed')"
        )
        if self.plan is not None and self.agreement_id is not None and not self.in_force:
            self.in_force = bool(await self.record.pool.fetchval(signed, self.agreement_id))

    async def _pay_part(self, less_minor: int) -> None:
        """The next part, or a little less."""
        if self.plan is not None and self.in_force and (part := self.progress().next_part):
            await self._pay_in(part.rest_minor - (less_minor if less_minor > 80 else 0))

    async def _pay_rest(self, over_minor: int) -> None:
        """What completes the plan, or a little more."""
        if self.plan is not None and self.in_force:
            await self._pay_in(self.progress().rest_minor + (over_minor if over_minor > 50 else 0))

    async def _pay_all(self, over_minor: int) -> None:
        """All that is owed of the loan, or a little more."""
        await self._pay_in(self.owed().minor + (over_minor if over_minor > 50 else 0))

    async def _hear_late(self, hours: int) -> None:
        """A plan is broken; its part turns out to have been paid about when its time was up."""
        await self._break(0)
        await self._wait(3)
        if self.missed is None or self.plan is None or self.in_force or self.is_closed:
            return
        part = self.progress().next_part
        assert part is not None
        paid_at = self.missed.missed_at + timedelta(hours=30 - hours)
        await self._pay_in(part.rest_minor, occurred_at=min(paid_at, self.record.now).isoformat())

    async def _reverse(self, number: int) -> None:
        if not self.payments:
            return
        payment_id = list(self.payments)[number % len(self.payments)]
        await self.record.deliver("payment_reversed", payment_id=payment_id)
        amount = self.payments.pop(payment_id)
        if payment_id in self.before:
            self.beside += amount
        if self.is_closed:
            await self._reopen()

    async def _hold(self, days: int) -> None:
        hold_id = f"{self.loan.loan_id}-{next(self._numbers)}"
        await self.record.deliver("hold_placed", hold_id=hold_id, reason="hardship")
        await self._wait(days)
        await self.record.deliver("hold_released", hold_id=hold_id)
        self.released_at = self.record.now

    async def _wait(self, days: int) -> None:
        self.record.now += timedelta(days=days)

    async def _agree(self, waived: int) -> None:
        await self._offer(waived)
        await self._sign(0)

    async def _offer(self, waived: int) -> None:
        """A plan that waives up to a seventh."""
        facts = await self.record.facts()
        owed = facts.arrears_minor + facts.penalty_minor
        is_paid = facts.outcome_if_paid() is not None  # nobody negotiates then
        if self.is_closed or self.in_force or is_paid or owed < INSTALMENT // 2:
            return
        await self._withdraw()
        today = self.loan.on(self.record.now)
        proposal = Proposal(
            instalments=3,
            first_due_on=today + timedelta(days=3),
            waiver_minor=owed * waived // 700,
        )
        rules = self.record.policy.plan
        self.plan = build_plan(
            facts.arrears_minor, proposal, RICH, rules, today, facts.penalty_minor
        )
        self.agreement_id = f"{self.loan.loan_id}-G-{next(self._numbers)}"
        self.before, self.beside, self.missed = set(self.payments), 0, None
        await self.record.offer(self._offer_of(self.plan, self.agreement_id, facts))

    def _offer_of(self, plan: Plan, agreement_id: str, facts: CaseFacts) -> Offer:
        return Offer(
            agreement_id=agreement_id,
            case_id=self.record.case_id,
            visit_id=self.record.visit_id,
            plan_id=agreement_id,
            plan=plan,
            waiver_approver_id="A-2",
            counted_from=self.record.now,
            counted_after=facts.payments_seen,
            expires_at=self.record.now + timedelta(days=3),
            grace_days=GRACE_DAYS,
        )

    async def _sign(self, _: int) -> None:
        if self.plan is None or self.agreement_id is None or self.in_force or self.is_closed:
            return
        offered = (
            "SELECT document_sha256 FROM agreements WHERE agreement_id=$1 AND status='offered'"
        )
        sha256 = await self.record.pool.fetchval(offered, self.agreement_id)
        if sha256 is None:
            return
        await self.record.deliver(
            "agreement_signed",
            agreement_id=self.agreement_id,
            document_sha256=sha256,
            signatories=[self.loan.borrower_id],
        )
        self.in_force = True
        self.charged += max(self.plan.penalty_minor - self.plan.waiver_minor, 0)

    async def _break(self, _: int) -> None:
        part = self.progress().next_part if self.in_force else None
        if part is None:
            return
        # A hold gives a new grace, and nothing is missed before its end.
        self.record.now = max(self.record.now, self.released_at + timedelta(days=GRACE_DAYS))
        self.missed = missed = MissedPart(part.number, self.record.now)
        await Agreements(self.record.pool).end_agreement(
            self.record.case_id,
            AgreementStatus.SIGNED,
            AgreementStatus.BROKEN,
            self.record.now,
            missed,
        )
        self.in_force = False

    async def _end(self, _: int) -> None:
        outcome = (await self.record.facts()).outcome_if_paid()
        if outcome is None or self.is_closed:
            return
        now = self.record.now
        cases = Cases(self.record.pool)
        assert await cases.close_case(self.record.case_id, outcome, now, lambda: now) is None
        self.is_closed = True
        if self.in_force and self.plan is not None and self.progress().rest_minor == 0:
            self.granted += max(self.plan.waiver_minor - self.plan.penalty_minor, 0)
        if not self.in_force:
            self.plan = None

    async def _reopen(self) -> None:
        reopened = await Cases(self.record.pool).reopen_case(self.record.case_id, self.record.now)
        assert reopened is not None
        self.is_closed = False
        if not self.in_force or self.plan is None:
            return
        if self.progress().rest_minor:
            self.granted -= max(self.plan.waiver_minor - self.plan.penalty_minor, 0)
        else:
            self.plan, self.in_force = None, False

    async def _withdraw(self) -> None:
        await Agreements(self.record.pool).end_agreement(
            self.record.case_id,
            AgreementStatus.OFFERED,
            AgreementStatus.WITHDRAWN,
            self.record.now,
        )


def loan_number(number: int) -> Loan:
    """A loan of its own for each life."""
    return Loan(
        loan_id=f"L-{number}",
        borrower_id=f"B-{number}",
        instalments=6,
        first_due_on=date(2026, 1, 10),
    )
