"""The daily questions, of an approval that is asked for anew and of a waiver that has ended."""

from datetime import timedelta

from database.case.daily import read_collected, read_today
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan()


async def test_approval_that_is_asked_for_anew_begins_anew(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Neither its time nor the level of its decision is that of the first time."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.deliver(
        "visit_requested", applicant="borrower", applicant_id="B-1", address_id=LOAN.address_id
    )
    await pool.execute(
        "INSERT INTO staff_notices VALUES ('N', $1, 'senior_approvers', 'visit_approval_wanted',"
        " jsonb_build_object('visit_id', $2::text), $3)",
        record.case_id,
        record.visit_id,
        record.now,
    )
    [waits] = (await read_today(pool, record.now)).approvals
    assert (waits.level, waits.since) == ("senior_approver", record.now)
    asked_at = record.now + timedelta(days=20)
    await pool.execute("UPDATE visits SET asked_at = $1", asked_at)
    [waits] = (await read_today(pool, asked_at)).approvals
    assert (waits.level, waits.since) == ("approver", asked_at)


async def test_waiver_that_has_ended_is_not_collected(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Its payment has bounced, and its plan is in force again."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await pool.execute(
        "INSERT INTO payments VALUES ('G-1:waiver', 'L-1', 500, 'waiver', $1, $1, NULL, 'x')",
        record.now,
    )
    day = LOAN.on(record.now)
    [money] = (await read_collected(pool, day)).money
    assert money.waived_minor == 500
    await pool.execute("UPDATE payments SET reversed_at = received_at WHERE kind = 'waiver'")
    assert (await read_collected(pool, day)).money == []
