"""What a ledger writes into `payments` itself and then says by an event is as good as the event."""

from datetime import timedelta

import pytest

from database.case.cases import Cases
from database.sql import Pool
from domain.case.facts import Outcome
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import INSTALMENT, Loan, OpenCase

LOAN = Loan()
REVERSED = "UPDATE payments SET reversed_at = $2 WHERE payment_id = $1"
NOTICES = "SELECT kind FROM staff_notices WHERE kind = ANY ($1) ORDER BY created_at"
OF_MONEY = ["owed_beside_plan", "overpaid", "overpaid_taken_back"]


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """With a plan in force."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    return record


async def _told(record: Record) -> list[str]:
    return [row["kind"] for row in await record.pool.fetch(NOTICES, OF_MONEY)]


async def _pay_by_the_ledger(record: Record, payment_id: str, amount_minor: int) -> None:
    await record.pool.execute(
        "INSERT INTO payments VALUES ($1, 'L-1', $2, 'payment', $3, $3, NULL, 'ledger')",
        payment_id,
        amount_minor,
        record.now,
    )


async def test_part_whose_payment_was_taken_back_has_a_new_grace(record: Record) -> None:
    """From the moment that the record has it, whether or not the event has come."""
    part = await record.pool.fetchval("SELECT amount_minor FROM agreement_instalments LIMIT 1")
    await record.deliver("payment_received", payment_id="P-9", amount_minor=part)
    record.now += timedelta(days=30)
    await record.pool.execute(REVERSED, "P-9", record.now)
    assert (await record.facts()).part_open_since == record.now


async def test_reversal_that_the_ledger_wrote_is_told_once(record: Record) -> None:
    """The event is its knock on the door; a second one is refused."""
    await record.pool.execute(
        "UPDATE payments SET reversed_at = NULL WHERE payment_id = 'P-1';"
        " ALTER TABLE case_events DISABLE TRIGGER USER;"
        " DELETE FROM case_events WHERE name = 'payment_reversed'"
    )
    await record.pool.execute(REVERSED, "P-1", record.now)
    await record.deliver("payment_reversed", payment_id="P-1")
    assert await _told(record) == ["owed_beside_plan"]
    with pytest.raises(AssertionError, match="payment_id: this payment was reversed before"):
        await record.deliver("payment_reversed", payment_id="P-1")


async def test_what_the_ledger_wrote_after_the_end_is_told(record: Record) -> None:
    """What is over, and that it is not any more."""
    cases = Cases(record.pool)
    await record.deliver("payment_received", payment_id="P-8", amount_minor=12 * INSTALMENT)
    settled = await cases.close_case(
        record.case_id, Outcome.SETTLED, record.now, lambda: record.now
    )
    assert settled is None
    await _pay_by_the_ledger(record, "P-9", 700)
    await record.deliver("payment_received", payment_id="P-9", amount_minor=700)
    await record.pool.execute(REVERSED, "P-9", record.now)
    await record.deliver("payment_reversed", payment_id="P-9")
    assert await _told(record) == ["overpaid", "overpaid_taken_back"]


async def test_case_is_taken_up_again_whenever_the_bank_took_the_money_back(record: Record) -> None:
    """Its day may lie before the end of a case that nobody had told of it."""
    taken_back_at = record.now
    await record.deliver("payment_received", payment_id="P-8", amount_minor=12 * INSTALMENT)
    cases = Cases(record.pool)
    settled = await cases.close_case(
        record.case_id, Outcome.SETTLED, record.now, lambda: record.now
    )
    assert settled is None
    await record.pool.execute(REVERSED, "P-8", taken_back_at)
    assert await cases.reopen_case(record.case_id, record.now) is None
    await record.deliver("payment_reversed", payment_id="P-8")
    facts = await cases.reopen_case(record.case_id, record.now)
    assert facts is not None
    assert facts.plan_total_minor is not None  # its plan is in force again
