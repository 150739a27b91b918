"""SQL and Python agree on what is owed, whatever the schedule and the payments."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from database.sql import Connection, Pool


class Schedule(NamedTuple):
    """A loan's instalments and payments, in days from a first day."""

    instalments: list[tuple[int, int]]  # days after the last one, amount
    payments: list[tuple[int, bool]]  # amount, reversed
    tolerance: int
    asked_after: int


class Debt(NamedTuple):
    oldest_unpaid_due_on: date | None
    arrears_minor: int
    outstanding_minor: int


FIRST_DAY = date(2026, 1, 1)
NOW = datetime(2026, 4, 20, 4, tzinfo=UTC)
AMOUNTS = st.integers(min_value=1, max_value=1000)
SCHEDULES = st.builds(
    Schedule,
    instalments=st.lists(st.tuples(st.integers(0, 40), AMOUNTS), min_size=1, max_size=8),
    payments=st.lists(st.tuples(AMOUNTS, st.booleans()), max_size=8),
    tolerance=st.sampled_from([0, 0, 1, 100]),
    asked_after=st.integers(0, 300),
)


def _debt(schedule: Schedule) -> Debt:
    """What is owed, paid off instalment by instalment."""
    today = FIRST_DAY + timedelta(days=schedule.asked_after)
    paid = sum(amount for amount, is_reversed in schedule.payments if not is_reversed)
    left, due_on, oldest = paid, FIRST_DAY, None
    overdue = outstanding = -paid
    for days, amount in schedule.instalments:
        due_on += timedelta(days=days)
        left -= amount
        if oldest is None and -left > schedule.tolerance:
            oldest = due_on
        outstanding += amount
        if due_on < today:
            overdue += amount
    return Debt(
        oldest,
        overdue if overdue > schedule.tolerance else 0,
        outstanding if outstanding > schedule.tolerance else 0,
    )


async def _put_in(connection: Connection, loan_id: str, schedule: Schedule) -> None:
    await connection.execute(
        "INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,"
        " annual_rate_percent, term_months, arrears_tolerance_minor)"
        " VALUES ($1, 'B', 'test-lender', 'CNY', 1, 0, 1, $2)",
        loan_id,
        schedule.tolerance,
    )
    due_on, rows = FIRST_DAY, []
    for number, (days, amount) in enumerate(schedule.instalments):
        due_on += timedelta(days=days)
        rows.append((loan_id, number + 1, due_on, amount))
    await connection.executemany("INSERT INTO loan_instalments VALUES ($1, $2, $3, $3, $4)", rows)
    await connection.executemany(
        "INSERT INTO payments VALUES ($1, $2, $3, 'payment', $4, $4, NULL, 'test')",
        [
            (f"{loan_id}-{number}", loan_id, amount, NOW)
            for number, (amount, _) in enumerate(schedule.payments)
        ],
    )
    await connection.executemany(
        "UPDATE payments SET reversed_at = $2 WHERE payment_id = $1",
        [
            (f"{loan_id}-{number}", NOW)
            for number, (_, is_reversed) in enumerate(schedule.payments)
            if is_reversed
        ],
    )


async def test_sql_and_python_agree_on_what_is_owed(pool: Pool) -> None:
    """Over hundreds of schedules: oldest unpaid date, arrears, outstanding."""
    schedules: list[Schedule] = []

    @settings(max_examples=300, database=None)
    @given(SCHEDULES)
    def collect(schedule: Schedule) -> None:
        schedules.append(schedule)

    collect()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO borrowers VALUES ('B', 'x', 'zh', 'UTC')")
        for number, schedule in enumerate(schedules):
            await _put_in(connection, f"L-{number}", schedule)
        for number, schedule in enumerate(schedules):
            row = await connection.fetchrow(
                "SELECT * FROM loan_debt($1, $2)",
                f"L-{number}",
                FIRST_DAY + timedelta(days=schedule.asked_after),
            )
            assert row is not None
            assert Debt(*row.values()) == _debt(schedule)


async def test_reversal_and_payment_at_once_are_both_counted(pool: Pool) -> None:
    """Whichever comes second waits, and then sees the other."""
    async with pool.acquire() as one, pool.acquire() as other:
        await one.execute("INSERT INTO borrowers VALUES ('B', 'x', 'zh', 'UTC')")
        await _put_in(one, "L", Schedule([(0, 100), (30, 100)], [(100, False)], 0, 0))
        reversing = one.transaction()
        await reversing.start()
        await one.execute("UPDATE payments SET reversed_at = $1", NOW)
        paying = asyncio.create_task(
            other.execute(
                "INSERT INTO payments VALUES ('P', 'L', 100, 'payment', $1, $1, NULL, 'x')", NOW
            )
        )
        await _until_somebody_waits(pool)
        await reversing.commit()
        await paying
        oldest = await one.fetchval("SELECT oldest_unpaid_due_on FROM loans")
        assert oldest == FIRST_DAY + timedelta(days=30)


async def _until_somebody_waits(pool: Pool) -> None:
    waiting = "SELECT FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(10):
        while await pool.fetchrow(waiting) is None:
            pass
