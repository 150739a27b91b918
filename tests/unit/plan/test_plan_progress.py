"""How far a plan has come: the maths of part payments, overpayments and reversals."""

from datetime import date
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months
from domain.plan.plan import build_plan, split_evenly
from domain.plan.progress import Part, PlanProgress
from tests.support.money.plans import RICH, RULES, TODAY, proposed

AMOUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


def _progress(amounts: list[int], paid_minor: int) -> PlanProgress:
    parts = [
        Part(number=number, due_on=add_months(date(2026, 5, 10), number), amount_minor=amount)
        for number, amount in enumerate(amounts, start=1)
    ]
    return PlanProgress(parts=parts, paid_minor=paid_minor)


@given(AMOUNTS, st.integers(-(10**9), 7 * 10**10))
def test_rest_of_the_part_and_what_comes_later_are_the_rest_of_the_plan(
    amounts: list[int], paid: int
) -> None:
    """To the minor unit, whatever was paid; nothing is left exactly when the total is reached."""
    progress = _progress(amounts, paid)
    part = progress.next_part
    assert (part is None) == (progress.rest_minor == 0) == (paid >= sum(amounts))
    if part is not None:
        assert part.rest_minor + part.later_minor == progress.rest_minor == sum(amounts) - paid
        assert part.rest_minor > 0
        assert paid < 0 or part.rest_minor <= part.amount_minor


@given(AMOUNTS, st.lists(st.integers(1, 10**9), max_size=20))
def test_order_of_payments_is_no_matter(amounts: list[int], payments: list[int]) -> None:
    """Only their sum counts; each brings the plan on, never back."""
    numbers = []
    for paid in accumulate(payments, initial=0):
        part = _progress(amounts, paid).next_part
        numbers.append(len(amounts) + 1 if part is None else part.number)
    assert numbers == sorted(numbers)
    assert _progress(amounts, sum(payments)) == _progress(amounts, sum(reversed(payments)))


def test_part_payment_leaves_the_rest_of_the_part() -> None:
    """34, 33, 33: paid 40, the second lacks 27, and 33 come later."""
    part = _progress(split_evenly(100, 3), 40).next_part
    assert part is not None
    assert (part.number, part.amount_minor, part.rest_minor, part.later_minor) == (2, 33, 27, 33)


def test_overpaid_plan_asks_for_nothing() -> None:
    """The rest is nothing, not less."""
    progress = _progress([10, 10], 25)
    assert (progress.rest_minor, progress.next_part) == (0, None)


def test_reversal_of_what_an_earlier_plan_counted_is_owed_with_the_first_part() -> None:
    """The part's own amount, and that of the payment that was taken back."""
    progress = _progress([10, 10], -4)
    part = progress.next_part
    assert part is not None
    assert (part.number, part.rest_minor, progress.rest_minor) == (1, 14, 24)


def test_next_part_is_the_first_that_payments_do_not_cover() -> None:
    """Whatever the payments were called."""
    plan = build_plan(100, proposed(), RICH, RULES, TODAY)
    assert [part.amount_minor for part in plan.parts] == [34, 33, 33]
    numbers = {0: 1, 33: 1, 34: 2, 66: 2, 67: 3, 99: 3}
    for paid, number in numbers.items():
        part = PlanProgress(parts=plan.parts, paid_minor=paid).next_part
        assert part is not None
        assert part.number == number
    assert PlanProgress(parts=plan.parts, paid_minor=100).next_part is None
