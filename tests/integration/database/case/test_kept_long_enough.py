"""Since when a period counts: the last that was paid or said; and what no facts keep."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from database.audit import Audit
from database.case.cases import Cases
from database.case.retention import Retention
from database.sql import Pool
from domain.case.facts import Outcome
from domain.contact.hold import HoldReason, public_reason
from domain.policy.policy import Policy
from tests.support.world import Loan, OpenCase, insert_earlier_contacts, insert_loan

LOAN = Loan()
CLOSED_AT = LOAN.at_days_past_due(300)
ASKED_AT = CLOSED_AT + timedelta(days=5 * 366)  # the period of the case alone is over
LATELY = ASKED_AT - timedelta(days=7)
MIGRATION = Path(__file__).parents[4] / "database/migrations/0038-kept-long-enough.sql"
KINDS = {"agreement", "contact", "person"}
PAID = "INSERT INTO payments VALUES ('P-1', 'L-1', 1000, 'payment', $1, $1, NULL, 'ledger')"
PAID_IN_FULL = PAID.replace("1000", "1200000")
HEARD = (
    "INSERT INTO case_events (loan_id, event_id, name, source, occurred_at, received_at, stage,"
    " accepted, body, receipt)"
    " VALUES ('L-1', 'e', 'call_received', 'pbx', $1, $1, 'none', true, '{}', 'r')"
)
FILED = (
    "INSERT INTO complaints (loan_id, complaint_id, about, filed_at, answer_due_at)"
    " VALUES ('L-1', 'C-1', 'tone', $1, $1)"
)
RESOLVED = (
    "INSERT INTO complaints (loan_id, complaint_id, about, filed_at, answer_due_at, resolved_at)"
    " VALUES ('L-1', 'C-1', 'tone', timestamptz '2026-02-01', $1, $1)"
)


@pytest.fixture
async def closed(pool: Pool, open_case: OpenCase) -> Pool:
    """A loan that was withdrawn, of which much is still outstanding."""
    case_id = await open_case(LOAN)
    await Cases(pool).close_case(case_id, Outcome.WITHDRAWN, CLOSED_AT, lambda: CLOSED_AT)
    await Cases(pool).finish_case(case_id)
    await pool.execute("UPDATE loans SET status = 'withdrawn'")
    return pool


async def _past(pool: Pool, now: datetime) -> dict[str, datetime]:
    """The kinds that may be erased, with since when their period counts."""
    past = await Retention(pool).past_periods(now)
    return {each.kind: each.ended_at for each in past if each.held_by is None}


@pytest.mark.parametrize("what", [PAID, HEARD, FILED, RESOLVED])
async def test_period_counts_from_the_last_that_was_paid_or_said(closed: Pool, what: str) -> None:
    """Whatever the loan's status is, and whoever wrote the row; and it is over one day."""
    assert await _past(closed, ASKED_AT) == dict.fromkeys(KINDS, CLOSED_AT)
    await closed.execute(what, LATELY)
    assert await _past(closed, ASKED_AT) == {}
    later = LATELY + timedelta(days=5 * 366)
    assert await _past(closed, later) == dict.fromkeys(KINDS, LATELY)


async def test_payment_that_was_reversed_does_not_count(closed: Pool) -> None:
    """Nor what was granted, and not paid."""
    await closed.execute(PAID, LATELY)
    await closed.execute("UPDATE payments SET reversed_at = $1", LATELY)
    await closed.execute(PAID.replace("P-1", "W-1").replace("'payment'", "'waiver'"), LATELY)
    assert (await _past(closed, ASKED_AT)).keys() == KINDS


async def test_legal_desk_stops_it_until_all_is_paid(closed: Pool) -> None:
    """Nothing moves such a loan on when it is; then its last payment counts."""
    await closed.execute("UPDATE loans SET status = 'in_legal'")
    assert await _past(closed, ASKED_AT) == {}
    paid_at = CLOSED_AT + timedelta(days=30)
    await closed.execute(PAID_IN_FULL, paid_at)
    assert await _past(closed, paid_at + timedelta(days=5 * 366)) == dict.fromkeys(KINDS, paid_at)


async def test_loan_without_a_case_stops_it_only_while_it_is_repaid(closed: Pool) -> None:
    """Who has two loans and fell behind with one of them."""
    await insert_loan(closed, Loan("L-2"))
    assert await _past(closed, ASKED_AT) == {}
    paid_at = CLOSED_AT - timedelta(days=1)
    await closed.execute(PAID_IN_FULL.replace("L-1", "L-2"), paid_at)
    assert (await _past(closed, ASKED_AT)).keys() == KINDS


async def test_facts_keep_no_words_of_a_hold(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Also those that were written before: only their rows are linked anew."""
    await insert_earlier_contacts(pool, LOAN, await open_case(LOAN), policy.version, calls=0)
    apply, rollback = MIGRATION.read_text("utf-8").split("-- migrate: rollback")
    await pool.execute(rollback)
    reasons = ["their mother, Ms Canary, is ill", *HoldReason]
    holds = [{"hold_id": str(n), "reason": reason} for n, reason in enumerate(reasons)]
    written = json.dumps({"time_zone": "UTC", "holds": holds})
    await pool.execute(
        "UPDATE contact_attempts SET facts = $1 WHERE attempt_id LIKE '%earlier-0'", written
    )
    links = await pool.fetchval("SELECT count(*) FROM evidence")
    await pool.execute(apply)
    assert await pool.fetchval("SELECT count(*) FROM evidence") == links + 1
    await pool.execute(
        "UPDATE contact_attempts SET facts = $1 WHERE attempt_id LIKE '%earlier-1'", written
    )
    kept = await pool.fetch("SELECT facts::text AS facts FROM contact_attempts")
    for row in kept:
        facts = json.loads(row["facts"])
        assert [hold["reason"] for hold in facts["holds"]] == [public_reason(r) for r in reasons]
        assert [hold["hold_id"] for hold in facts["holds"]] == [hold["hold_id"] for hold in holds]
    assert await Audit(pool).breaches_of("G15", CLOSED_AT) == []
