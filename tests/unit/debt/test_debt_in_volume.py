"""Splits and debt statements by the million and by the thousand: money is never lost."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.calendar import add_months
from domain.debt.amortisation import amortise
from domain.debt.statement import DebtTerms, Due, draw_statement
from domain.plan.plan import split_evenly
from tests.support.money.debts import FIRST, a_payment

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
            a_payment(
                1 + next(numbers) % (2 * amount), FIRST + timedelta(days=next(numbers) % 700), n
            )
            for n in range(next(numbers) % 12)
        ],
    )
