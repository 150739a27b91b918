"""Where what a plan had put off falls due, when the plan is fulfilled at the end of a month."""

from datetime import date

import pytest

from database.sql import SQL, Pool
from tests.support.world import Loan, insert_loan

FIRST = "SELECT due_on FROM loan_instalments WHERE number = 1"
LOAN = Loan(first_due_on=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("day", "due_on"),
    [
        (date(2026, 1, 30), date(2026, 1, 31)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 27), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 4, 30), date(2026, 5, 31)),
    ],
)
async def test_first_is_due_after_that_day(pool: Pool, day: date, due_on: date) -> None:
    """Not on it: it would be overdue the day after, and a case of its own."""
    await insert_loan(pool, LOAN)
    await pool.execute("UPDATE loan_instalments SET put_off_from = due_on WHERE number > 0")
    await SQL.resume_instalments(pool, loan_id=LOAN.loan_id, now=LOAN.local(day))
    assert await pool.fetchval(FIRST) == due_on


async def test_plan_that_put_nothing_off_forgets_what_an_earlier_one_had(pool: Pool) -> None:
    """Should its payment bounce, nothing is moved back to where it was before that one."""
    await insert_loan(pool, LOAN)
    await pool.execute("UPDATE loan_instalments SET resumed_from = due_on - 100")
    await SQL.resume_instalments(pool, loan_id=LOAN.loan_id, now=LOAN.local(date(2027, 3, 1)))
    await SQL.take_back_resumed(pool, loan_id=LOAN.loan_id)
    assert await pool.fetchval(FIRST) == date(2026, 1, 31)
