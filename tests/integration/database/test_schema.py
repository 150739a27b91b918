"""What the tables themselves refuse."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from database.sql import Pool
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
