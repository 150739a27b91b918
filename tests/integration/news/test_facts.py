"""Whoever writes a fact writes its news: the schemas hold, and nothing personal is told."""

import json
from typing import Any

import pytest

from database.news.outbox import Outbox
from database.sql import Pool
from door.contract.news import NEWS
from tests.support.world import Loan, OpenCase

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)
# Of everything that there are news of, as plain statements: $1 is the case, $2 the time.
_FACTS = """
UPDATE collection_cases SET stage = 'application', stage_entered_at = $2 WHERE case_id = $1;
INSERT INTO promises (promise_id, case_id, loan_id, amount_minor, due_on, made_at, made_after)
VALUES ('R-1', $1, 'L-1', 100, $2::date, $2, 0);
UPDATE promises SET status = 'broken', resolved_at = $2 WHERE case_id = $1;
INSERT INTO visits (visit_id, case_id, loan_id, address_id, status, applicant, applicant_id,
                    requested_at, visit_code)
VALUES ('V-1', $1, 'L-1', 'B-1-a1', 'requested', 'collector', 'K-1', $2, '012345');
UPDATE visits SET status = 'approved', approver_id = 'A-1', approved_at = $2,
                  approval_expires_at = $2 WHERE case_id = $1;
UPDATE visits SET status = 'proposed', slot_id = 'V-1:slot-1', slot = tstzrange($2, $2, '[]')
WHERE case_id = $1;
INSERT INTO proposed_plans (plan_id, case_id, event_id, proposed) VALUES ('P-1', $1, 'e', '{}');
UPDATE proposed_plans SET given_up_at = $2 WHERE case_id = $1;
INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)
VALUES ('N-1', $1, 'crew', 'negotiate_again',
        '{"loan_id": "L-1", "visit_id": "V-1", "reason": "said a person"}', $2);
UPDATE collection_cases SET stage = 'ended', outcome = 'cured', closed_at = $2 WHERE case_id = $1;
UPDATE collection_cases SET outcome = NULL, closed_at = NULL WHERE case_id = $1;
"""


@pytest.fixture
async def told(pool: Pool, open_case: OpenCase) -> list[dict[str, Any]]:
    """The bodies of all news of a loan with a case, in order."""
    case_id = await open_case(LOAN, 100)
    for statement in _FACTS.strip().split(";\n"):
        uses = [each for mark, each in (("$1", case_id), ("$2", NOW)) if mark in statement]
        await pool.execute(statement, *uses)
    outbox = Outbox(pool)
    await outbox.publish(100, NOW)
    return [json.loads(entry.body) for entry in await outbox.feed(0, 100, ["test-lender"])]


async def test_every_fact_is_told_in_order(told: list[dict[str, Any]]) -> None:
    """Once each, by whatever statement it was written, without a gap."""
    assert [each["type"] for each in told] == [
        "case.opened",
        "case.stage_changed",
        "promise.made",
        "promise.broken",
        "visit.requested",
        "visit.approved",
        "visit.proposed",
        "plan.proposed",
        "plan.given_up",
        "notice.negotiate_again",
        "case.ended",
        "case.reopened",
    ]
    assert [each["sequence"] for each in told] == list(range(1, len(told) + 1))


async def test_what_is_told_is_what_the_schemas_say(told: list[dict[str, Any]]) -> None:
    """No field besides: neither a name nor a number, an address or anybody's words."""
    for each in told:
        NEWS[each["type"]].model_validate(each["data"])
    assert told[6]["data"]["slot_id"] == "V-1:slot-1"
    assert told[9]["data"]["notice"] == {"visit_id": "V-1"}
    assert told[10]["data"]["outcome"] == "cured"
    text = json.dumps(told, ensure_ascii=False)
    assert not any(each in text for each in ("借款人", "+86", "示例路", "said a person", "012345"))


async def test_what_is_taken_back_is_not_told(pool: Pool, open_case: OpenCase) -> None:
    """News are of the transaction of their fact."""
    case_id = await open_case(LOAN, 100)
    before = await pool.fetchval("SELECT count(*) FROM news")
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "UPDATE collection_cases SET stage = 'visit' WHERE case_id = $1", case_id
        )
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert await connection.fetchval("SELECT count(*) FROM news") == before + 1
        await transaction.rollback()
    assert await pool.fetchval("SELECT count(*) FROM news") == before


async def test_every_trigger_watches_a_table_of_facts(pool: Pool) -> None:
    """Another table of facts of a case is told of, or stands here as one that is not."""
    watched = await pool.fetch(
        "SELECT DISTINCT event_object_table AS name FROM information_schema.triggers"
        " WHERE trigger_name LIKE 'news_of%'"
    )
    assert {row["name"] for row in watched} == {
        "agreements", "collection_cases", "contact_attempts", "promises", "proposed_plans",
        "staff_notices", "visits",
    }  # fmt: skip
