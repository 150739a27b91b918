"""The debt statement: components, allocation, penalty; exact, and money is never lost."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import add_months
from domain.debt.amortisation import amortise
from domain.debt.statement import (
    Amounts,
    Component,
    DebtTerms,
    Due,
    Pause,
    Payment,
    draw_statement,
    penalty_rate_units,
    split_waiver,
)
from domain.plan.plan import split_evenly

FIRST = date(2026, 1, 10)
AMOUNTS = st.integers(1, 100_000)
ORDERS = st.permutations(list(Component)).map(tuple)


def _terms(**values: object) -> DebtTerms:
    """Three instalments of 100.00, of which 10.00 are interest; a penalty of 12 % a year."""
    dues = [
        Due(due_on=add_months(FIRST, number), interest_minor=1_000, principal_minor=9_000)
        for number in range(3)
    ]
    return DebtTerms.model_validate(
        {
            "annual_rate_percent": "10",
            "penalty_rate_percent": "12",
            "rate_cap_basis_points": 2400,
            "dues": dues,
            **values,
        }
    )


def _paid(amount: int, day: date, number: int = 1, kind: str = "payment") -> Payment:
    return Payment(payment_id=f"P-{number}", received_on=day, amount_minor=amount, kind=kind)


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
        _paid(
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


# Amortisation


@pytest.mark.parametrize(
    ("principal", "rate", "amounts", "parts"),
    [
        # An annuity: the interest of the first month is 1 % of 1,000.00.
        (
            100_000,
            "12",
            [34_002] * 3,
            [(33_002, 1_000), (33_332, 670), (33_666, 336)],
        ),
        (100, "0", [34, 33, 33], [(34, 0), (33, 0), (33, 0)]),
        # More than is owed: the rest is interest of the last ones.
        (100, "0", [60, 60, 60], [(60, 0), (40, 20), (0, 60)]),
        # Too small for its interest: the last ones have less of it, the principal is whole.
        (1_000, "120", [500, 600], [(400, 100), (600, 0)]),
        (100, "600", [10, 10], [(10, 0), (10, 0)]),  # less than the principal altogether
        (50, "12", [50, 1], [(49, 1), (1, 0)]),  # half a minor unit is one
    ],
)
def test_instalments_are_amortised(
    principal: int, rate: str, amounts: list[int], parts: list[tuple[int, int]]
) -> None:
    """Exact sums, whatever the instalments of a real tape look like."""
    assert amortise(principal, Decimal(rate), amounts) == parts


@given(
    st.integers(1, 10**9),
    st.decimals(0, 999, places=4),
    st.lists(st.integers(1, 10**8), min_size=1, max_size=60),
)
def test_amortisation_is_whole(principal: int, rate: Decimal, amounts: list[int]) -> None:
    """Parts sum to each instalment, principal parts to the principal, nothing is negative."""
    parts = amortise(principal, rate, amounts)
    assert [sum(part) for part in parts] == amounts
    assert min(min(part) for part in parts) >= 0
    assert sum(part.principal_minor for part in parts) == min(principal, sum(amounts))


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
    terms = _terms(allocation_order=order, payments=[_paid(amount, date(2026, 2, 20))])
    terms.dues.append(Due(due_on=date(2026, 2, 19), penalty_minor=300))
    [allocation] = draw_statement(terms, date(2026, 2, 20)).allocations
    penalty, interest, principal = paid
    assert allocation.penalty_minor == penalty
    assert allocation.interest_minor == interest
    assert allocation.principal_minor == principal


def test_oldest_instalment_first_then_what_falls_due_next_then_nothing() -> None:
    """What nothing is left for is overpaid, and said."""
    day = date(2026, 1, 11)  # the first one is overdue
    terms = _terms(payments=[_paid(10_500, day, 1), _paid(20_000, day, 2)])
    statement = draw_statement(terms, day)
    first, second = statement.allocations
    assert (first.interest_minor, first.principal_minor) == (1_500, 9_000)
    assert (second.total_minor, second.overpaid_minor) == (19_500, 500)
    assert statement.outstanding == Amounts()


def test_what_falls_due_today_is_not_overdue() -> None:
    """It is from tomorrow on."""
    terms = _terms()
    assert draw_statement(terms, FIRST).overdue == Amounts()
    tomorrow = draw_statement(terms, FIRST + timedelta(days=1))
    assert tomorrow.overdue == Amounts(interest_minor=1_000, principal_minor=9_000)
    assert tomorrow.outstanding == Amounts(interest_minor=3_000, principal_minor=27_000)


@pytest.mark.parametrize("order", [["penalty"], ["penalty", "interest", "interest"], ["x"]])
def test_order_names_each_component_once(order: list[str]) -> None:
    """A contract that says something else is not read."""
    with pytest.raises(ValidationError, match="allocation_order"):
        _terms(allocation_order=order)


# Penalty


def test_penalty_runs_from_the_day_after_on_overdue_principal() -> None:
    """Simple, actual/365, rounded down: 12 % of 90.00 is 2.958904… minor units a day."""
    by_day = {0: 0, 1: 2, 2: 5, 3: 8, 31: 91, 32: 97}  # from the 32nd on for two instalments
    for days, penalty in by_day.items():
        statement = draw_statement(_terms(), FIRST + timedelta(days=days))
        assert statement.penalty_minor == penalty
        assert statement.outstanding.total_minor == 30_000  # owed only once it is charged


def test_payment_of_a_day_stops_the_penalty_of_the_next() -> None:
    """The day of the payment still counts."""
    terms = _terms(payments=[_paid(10_000, FIRST + timedelta(days=2))])
    assert draw_statement(terms, FIRST + timedelta(days=30)).penalty_minor == 5


def test_opening_balance_was_paid_when_due() -> None:
    """The tape does not say when: no penalty for that time."""
    opening = _paid(10_000, FIRST + timedelta(days=60), kind="opening")
    statement = draw_statement(_terms(payments=[opening]), FIRST + timedelta(days=31))
    assert (statement.penalty_minor, statement.overdue) == (0, Amounts())


def test_no_penalty_runs_while_an_agreement_is_in_force() -> None:
    """Nor for a day that was charged or waived before."""
    pause = Pause(after=FIRST + timedelta(days=2), until=FIRST + timedelta(days=20))
    terms = _terms(pauses=[pause])
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
    payment = _paid(9_990, FIRST)
    for tolerance, penalty in ((9, 0), (10, 0)):
        terms = _terms(payments=[payment], tolerance_minor=tolerance)
        assert draw_statement(terms, FIRST + timedelta(days=31)).penalty_minor == penalty
    terms = _terms(payments=[payment])
    assert draw_statement(terms, FIRST + timedelta(days=31)).penalty_minor == 0
    terms = _terms(payments=[_paid(5_000, FIRST)], tolerance_minor=4_999)
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
    terms = _terms(
        annual_rate_percent=annual, penalty_rate_percent=penalty, rate_cap_basis_points=cap
    )
    assert penalty_rate_units(terms) == units


@pytest.mark.parametrize(
    ("waiver", "parts"), [(0, (0, 0, 0)), (7, (7, 0, 0)), (15, (10, 5, 0)), (99, (10, 20, 30))]
)
def test_waiver_takes_the_penalty_first(waiver: int, parts: tuple[int, int, int]) -> None:
    """Then interest, then principal; never more than there is."""
    owed = Amounts(penalty_minor=10, interest_minor=20, principal_minor=30)
    assert tuple(split_waiver(waiver, owed).model_dump().values()) == parts


# Whatever the contract and the payments


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


# In volume

SPLITS, STATEMENTS = 2_000_000, 5_000


def _numbers(seed: str) -> Iterator[int]:
    """The same pseudo-random 32-bit numbers in every run, without end."""
    block = 0
    while True:
        digest = hashlib.shake_128(f"{seed}:{block}".encode()).digest(400_000)
        yield from memoryview(digest).cast("I")
        block += 1


def test_two_million_splits_are_exact() -> None:
    """Up to twenty-four parts of up to four thousand million minor units."""
    numbers = _numbers("splits")
    for _ in range(SPLITS):
        count, amount = 1 + next(numbers) % 24, next(numbers)
        parts = split_evenly(amount, count)
        if sum(parts) != amount or len(parts) != count or not 0 <= parts[0] - parts[-1] <= 1:
            pytest.fail(f"{amount} in {count}: {parts}")


def test_thousands_of_statements_conserve_money() -> None:
    """Amortised loans of one to three years with payments at any time."""
    numbers = _numbers("statements")
    for _ in range(STATEMENTS):
        terms, as_of = _loan(numbers), FIRST + timedelta(days=next(numbers) % 700)
        statement = draw_statement(terms, as_of)
        owed = sum(due.total_minor for due in terms.dues)
        paid = sum(each.total_minor for each in statement.allocations)
        over = sum(each.overpaid_minor for each in statement.allocations)
        received = sum(p.amount_minor for p in terms.payments if p.received_on <= as_of)
        if owed - paid != statement.outstanding.total_minor or paid + over != received:
            pytest.fail(f"{terms} as of {as_of}: {statement}")


def _loan(numbers: Iterator[int]) -> DebtTerms:
    term = 12 * (1 + next(numbers) % 3)
    amount = 1_000 + next(numbers) % 1_000_000
    parts = amortise(amount * term * 9 // 10, Decimal("14.07"), [amount] * term)
    return DebtTerms(
        annual_rate_percent=Decimal("14.07"),
        penalty_rate_percent=Decimal(7),
        rate_cap_basis_points=2400,
        dues=[
            Due(due_on=add_months(FIRST, number), **part._asdict())
            for number, part in enumerate(parts)
        ],
        payments=[
            _paid(1 + next(numbers) % (2 * amount), FIRST + timedelta(days=next(numbers) % 700), n)
            for n in range(next(numbers) % 12)
        ],
    )
