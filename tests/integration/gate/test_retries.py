"""A retry asks the rules again: nothing is sent on an old permission."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import FakeGateway, Fault
from tests.support.world import Loan, OpenCase

EVENTS_IN_BETWEEN = {
    "hold": (
        "INSERT INTO holds VALUES ('L-1', 'H', 'B-1', 'dispute', $1, NULL, NULL)",
        "on hold: dispute",
    ),
    "hold on another loan": (
        "INSERT INTO holds VALUES ('L-2', 'H', 'B-1', 'bereavement', $1, NULL, NULL)",
        "on hold: bereavement",
    ),
    "payment": (
        "INSERT INTO payments VALUES ('P', 'L-1', 100000, 'payment', $1, $1, NULL, 'test')",
        "nothing is overdue any more",
    ),
    "blocked channel": (
        "UPDATE borrowers SET blocked_channels = '{sms}' WHERE $1::timestamptz IS NOT NULL",
        "the borrower wants no sms",
    ),
    "agreed hours": (
        """UPDATE borrowers SET agreed_hours = '[{"start": "18:00", "end": "20:00"}]'
           WHERE $1::timestamptz IS NOT NULL""",
        "outside 18:00–20:00, the hours the borrower asked for",
    ),
    "end of the case": (
        "UPDATE collection_cases SET closed_at = $1, outcome = 'withdrawn'",
        "the case is closed",
    ),
}


@pytest.mark.parametrize(("statement", "reason"), EVENTS_IN_BETWEEN.values(), ids=EVENTS_IN_BETWEEN)
async def test_what_happens_between_reservation_and_retry_stops_it(
    pool: Pool, policy: Policy, open_case: OpenCase, statement: str, reason: str
) -> None:
    """Nothing is sent on an old permission, whatever has changed meanwhile."""
    await open_case(Loan(loan_id="L-2"))
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.BUSY))
    with pytest.raises(ApplicationError):
        await gate.contact()
    await pool.execute(statement, NOON)
    result = await gate.contact()
    assert (result.status, result.reason) == ("refused", reason)
    assert not gate.gateway.handed_over
    assert await pool.fetchval("SELECT status FROM contact_attempts") == "failed"
    assert await pool.fetchval("SELECT reason FROM contact_refusals") == reason


async def test_late_retry_in_the_night_sends_nothing(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """A provider that comes back after the hours gets no message any more."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.BUSY))
    with pytest.raises(ApplicationError):
        await gate.contact()
    gate.now = NOON.replace(hour=23)
    result = await gate.contact()
    assert (result.status, result.rule_id) == ("refused", "CN-02")
    assert result.retry_at is not None
    assert not gate.gateway.handed_over


async def test_who_asks_again_after_a_crash_is_refused_once(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The answer was lost with the worker: the same refusal, and one line on record of it."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway())
    gate.now = NOON.replace(hour=23)
    first = await gate.contact()
    gate.now += timedelta(seconds=30)
    assert (await gate.contact()).retry_at == first.retry_at
    assert await pool.fetchval("SELECT count(*) FROM contact_refusals") == 1
    gate.now += timedelta(days=1)
    await gate.contact()
    assert await pool.fetchval("SELECT count(*) FROM contact_refusals") == 2


async def test_retry_uses_a_number_that_may_still_be_used(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The number of the first try was blocked meanwhile: the message goes to the second."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.BUSY))
    with pytest.raises(ApplicationError):
        await gate.contact()
    await pool.execute("UPDATE phones SET blocked_at = $1 WHERE phone_id = 'B-1-p1'", NOON)
    assert (await gate.contact()).status == "sent"
    [message] = gate.gateway.handed_over
    assert message.number.endswith("2")
    [attempt] = await gate.attempts()
    assert attempt["phone_id"] == "B-1-p2"


async def test_late_retry_counts_on_the_day_it_is_sent(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """A message that was reserved yesterday and is sent today is today's message."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.BUSY))
    with pytest.raises(ApplicationError):
        await gate.contact()
    gate.now += timedelta(days=1)
    assert (await gate.contact()).status == "sent"
    assert (await gate.contact("another")).rule_id == "LC-MESSAGES"
