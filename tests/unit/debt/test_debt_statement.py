"""The debt statement: components, allocation, penalty; exact, and money is never lost."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from domain.debt.statement import Amounts, Due, Pause, draw_statement, penalty_rate_units
from tests.support.money.debts import FIRST, a_payment, contract

# Allocation


@pytest.mark.parametrize(
    ("order", "amount", "paid"),
    [
        (("penalty", "interest", "principal"), 2_500, (300, 2_000, 200)),
        (("principal", "interest", "penalty"), 18_500, (0, 500, 18_000)),
        (("interest", "penalty", "principal"), 2_100, (100, 2_000, 0)),
    ],
)
def test_contract_says_in_which_order_a_payment_covers(
    order: tuple[str, ...], amount: int, paid: tuple[int, int, int]
) -> None:
    """Within what is overdue: two instalments and a charge; the third is not due."""
    terms = contract(allocation_order=order, payments=[a_payment(amount, date(2026, 2, 20))])
    terms.dues.append(Due(due_on=date(2026, 2, 19), penalty_minor=300))
    [allocation] = draw_statement(terms, date(2026, 2, 20)).allocations
    penalty, interest, principal = paid
    assert allocation.penalty_minor == penalty
    assert allocation.interest_minor == interest
    assert allocation.principal_minor == principal


def test_oldest_instalment_first_then_what_falls_due_next_then_nothing() -> None:
    """What nothing is left for is overpaid, and said."""
    day = date(2026, 1, 11)  # the first one is overdue
    terms = contract(payments=[a_payment(10_500, day, 1), a_payment(20_000, day, 2)])
    statement = draw_statement(terms, day)
    first, second = statement.allocations
    assert (first.interest_minor, first.principal_minor) == (1_500, 9_000)
    assert (second.total_minor, second.overpaid_minor) == (19_500, 500)
    assert statement.outstanding == Amounts()


def test_what_falls_due_today_is_not_overdue() -> None:
    """It is from tomorrow on."""
    terms = contract()
    assert draw_statement(terms, FIRST).overdue == Amounts()
    tomorrow = draw_statement(terms, FIRST + timedelta(days=1))
    assert tomorrow.overdue == Amounts(interest_minor=1_000, principal_minor=9_000)
    assert tomorrow.outstanding == Amounts(interest_minor=3_000, principal_minor=27_000)


@pytest.mark.parametrize("order", [["penalty"], ["penalty", "interest", "interest"], ["x"]])
def test_order_names_each_component_once(order: list[str]) -> None:
    """A contract that says something else is not read."""
    with pytest.raises(ValidationError, match="allocation_order"):
        contract(allocation_order=order)


# Penalty


def test_penalty_runs_from_the_day_after_on_overdue_principal() -> None:
    """Simple, actual/365, rounded down: 12 % of 90.00 is 2.958904… minor units a day."""
    by_day = {0: 0, 1: 2, 2: 5, 3: 8, 31: 91, 32: 97}  # from the 32nd on for two instalments
    for days, penalty in by_day.items():
        statement = draw_statement(contract(), FIRST + timedelta(days=days))
        assert statement.penalty_minor == penalty
        assert statement.outstanding.total_minor == 30_000  # owed only once it is charged


def test_payment_of_a_day_stops_the_penalty_of_the_next() -> None:
    """The day of the payment still counts."""
    terms = contract(payments=[a_payment(10_000, FIRST + timedelta(days=2))])
    assert draw_statement(terms, FIRST + timedelta(days=30)).penalty_minor == 5


def test_opening_balance_was_paid_when_due() -> None:
    """The tape does not say when: no penalty for that time."""
    opening = a_payment(10_000, FIRST + timedelta(days=60), kind="opening")
    statement = draw_statement(contract(payments=[opening]), FIRST + timedelta(days=31))
    assert (statement.penalty_minor, statement.overdue) == (0, Amounts())


def test_no_penalty_runs_while_an_agreement_is_in_force() -> None:
    """Nor for a day that was charged or waived before."""
    pause = Pause(after=FIRST + timedelta(days=2), until=FIRST + timedelta(days=20))
    terms = contract(pauses=[pause])
    penalties = [
        draw_statement(terms, FIRST + timedelta(days=days)).penalty_minor for days in (2, 3, 20, 21)
    ]
    assert penalties == [5, 5, 5, 8]
    settled = terms.model_copy(update={"settled_penalty_minor": 5})
    assert draw_statement(settled, FIRST + timedelta(days=21)).penalty_minor == 3
    settled = terms.model_copy(update={"settled_penalty_minor": 50})
    assert draw_statement(settled, FIRST + timedelta(days=21)).penalty_minor == 0


def test_shortfall_that_is_rounding_bears_no_penalty() -> None:
    """As it is no arrears."""
    payment = a_payment(9_990, FIRST)
    for tolerance, penalty in ((9, 0), (10, 0)):
        terms = contract(payments=[payment], tolerance_minor=tolerance)
        assert draw_statement(terms, FIRST + timedelta(days=31)).penalty_minor == penalty
    terms = contract(payments=[payment])
    assert draw_statement(terms, FIRST + timedelta(days=31)).penalty_minor == 0
    terms = contract(payments=[a_payment(5_000, FIRST)], tolerance_minor=4_999)
    assert draw_statement(terms, FIRST + timedelta(days=31)).penalty_minor == 50


@pytest.mark.parametrize(
    ("annual", "penalty", "cap", "units"),
    [
        ("10", "12", 2400, 120_000),
        ("14.07", "12", 2400, 99_300),  # 24 % less 14.07 %
        ("24", "12", 2400, 0),
        ("30", "12", 2400, 0),
        ("10", None, 2400, 0),
        ("10", "12", None, 0),  # a policy without a cap allows none
    ],
)
def test_all_rates_together_stay_within_the_cap(
    annual: str, penalty: str | None, cap: int | None, units: int
) -> None:
    """The contract's rate is part of it."""
    terms = contract(
        annual_rate_percent=annual, penalty_rate_percent=penalty, rate_cap_basis_points=cap
    )
    assert penalty_rate_units(terms) == units


@pytest.mark.parametrize(
    ("waiver", "parts"), [(0, (0, 0, 0)), (7, (7, 0, 0)), (15, (10, 5, 0)), (99, (10, 20, 30))]
)
def test_waiver_takes_the_penalty_first(waiver: int, parts: tuple[int, int, int]) -> None:
    """Then interest, then principal; never more than there is."""
    dues = [
        Due(due_on=FIRST, interest_minor=20, principal_minor=30),
        Due(due_on=FIRST, penalty_minor=10),
    ]
    granted = a_payment(waiver, FIRST + timedelta(days=1), kind="waiver")
    order = ("principal", "interest", "penalty")  # of the contract, for what is paid
    terms = contract(dues=dues, payments=[granted], allocation_order=order)
    [taken] = draw_statement(terms, FIRST + timedelta(days=1)).allocations
    assert (taken.penalty_minor, taken.interest_minor, taken.principal_minor) == parts
    assert taken.overpaid_minor == max(waiver - 60, 0)
