"""The examples of *Plans that are kept* in `docs/money.md` are what the code computes."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import add_months
from domain.case.facts import Outcome
from domain.case.plan_care import missed_at, next_step
from domain.case.situation import Situation
from domain.case.state import PlanState, Stage
from domain.debt.statement import DebtTerms, Due, Payment, draw_statement
from domain.events import Capacity, Proposal
from domain.messages.templates import Template
from domain.plan.plan import Plan, build_plan
from domain.plan.progress import PlanProgress
from domain.policy.policy import Policy
from tests.support.money.agreements import terms
from tests.support.situations import situation

TODAY = date(2026, 4, 14)
PARTS = [date(2026, 4, 19), date(2026, 5, 19), date(2026, 6, 19)]
PART, WAIVER = 130_000, 10_000


@pytest.fixture(scope="module")
def examples(repository: Path) -> str:
    """The section's text, each blank single."""
    page = (repository / "docs" / "money.md").read_text("utf-8")
    return " ".join(page.split("## Plans that are kept")[1].split())


@pytest.fixture
def plan(policy: Policy) -> Plan:
    return _plan(policy, 400_000)


def _plan(policy: Policy, arrears_minor: int) -> Plan:
    proposal = Proposal(instalments=3, first_due_on=PARTS[0], waiver_minor=WAIVER)
    rich = Capacity(monthly_income_minor=9_000_000, monthly_expense_minor=0)
    return build_plan(arrears_minor, proposal, rich, policy.plan, TODAY)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def _at(policy: Policy, plan: Plan, day: date, paid: int) -> tuple[PlanState, Situation]:
    at = situation(policy, Stage.REPAYMENT, now=_noon(day), plan_paid_minor=paid)
    assert at.case.plan is not None
    at.case.plan.plan, at.case.plan.signed_at = plan, _noon(TODAY)
    at.case.plan.grace_days = 5
    return at.case.plan, at


def _last_day(plan: PlanState, at: Situation) -> date:
    """The last day on which the next part can be paid."""
    part = PlanProgress(parts=plan.plan.parts, paid_minor=at.facts.plan_paid_minor).next_part
    assert part is not None
    return at.facts.local(missed_at(plan, part, at)).date() - timedelta(days=1)


def test_plan_is_the_one_of_the_examples(plan: Plan, examples: str) -> None:
    """Three equal parts, by their days."""
    assert [(part.due_on, part.amount_minor) for part in plan.parts] == [
        (day, PART) for day in PARTS
    ]
    assert all(str(day) in examples for day in PARTS)


def test_grace_of_parts_that_piled_up(policy: Policy, plan: Plan, examples: str) -> None:
    """Rule 2: from the due day, the end of a hold, the payment of the part before."""
    state, at = _at(policy, plan, date(2026, 5, 1), PART)
    assert f"Part 2 is missed after {_last_day(state, at)}" in examples
    held_until = _noon(date(2026, 6, 23))
    at.case.last_released_at = held_until
    in_grace = _last_day(state, at) + timedelta(days=1)  # it ends at that hour, five days later
    assert f"part 2 can be paid until {in_grace}" in examples
    paid_at = _noon(date(2026, 6, 27))
    facts = at.facts.model_copy(update={"plan_paid_minor": 2 * PART, "part_open_since": paid_at})
    after = at._replace(facts=facts)
    in_grace = _last_day(state, after) + timedelta(days=1)
    assert f"part 3 can be paid until {in_grace}" in examples


def test_who_is_short_by_little_is_asked_for_it(policy: Policy, plan: Plan, examples: str) -> None:
    """Rule 3: the day after, for exactly what is missing."""
    state, at = _at(policy, plan, date(2026, 5, 19), PART + 129_800)
    state.said = ["part-2"]
    step = next_step(state, at)
    assert step is not None
    assert step.what is Template.PAYMENT_HELP
    part = PlanProgress(parts=plan.parts, paid_minor=PART + 129_800).next_part
    assert part is not None
    asked = f"on {at.facts.local(step.at).date()} they are asked for {part.rest_minor / 100:.2f}"
    assert asked in examples


def _statement(paid: int, granted: int, instalments: int, as_of: date) -> tuple[int, int]:
    dues = [
        Due(due_on=add_months(date(2026, 1, 10), number), principal_minor=100_000)
        for number in range(instalments)
    ]
    payments = [
        Payment(payment_id="P", received_on=TODAY, amount_minor=paid),
        Payment(payment_id="W", received_on=TODAY, amount_minor=granted, kind="waiver"),
    ]
    stands = [each for each in payments if each.amount_minor]
    statement = draw_statement(DebtTerms(dues=dues, payments=stands), as_of)
    over = sum(each.overpaid_minor for each in statement.allocations)
    return statement.overdue.total_minor, over


def test_broken_plan_and_bounced_payment(plan: Plan, examples: str) -> None:
    """Rules 5 and 6: what is owed then."""
    overdue, _ = _statement(PART, 0, 12, date(2026, 5, 25))
    assert f"5,000.00 less 1,300.00 are {overdue / 100:,.2f}" in examples
    assert f"limitation counts from {add_months(date(2026, 1, 10), 11)}" in examples
    overdue, _ = _statement(2 * PART, 0, 4, date(2026, 6, 20))
    rest = PlanProgress(parts=plan.parts, paid_minor=2 * PART).rest_minor
    assert (overdue, rest) == (PART + WAIVER, PART)
    assert "1,300.00 and 100.00 are owed, 1,300.00 of them complete the plan" in examples


def test_whole_loan_is_settled_and_what_is_over_is_paid_back(
    policy: Policy, plan: Plan, examples: str
) -> None:
    """Rules 7 and 8: by the agreed total, and by more."""
    _, over = _statement(400_000, WAIVER, 4, date(2026, 6, 20))
    assert f"{over / 100:.2f} are paid back" in examples
    _, over = _statement(plan.total_minor, WAIVER, 4, date(2026, 6, 20))
    assert over == 0
    assert f"{plan.total_minor / 100:,.2f} settle it" in examples
    at = situation(
        policy,
        Stage.REPAYMENT,
        outstanding_minor=WAIVER,
        plan_paid_minor=plan.total_minor,
        plan_total_minor=plan.total_minor,
        plan_settles_loan=True,
    )
    assert at.facts.outcome_if_paid() is Outcome.SETTLED


def test_payment_counts_in_the_debt_or_in_the_plan(policy: Policy, examples: str) -> None:
    """Rule 9: what was paid before makes the plan's debt less."""
    overdue, _ = _statement(50_000, 0, 12, TODAY)
    assert f"the plan covers {overdue / 100:,.2f}" in examples
    assert _plan(policy, overdue).owed_minor == overdue


def test_offer_that_can_be_kept(plan: Plan, examples: str) -> None:
    """Rule 10: up to the day of its first part, where the borrower lives."""
    zone = ZoneInfo("Asia/Shanghai")
    for day, can in ((19, True), (20, False)):
        drawn_up_at = datetime(2026, 4, day, 23, 30, tzinfo=zone)
        offered = terms(plan=plan, components=[], offered_at=drawn_up_at)
        assert offered.can_be_kept is can
        assert f"2026-04-{day}" in examples


def test_each_rule_has_an_example(examples: str) -> None:
    """And is numbered once."""
    rules = re.split(r" (?=\d+\. \*\*)", examples)[1:]
    assert [int(rule.split(".")[0]) for rule in rules] == list(range(1, 11))
    assert all(re.search(r"[^*]\*[^*]+\*($|[^*])", rule) for rule in rules)
