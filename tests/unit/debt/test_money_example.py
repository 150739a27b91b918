"""The worked example of `docs/money.md` is what the code computes."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from domain.calendar import add_months
from domain.debt.amortisation import amortise
from domain.debt.statement import Amounts, DebtTerms, Due, Payment, draw_statement
from domain.events import Capacity, Proposal
from domain.plan.plan import Plan, build_plan
from domain.policy.policy import Policy

RATE = Decimal(12)
AS_OF = date(2026, 3, 20)


def _terms(rate_cap: int) -> DebtTerms:
    parts = amortise(100_000, RATE, [34_002] * 3)
    return DebtTerms(
        annual_rate_percent=RATE,
        penalty_rate_percent=Decimal(6),
        rate_cap_basis_points=rate_cap,
        dues=[
            Due(due_on=add_months(date(2026, 1, 10), number), **part._asdict())
            for number, part in enumerate(parts)
        ],
        payments=[Payment(payment_id="P-1", received_on=date(2026, 2, 20), amount_minor=20_000)],
    )


def _row(title: object, amounts: Amounts) -> str:
    cells = (amounts.penalty_minor, amounts.interest_minor, amounts.principal_minor)
    return f"| {title} | {' | '.join(f'{cell / 100:,.2f}' for cell in cells)} |"


def _taken_by_the_waiver(terms: DebtTerms, plan: Plan) -> Amounts:
    """The penalty, which is not charged then; and what is granted when the plan is completed."""
    granted = Payment(
        payment_id="P-waiver",
        received_on=AS_OF,
        amount_minor=plan.waiver_minor - plan.penalty_minor,
        kind="waiver",
    )
    statement = draw_statement(
        terms.model_copy(update={"payments": [*terms.payments, granted]}), AS_OF
    )
    taken = statement.allocations[-1]
    return taken.model_copy(update={"penalty_minor": plan.penalty_minor})


def test_example_is_computed(repository: Path, policy: Policy) -> None:
    """Instalments, payment, statement, waiver, charge and parts."""
    assert policy.plan.rate_cap is not None
    terms = _terms(policy.plan.rate_cap.value)
    statement = draw_statement(terms, AS_OF)
    plan = build_plan(
        statement.overdue.total_minor,
        Proposal(instalments=3, first_due_on=date(2026, 3, 25), waiver_minor=2_000),
        Capacity(monthly_income_minor=900_000, monthly_expense_minor=300_000),
        policy.plan,
        AS_OF,
        statement.penalty_minor,
    )
    lines = [
        *(_row(f"due on {due.due_on}", due) for due in terms.dues),
        _row("payment of 200.00 on 2026-02-20", statement.allocations[0]),
        _row("overdue on 2026-03-20", statement.overdue),
        _row("accrued, not charged", Amounts(penalty_minor=statement.penalty_minor)),
        _row("waiver of 20.00", _taken_by_the_waiver(terms, plan)),
        f"A waiver of 4.00 would leave {(plan.penalty_minor - 400) / 100:.2f} to be charged",
        f"in parts of {', '.join(f'{part.amount_minor / 100:.2f}' for part in plan.parts)}",
        f"sum {plan.total_minor / 100:.2f}",
    ]
    text = " ".join((repository / "docs" / "money.md").read_text(encoding="utf-8").split())
    assert [line for line in lines if " ".join(line.split()) not in text] == []
