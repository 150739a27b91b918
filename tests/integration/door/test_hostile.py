"""Many hostile requests at once: none is an error of ours, what is accepted counts once."""

import asyncio
from collections import Counter

from database.audit import Audit
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.door.doors import a_door, now_in_utc
from tests.support.door.hostile import KINDS, send
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

REQUESTS = 25 * KINDS
AT_ONCE = 50


async def test_flood_breaks_nothing(pool: Pool, policy: Policy) -> None:
    """Shapes, headers, signatures, replays: of each kind as many; then the same once more."""
    await insert_loan(pool, Loan("L-1001"))
    answers: Counter[int] = Counter()
    limit = asyncio.Semaphore(AT_ONCE)
    opened = a_door(pool, client_without_runs(), policy, door_events_per_second=1e6)
    async with opened as bank:

        async def ask(number: int) -> None:
            async with limit:
                answers[await send(bank, number)] += 1

        await asyncio.gather(*map(ask, [*range(REQUESTS), *range(REQUESTS)]))
        assert set(answers) <= {200, 202, 400, 401, 404, 409, 413}
    assert await pool.fetchval("SELECT count(*) FROM inbox WHERE answer IS NULL") == 0
    kept = await pool.fetchval("SELECT count(*) FROM inbox")
    assert await pool.fetchval("SELECT count(*) FROM case_events") == kept > 0
    paid = await pool.fetchval("SELECT count(*) FROM payments")
    assert paid == await pool.fetchval("SELECT count(*) FROM case_events WHERE accepted")
    assert not await Audit(pool).broken(now_in_utc())
