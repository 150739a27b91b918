"""A run of an earlier release may ask for a message that there is no more."""

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan()


async def test_message_that_there_is_no_more_is_refused_on_record(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Its run goes on; nobody is written to, and the record says why."""
    record = Record(pool, policy, LOAN, await open_case(LOAN, 95))
    result = await record.contact("visit_suggestion")
    assert (result.status, result.rule_id) == ("refused", "LC-TEMPLATE")
    assert not await pool.fetch("SELECT FROM contact_attempts")
    [refusal] = await pool.fetch("SELECT rule_id, reason FROM contact_refusals")
    assert refusal["rule_id"] == "LC-TEMPLATE"
    assert "visit_suggestion" in refusal["reason"]
