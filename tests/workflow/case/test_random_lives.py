"""Lives in which anything comes at any moment: none is stuck, none goes round, all sums agree.

`RANDOM_LIVES=100 FIRST_LIFE=1000` lives more of them, and others. What every life of the suite is
held against holds here, too: the pace of its events, its state from the record, and the audit.
"""

import os
from datetime import timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode

from database.sql import open_pool
from domain.policy.policy import Policy
from embedded.postgres import EmbeddedPostgres
from tests.support.databases import fresh_database
from tests.support.gateways import simulated_gateways
from tests.support.lives.life import RIPE, Life
from tests.support.lives.lives import Lives
from tests.support.lives.random_life import RandomLife
from tests.support.lives.time_skipping import time_skipping

FIRST = int(os.environ.get("FIRST_LIFE", "0"))
LIVES = range(FIRST, FIRST + int(os.environ.get("RANDOM_LIVES", "4")))
MOMENTS = 40
# The test server now and then takes half of what a worker answers just as a signal comes in, and
# is stuck with it ("invalid history builder state"): such a life is lived once more.
STUCK = RPCStatusCode.CANCELLED
TRIES = 3
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
    answer = await life.deliver("case_closed", outcome="withdrawn", reason="the end of the test")
    assert answer["accepted"] or answer["reason"].startswith("LC-CASE-CLOSED"), answer
    await life.skip(timedelta(days=DAYS_TO_END))
    await life.outcome()


async def _live(life: Life, number: int) -> None:
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


async def _live_alone(postgres: EmbeddedPostgres, policy: Policy, number: int) -> None:
    """On a server and a database of its own."""
    async with (
        time_skipping() as env,
        fresh_database(postgres) as url,
        await open_pool(url) as pool,
        Lives(env, pool, policy, simulated_gateways(pool), recorded_as=f"life-{number}") as lives,
    ):
        await _live(await lives.start(RIPE, tried=True), number)


@pytest.mark.parametrize("number", LIVES)
async def test_anything_may_come_at_any_moment(
    postgres: EmbeddedPostgres, policy: Policy, number: int
) -> None:
    """Up to three things at each of many moments, at night and in holds as well."""
    for _ in range(TRIES - 1):
        try:
            return await _live_alone(postgres, policy, number)
        except RPCError as error:
            if error.status is not STUCK:
                raise
    return await _live_alone(postgres, policy, number)
