"""What holds of a debt statement, whatever the contract and the payments are."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.debt.statement import Amounts, Component, DebtTerms, Due, Pause, draw_statement
from tests.support.money.debts import FIRST, a_payment

ORDERS = st.permutations(list(Component)).map(tuple)


@st.composite
def _any_terms(draw: st.DrawFn) -> DebtTerms:
    dues, day = [], FIRST
    for _ in range(draw(st.integers(1, 6))):
        day += timedelta(days=draw(st.integers(0, 40)))
        amounts = [draw(st.integers(0, 5_000)) for _ in range(2)]
        dues.append(Due(due_on=day, interest_minor=amounts[0], principal_minor=amounts[1]))
    if draw(st.booleans()):
        dues.append(Due(due_on=day, penalty_minor=draw(st.integers(1, 500))))
    payments = [
        a_payment(
            draw(st.integers(1, 8_000)),
            FIRST + timedelta(days=draw(st.integers(-5, 250))),
            number,
            draw(st.sampled_from(["payment", "payment", "opening", "waiver"])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    after = FIRST + timedelta(days=draw(st.integers(0, 200)))
    pauses = draw(
        st.sampled_from(
            [[], [Pause(after=after)], [Pause(after=after, until=after + timedelta(days=30))]]
        )
    )
    return DebtTerms(
        annual_rate_percent=draw(st.sampled_from([Decimal(0), Decimal("14.07"), Decimal(24)])),
        penalty_rate_percent=draw(st.sampled_from([None, Decimal("7.5"), Decimal(30)])),
        rate_cap_basis_points=2400,
        allocation_order=draw(ORDERS),
        tolerance_minor=draw(st.sampled_from([0, 0, 50])),
        dues=dues,
        payments=payments,
        pauses=pauses,
    )


@settings(max_examples=300)
@given(_any_terms(), st.integers(0, 260))
def test_money_is_conserved(terms: DebtTerms, days: int) -> None:
    """Allocations and what was overpaid sum to each payment, and to what is no longer owed."""
    as_of = FIRST + timedelta(days=days)
    statement = draw_statement(terms, as_of)
    amounts = {payment.payment_id: payment.amount_minor for payment in terms.payments}
    for each in statement.allocations:
        assert each.total_minor + each.overpaid_minor == amounts[each.payment_id]
        assert min(each.penalty_minor, each.interest_minor, each.principal_minor) >= 0
        assert each.overpaid_minor >= 0
    owed = sum(due.total_minor for due in terms.dues)
    covered = sum(each.total_minor for each in statement.allocations)
    assert statement.outstanding.total_minor == owed - covered
    received = sum(amounts[each.payment_id] for each in statement.allocations)
    overdue = sum(due.total_minor for due in terms.dues if due.due_on < as_of)
    assert statement.overdue.total_minor == max(overdue - received, 0)
    for name in Amounts.model_fields:
        assert 0 <= getattr(statement.overdue, name) <= getattr(statement.outstanding, name)


@settings(max_examples=300)
@given(_any_terms(), st.integers(0, 260))
def test_debt_grows_without_payments(terms: DebtTerms, days: int) -> None:
    """From one day to the next nothing that is overdue, and no penalty, becomes less."""
    as_of = FIRST + timedelta(days=days)
    quiet = terms.model_copy(
        update={"payments": [paid for paid in terms.payments if paid.received_on <= as_of]}
    )
    today = draw_statement(quiet, as_of)
    tomorrow = draw_statement(quiet, as_of + timedelta(days=1))
    assert tomorrow.overdue.total_minor >= today.overdue.total_minor
    assert tomorrow.outstanding == today.outstanding
    assert tomorrow.penalty_minor >= today.penalty_minor


@settings(max_examples=200)
@given(_any_terms())
def test_order_of_payments_on_one_day_is_no_matter(terms: DebtTerms) -> None:
    """Nor in which order the record tells of them."""
    day = FIRST + timedelta(days=45)
    same_day = [paid.model_copy(update={"received_on": day}) for paid in terms.payments]
    renamed = [
        paid.model_copy(update={"payment_id": f"P-{99 - number}"})
        for number, paid in enumerate(same_day)
    ]
    as_of = day + timedelta(days=30)
    one = draw_statement(terms.model_copy(update={"payments": same_day}), as_of)
    other = draw_statement(terms.model_copy(update={"payments": renamed[::-1]}), as_of)
    assert (one.overdue, one.outstanding) == (other.overdue, other.outstanding)
    assert one.penalty_minor == other.penalty_minor
