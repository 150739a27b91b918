"""A loan that turns overdue in the database is started at once, by the scan's own way."""

import asyncio
from datetime import timedelta

import pytest

from activities.starts_at_once import StartsAtOnce
from database.errors import DatabaseAwayError
from database.notifications import OWED_LOANS, listening
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.case_starters import FakeStarter
from tests.support.world import INSTALMENT, Loan, OpenCase, insert_loan

LOAN = Loan()
NOW = LOAN.at_days_past_due(5)


def _starts(pool: Pool, policy: Policy, starter: FakeStarter) -> StartsAtOnce:
    return StartsAtOnce(pool, starter, policy.version, lambda: NOW, settles_seconds=0)


async def _pay(pool: Pool, payment_id: str = "P-1") -> None:
    await pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ($1, 'L-1', $2, $3, $3, 'test')",
        payment_id,
        INSTALMENT,
        NOW,
    )


async def test_owed_loan_is_heard_once_it_is_committed(pool: Pool) -> None:
    """When it comes, when a payment is taken back; not when something is paid."""
    async with listening(pool, OWED_LOANS) as heard:
        await insert_loan(pool, LOAN)
        assert await heard.next(10, 0) == ["L-1"]
        await _pay(pool)
        await insert_loan(pool, Loan("L-2", "B-2"))
        assert await heard.next(10, 0) == ["L-2"]
        await pool.execute("UPDATE payments SET reversed_at = $1", NOW)
        assert await heard.next(10, 0) == ["L-1"]


async def test_case_with_a_run_is_not_heard_of(pool: Pool, open_case: OpenCase) -> None:
    """Its run is told by the event."""
    await open_case(LOAN)
    async with listening(pool, OWED_LOANS) as heard:
        await _pay(pool)
        await pool.execute("UPDATE payments SET reversed_at = $1", NOW)
        await insert_loan(pool, Loan("L-2", "B-2"))
        assert await heard.next(10, 0) == ["L-2"]


async def test_overdue_loan_starts_and_no_other(pool: Pool, policy: Policy) -> None:
    """One whose first due date is yet to come is the scan's, on its day; a second time is none."""
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    await insert_loan(pool, LOAN)
    await insert_loan(pool, Loan("L-2", "B-2", first_due_on=LOAN.first_due_on + timedelta(30)))
    await insert_loan(pool, Loan("L-3", "B-3"))  # nobody has named it
    starter = FakeStarter()
    starts = _starts(pool, policy, starter)
    assert (await starts.start(["L-1", "L-2", "L-x"])).started == 1
    again = await starts.start(["L-1"])
    assert (again.started, again.already_running) == (0, 1)
    assert await pool.fetchval("SELECT count(*) FROM collection_cases") == 1


async def test_worker_starts_what_turns_overdue(pool: Pool, policy: Policy) -> None:
    """While it runs, without any scan."""
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    came = asyncio.Event()

    class Starter(FakeStarter):
        async def start_case(self, case: object) -> bool:
            came.set()
            return True

    work = asyncio.create_task(_starts(pool, policy, Starter()).run())
    listens = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    # Idle: it does so by now, and is not about to.
    while not await pool.fetchval(f"{listens} AND state = 'idle' AND datname = current_database()"):
        pass
    await insert_loan(pool, LOAN)
    await came.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_lost_connection_is_noticed(pool: Pool) -> None:
    """At once, also when it is lost while nobody waits; meanwhile the scan sees to everything."""
    listens = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    async with listening(pool, OWED_LOANS) as heard:
        await pool.execute(f"SELECT pg_terminate_backend(pid) {listens}")
        while await pool.fetchval(f"SELECT count(*) {listens}"):
            pass
        await asyncio.sleep(0)  # what has come is seen by now
        async with asyncio.timeout(5):
            with pytest.raises(DatabaseAwayError):
                await heard.next(10, 0)
