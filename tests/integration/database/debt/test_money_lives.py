"""Owed is due + charges − paid − granted, in whatever order money, holds and offers come."""

import os

from hypothesis import given, settings

from database.audit import Audit
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.money.lives import STEPS, MoneyLife, Step, loan_number
from tests.support.record import Record
from tests.support.world import open_case_of

LIVES = int(os.environ.get("MONEY_LIVES", "25"))  # a fifth of a second each
VISIT = (
    "INSERT INTO visits (visit_id, case_id, loan_id, address_id, status, applicant, applicant_id,"
    " requested_at, visit_code, identity_verified, reported_at, outcome, ended_at)"
    " VALUES ($1, $2, $3, $4, 'completed', 'borrower', 'B', $5, '123456', true, $5, 'agreed', $5)"
)
SEEN = (
    "SELECT count(*) FILTER (WHERE status = 'completed') AS completed,"
    " count(*) FILTER (WHERE status = 'broken') AS broken, sum(reinstated) AS reinstated,"
    " (SELECT count(*) FROM payments WHERE kind = 'waiver') AS granted FROM agreements"
)


async def _live(pool: Pool, policy: Policy, number: int, steps: list[Step]) -> None:
    loan = loan_number(number)
    record = Record(pool, policy, loan, await open_case_of(loan, pool, policy, days_past_due=95))
    rate = "UPDATE loans SET penalty_rate_percent = $2 WHERE loan_id = $1"
    await pool.execute(rate, loan.loan_id, number % 3 * 6)
    await pool.execute(
        VISIT, record.visit_id, record.case_id, loan.loan_id, loan.address_id, record.now
    )
    life = MoneyLife(record)
    for taken, step in enumerate(steps, start=1):
        await life.take(step)
        try:
            await life.check()
        except AssertionError as error:
            raise AssertionError(f"after {steps[:taken]}: {error}") from error


async def test_sums_agree_whatever_happens(pool: Pool, policy: Policy) -> None:
    """By the ledger, the statement, the plan and the messages alike, after each step."""
    lives: list[list[Step]] = []

    @settings(max_examples=LIVES, database=None, derandomize=True)
    @given(STEPS)
    def collect(steps: list[Step]) -> None:
        lives.append(steps)

    collect()
    for number, steps in enumerate(lives):
        await _live(pool, policy, number, steps)
    now = await pool.fetchval("SELECT max(ended_at) + interval '1 year' FROM agreements")
    assert await Audit(pool).breaches_of("G7", now) == []
    seen = await pool.fetchrow(SEEN)
    assert seen is not None
    assert all(seen.values()), seen  # not one of them has passed for want of a case
