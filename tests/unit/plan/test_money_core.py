"""Random lives of a plan on the pure core, beside a reference that only adds and takes away.

`MONEY_CORE_LIVES=20000` lives more of them, in some minutes.
"""

import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.case.plan_care import missed_at, next_step
from domain.case.renegotiation import build_next_plan
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.events import Capacity, RenegotiationRequested
from domain.plan.plan import Plan, PlanRefusedError, build_plan
from domain.plan.progress import PlanProgress
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from tests.support.money.plans import proposed
from tests.support.situations import AGREEMENT_ID, NOON, situation

LIVES = int(os.environ.get("MONEY_CORE_LIVES", "1000"))
POLICY = read_policy(CHINA_POLICY)
ARREARS, GRACE = 400_000, timedelta(days=5)
RICH = Capacity(monthly_income_minor=9_000_000, monthly_expense_minor=0)


class PlanLife(RuleBasedStateMachine):
    """A signed plan whose payments come and go; what is owed of it is reckoned twice."""

    def __init__(self) -> None:
        super().__init__()
        at = situation(POLICY, Stage.REPAYMENT, arrears_minor=ARREARS)
        assert at.case.plan is not None
        first_due_on = at.today + timedelta(days=5)
        plan = build_plan(ARREARS, proposed(first_due_on=first_due_on), RICH, POLICY.plan, at.today)
        at.case.plan.plan, at.case.plan.signed_at, at.case.plan.grace_days = plan, NOON, 5
        self.at, self.now = at, NOON
        self.payments: list[int] = []
        self.carried = self.waived = 0
        self.is_broken = False

    # The reference: addition, and parts covered one after the other

    @property
    def paid(self) -> int:
        return sum(self.payments) - self.carried

    def rests(self) -> list[int]:
        """What is missing of each part; what an earlier plan counted is owed with the first."""
        left, rests = max(self.paid, 0), []
        for number, part in enumerate(self.plan.parts):
            amount = part.amount_minor + (max(-self.paid, 0) if number == 0 else 0)
            rests.append(max(amount - left, 0))
            left = max(left - amount, 0)
        return rests

    @property
    def plan(self) -> Plan:
        assert self.at.case.plan is not None
        return self.at.case.plan.plan

    @property
    def situation(self) -> Situation:
        facts = self.at.facts.model_copy(update={"plan_paid_minor": self.paid})
        return self.at._replace(now=self.now, facts=facts)

    @property
    def is_open(self) -> bool:
        return not self.is_broken and any(self.rests())

    # What happens

    @rule(amount=st.integers(1, 250_000))
    def pay(self, amount: int) -> None:
        self.payments.append(amount)

    @precondition(lambda self: self.is_open)
    @rule(short=st.sampled_from([0, 0, 1, 200]))
    def pay_next_part(self, short: int) -> None:
        rest = next(each for each in self.rests() if each)
        if rest > short:
            self.payments.append(rest - short)

    @precondition(lambda self: self.payments)
    @rule(number=st.integers(0, 99))
    def reverse(self, number: int) -> None:
        del self.payments[number % len(self.payments)]
        assert self.at.case.plan is not None
        self.at.case.plan.reversed_at = self.now

    @rule(days=st.integers(1, 120))
    def hold(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.at.case.last_released_at = self.now

    @precondition(lambda self: self.is_open)
    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Until then, or until the next part is missed: then the plan is broken."""
        plan, until = self.at.case.plan, self.now + timedelta(days=days)
        part = PlanProgress(parts=self.plan.parts, paid_minor=self.paid).next_part
        assert plan is not None
        assert part is not None
        ends_at = missed_at(plan, part, self.situation)
        self.is_broken = ends_at <= until
        self.now = max(self.now, min(until, ends_at))

    @precondition(lambda self: self.is_open)
    @rule(parts=st.integers(1, 6), waived=st.integers(0, 20))
    def renegotiate(self, parts: int, waived: int) -> None:
        """Another plan for the rest, if it is within the limits."""
        rest = self.plan.total_minor - self.paid
        due_on = self.situation.today + timedelta(days=3)
        asked: dict[str, Any] = {
            "event_id": "e", "source": "test", "occurred_at": self.now, "requested_by_id": "K-7",
            "agreement_id": AGREEMENT_ID, "capacity": RICH,
            "proposal": proposed(
                instalments=parts, first_due_on=due_on, waiver_minor=rest * waived // 100
            ),
        }  # fmt: skip
        try:
            following = build_next_plan(RenegotiationRequested(**asked), self.situation)
        except PlanRefusedError:
            return
        assert self.at.case.plan is not None
        self.waived += rest * waived // 100
        self.carried += self.paid
        self.at.case.plan.plan, self.at.case.plan.signed_at = following, self.now

    # What always holds

    @invariant()
    def sums_agree(self) -> None:
        """Due less waived and paid is what is left of the plan, and its parts say the same."""
        progress = PlanProgress(parts=self.plan.parts, paid_minor=self.paid)
        assert progress.rest_minor == sum(self.rests())
        assert progress.rest_minor == max(ARREARS - self.waived - sum(self.payments), 0)
        assert self.plan.granted_minor == self.waived
        rest = next((each for each in self.rests() if each), None)
        part = progress.next_part
        assert (None if part is None else part.rest_minor) == rest

    @precondition(lambda self: self.is_open)
    @invariant()
    def nobody_is_hurried(self) -> None:
        """A part is missed after its grace, which begins anew after a hold or a reversal."""
        plan, at = self.at.case.plan, self.situation
        part = PlanProgress(parts=self.plan.parts, paid_minor=self.paid).next_part
        assert plan is not None
        assert part is not None
        ends_at = missed_at(plan, part, at)
        assert at.facts.local(ends_at).date() > part.due_on + GRACE
        for again in (plan.signed_at, plan.reversed_at, at.case.last_released_at):
            assert again is None or ends_at >= again + GRACE
        step = next_step(plan, at)
        assert step is None or step.by > self.now


@pytest.mark.parametrize("quarter", range(4))  # side by side, where there are processors
def test_money_agrees_in_any_order_of_things(quarter: int) -> None:
    """A quarter of the lives, each of forty steps."""
    lives = settings(
        max_examples=LIVES // 4,
        stateful_step_count=40,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(PlanLife, settings=lives)
