"""The daily questions, of what has changed since: paid, asked for anew, ended."""

from datetime import timedelta

import pytest

from commands.ops import today
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


@pytest.mark.parametrize(
    ("paid_minor", "reversed_too", "said"),
    [
        (1000, False, "paid"),
        (400, False, "CNY 4.00 of it paid"),
        (1000, True, "not yet paid"),
    ],
)
async def test_what_came_of_a_promise_is_said(
    pool: Pool,
    policy: Policy,
    open_case: OpenCase,
    paid_minor: int,
    reversed_too: bool,
    said: str,
) -> None:
    """Also while the case is at a stage that judges none."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    day = LOAN.on(record.now)
    await record.deliver("promise_made", amount_minor=1000, due_on=str(day))
    await record.deliver("payment_received", payment_id="P-1", amount_minor=paid_minor)
    if reversed_too:
        await record.deliver("payment_reversed", payment_id="P-1")
    lines = today.tell(await read_today(pool, record.now), "Asia/Shanghai")
    assert f"    L-1  CNY 10.00 promised for {day}, {said}" in list(lines)


async def test_reply_waits_to_be_read_also_without_a_case(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Somebody wrote it, and waits for an answer."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.deliver("reply_received", reply_id="RE-1", phone_id="B-1-p1", text="请再打来")
    await pool.execute("UPDATE collection_cases SET closed_at = $1, outcome = 'cured'", record.now)
    replies = (await read_today(pool, record.now)).replies
    assert [(reply.reply_id, reply.loan_id) for reply in replies] == [("RE-1", "L-1")]
