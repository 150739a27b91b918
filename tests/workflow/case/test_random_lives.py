"""Lives in which anything comes at any moment: none is stuck, none goes round, all sums agree.

`RANDOM_LIVES=100 FIRST_LIFE=1000` lives more of them, and others. What every life of the suite is
held against holds here, too: the pace of its events, its state from the record, and the audit.
"""

import os
from datetime import timedelta

import pytest

from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.lives.random_life import RandomLife

FIRST = int(os.environ.get("FIRST_LIFE", "0"))
LIVES = range(FIRST, FIRST + int(os.environ.get("RANDOM_LIVES", "4")))
MOMENTS = 40
DAYS_TO_END = 10  # a closing notice waits for a hold, for one


async def _require_sums(life: Life) -> None:
    """Owed is what fell due or will, and was charged, less what was paid and granted."""
    [sums] = await life.fetch(
        "SELECT l.outstanding_minor AS on_loan, d.outstanding_minor AS in_debt, greatest("
        " (SELECT sum(amount_minor) FROM loan_instalments WHERE loan_id = l.loan_id)"
        " + (SELECT coalesce(sum(amount_minor), 0) FROM loan_charges WHERE loan_id = l.loan_id)"
        " - (SELECT coalesce(sum(amount_minor), 0) FROM payments"
        "    WHERE loan_id = l.loan_id AND reversed_at IS NULL), 0) AS by_hand"
        " FROM loans l CROSS JOIN LATERAL loan_debt(l.loan_id, $2) d WHERE l.loan_id = $1",
        life.loan.loan_id,
        life.loan.on(await life.now()),
    )
    assert sums["on_loan"] == sums["in_debt"] == sums["by_hand"], sums


async def _require_end(life: Life) -> None:
    """Whatever has come to pass, a case that is taken back ends."""
    await life.accepted("case_closed", outcome="withdrawn", reason="the end of the test")
    await life.skip(timedelta(days=DAYS_TO_END))
    await life.outcome()


@pytest.mark.parametrize("number", LIVES)
async def test_anything_may_come_at_any_moment(start_life: StartLife, number: int) -> None:
    """Up to three things at each of many moments, at night and in holds as well."""
    life = await start_life(RIPE, tried=True)
    chance = RandomLife(life, number)
    try:
        await chance.begin()
        goes_on = await chance.live(MOMENTS)
        await _require_sums(life)
        if goes_on:
            await _require_end(life)
        else:
            await life.skip(timedelta(days=DAYS_TO_END))
    except BaseException as error:
        error.add_note("\n".join(chance.said[-30:]))
        raise
