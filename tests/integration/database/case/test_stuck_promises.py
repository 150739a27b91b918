"""A promise is stuck where the case should have decided on it, and nowhere else."""

from datetime import timedelta

import pytest

from database.case.daily import read_today
from database.sql import Pool
from tests.support.world import Loan, OpenCase

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)


@pytest.mark.parametrize(
    ("stage", "held_until", "is_stuck"),
    [
        ("early_contact", 30, True),
        ("approval", 30, False),  # nobody waits for it there
        ("early_contact", 1, False),  # its grace began anew
    ],
)
async def test_promise_that_nobody_decides_on(
    pool: Pool, open_case: OpenCase, stage: str, held_until: int, *, is_stuck: bool
) -> None:
    """Neither while a visit waits for its approval, nor when a hold has just ended."""
    await open_case(LOAN)
    await pool.execute("UPDATE collection_cases SET stage = $1", stage)
    await pool.execute(
        "INSERT INTO promises (promise_id, case_id, loan_id, amount_minor, due_on, made_at)"
        " SELECT 'P', case_id, loan_id, 5, $1, $2 FROM collection_cases",
        LOAN.on(NOW) - timedelta(days=40),
        NOW - timedelta(days=45),
    )
    await pool.execute(
        "INSERT INTO holds (hold_id, loan_id, borrower_id, reason, placed_at, released_at)"
        " SELECT 'H', loan_id, borrower_id, 'dispute', $1, $2 FROM loans",
        NOW - timedelta(days=60),
        NOW - timedelta(days=held_until),
    )
    stuck = (await read_today(pool, NOW)).stuck
    assert any("neither kept nor broken" in each.what for each in stuck) is is_stuck
