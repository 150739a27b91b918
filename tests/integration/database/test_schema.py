"""What the tables themselves refuse, and that SQL and Python agree on what is owed."""

import asyncio
from datetime import date, timedelta
from typing import Any, NamedTuple

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from database.sql import Connection, Pool
from tests.support.world import Loan, OpenCase

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)


@pytest.fixture
async def case_id(open_case: OpenCase) -> str:
    return await open_case(LOAN, 100)


async def _insert(pool: Pool, table: str, **values: Any) -> None:
    marks = ", ".join(f"${number + 1}" for number in range(len(values)))
    await pool.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 names of ours
        *values.values(),
    )


async def _insert_visit(pool: Pool, case_id: str, visit_id: str = "V-1", **values: Any) -> None:
    row = {
        "visit_id": visit_id,
        "case_id": case_id,
        "loan_id": LOAN.loan_id,
        "address_id": LOAN.address_id,
        "status": "requested",
        "applicant": "collector",
        "applicant_id": "K-1",
        "requested_at": NOW,
        "visit_code": "000000",
    }
    await _insert(pool, "visits", **row | values)


async def _offer(pool: Pool, case_id: str, total: int, *parts: int) -> None:
    """An agreement with its parts, in one transaction."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO agreements (agreement_id, case_id, loan_id, visit_id, plan_id, as_of,"
            " status, total_minor, waiver_minor, document_html, document_pdf, html_sha256,"
            " document_sha256, counted_from, offered_at, expires_at)"
            " VALUES ('G-1', $1, 'L-1', 'V-1', 'P-1', $2, 'offered', $3, 0, 'html', 'pdf',"
            " encode(sha256('html'), 'hex'), encode(sha256('pdf'), 'hex'), $4, $4, $4)",
            case_id,
            NOW.date(),
            total,
            NOW,
        )
        await connection.executemany(
            "INSERT INTO agreement_instalments VALUES ('G-1', $1, $2, $3)",
            [(number + 1, NOW.date(), amount) for number, amount in enumerate(parts)],
        )


async def _insert_event(pool: Pool, case_id: str, *, accepted: bool) -> None:
    await _insert(
        pool,
        "case_events",
        case_id=case_id,
        loan_id="L-1",
        event_id="e",
        name="n",
        source="s",
        occurred_at=NOW,
        received_at=NOW,
        stage="early_contact",
        accepted=accepted,
        body="{}",
        receipt="r",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET accepted = false",
        "DELETE FROM case_events",
        "TRUNCATE case_events",
    ],
)
async def test_events_are_append_only(pool: Pool, case_id: str, statement: str) -> None:
    """What was recorded cannot be changed, removed or emptied."""
    await _insert_event(pool, case_id, accepted=True)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await pool.execute(statement)


async def test_refused_event_needs_a_reason(pool: Pool, case_id: str) -> None:
    """A refusal without its reason cannot be written down."""
    with pytest.raises(asyncpg.CheckViolationError):
        await _insert_event(pool, case_id, accepted=False)


async def test_crew_member_is_booked_once_at_a_time(pool: Pool, case_id: str) -> None:
    """An overlapping booking is refused, unless the first is released; touching ends are fine."""
    await _insert_visit(pool, case_id)

    async def book(slot_id: str, starts_after: int) -> None:
        start = NOW + timedelta(hours=starts_after)
        during = asyncpg.Range(start, start + timedelta(hours=2))
        await _insert(
            pool,
            "visit_crew",
            visit_id="V-1",
            slot_id=slot_id,
            badge_id="C-1",
            slot=during,
            during=during,
        )

    await book("S-1", 0)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await book("S-2", 1)
    await book("S-3", 2)
    await pool.execute("UPDATE visit_crew SET released_at = $1 WHERE slot_id = 'S-1'", NOW)
    await book("S-4", 0)


async def test_agreement_parts_sum_to_its_total(pool: Pool, case_id: str) -> None:
    """Whole or not at all, also when a part is added or changed later."""
    await _insert_visit(pool, case_id)
    for wrong in ([], [60], [60, 41]):
        with pytest.raises(asyncpg.CheckViolationError, match="do not sum"):
            await _offer(pool, case_id, 100, *wrong)
    await _offer(pool, case_id, 100, 60, 40)
    with pytest.raises(asyncpg.CheckViolationError, match="do not sum"):
        await pool.execute("UPDATE agreement_instalments SET amount_minor = 61 WHERE number = 1")
    with pytest.raises(asyncpg.CheckViolationError, match="do not sum"):
        await pool.execute("INSERT INTO agreement_instalments VALUES ('G-1', 3, $1, 1)", NOW.date())


async def test_another_document_cannot_be_signed(pool: Pool, case_id: str) -> None:
    """The signed fingerprint is the offered one."""
    await _insert_visit(pool, case_id)
    await _offer(pool, case_id, 100, 100)
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "UPDATE agreements SET status = 'signed', signed_at = $1, signed_sha256 = $2",
            NOW,
            "1" * 64,
        )


async def test_applicant_cannot_approve(pool: Pool, case_id: str) -> None:
    """Four eyes, in the table itself."""
    with pytest.raises(asyncpg.CheckViolationError):
        await _insert_visit(pool, case_id, approver_id="K-1")


async def test_confirmed_visit_has_a_slot_and_a_notice(pool: Pool, case_id: str) -> None:
    """No visit takes place of which the borrower was not told."""
    approved: dict[str, Any] = {
        "approver_id": "A-1",
        "approved_at": NOW,
        "approval_expires_at": NOW,
    }
    slot: dict[str, Any] = {"slot_id": "S", "slot": asyncpg.Range(NOW, NOW), "confirmed_at": NOW}
    for incomplete in ({}, approved, approved | slot):
        with pytest.raises(asyncpg.CheckViolationError):
            await _insert_visit(pool, case_id, status="confirmed", **incomplete)
    await _insert_visit(pool, case_id, status="confirmed", **approved, **slot, notice_sent_at=NOW)


async def test_one_open_case_a_loan_and_one_open_visit_a_case(pool: Pool, case_id: str) -> None:
    """A second one is refused, whoever tries."""
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(
            "INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version,"
            " opened_at) SELECT 'other', loan_id, overdue_since + 1, policy_version, opened_at"
            " FROM collection_cases"
        )
    await _insert_visit(pool, case_id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await _insert_visit(pool, case_id, "V-2")


# What is owed


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
