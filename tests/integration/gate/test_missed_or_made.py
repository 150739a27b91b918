"""No lawful moment is left: that is on record of what was not made, and of nothing else."""

from datetime import timedelta

import pytest

from activities.contact_result import ContactStatus
from database.sql import Pool
from domain.policy.contact import Purpose
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import FakeGateway
from tests.support.world import OpenCase

MISSED = "SELECT intent_key FROM contact_refusals WHERE rule_id = 'LC-MISSED'"
SET_STATUS = "UPDATE contact_attempts SET status = $1, sent_at = NULL"


@pytest.fixture
async def gate(pool: Pool, policy: Policy, open_case: OpenCase) -> Gate:
    return Gate(pool, policy, await open_case(LOAN), FakeGateway())


async def _missed(gate: Gate, key: str, window: int = 1) -> ContactStatus | None:
    intent = gate.intent(key, by=NOON + timedelta(hours=1)).of_window(window)
    result = await gate.activities.record_missed(intent)
    return None if result is None else result.status


@pytest.mark.parametrize("made_in", ["step", "step:2", "step:12"])
@pytest.mark.parametrize("asked_of", [1, 2, 3])
async def test_what_was_made_in_any_window_is_not_missed(
    pool: Pool, gate: Gate, made_in: str, asked_of: int
) -> None:
    """A run that took the case up again may ask of another window than the lost one."""
    await gate.contact(made_in)
    assert await _missed(gate, "step", asked_of) is ContactStatus.SENT
    assert await pool.fetchval(MISSED) is None


async def test_what_may_have_been_made_is_not_missed(pool: Pool, gate: Gate) -> None:
    """Nobody can say: it counts as made, and the borrower may have read it."""
    await gate.contact("step:2")
    await pool.execute(SET_STATUS, "unknown")
    assert await _missed(gate, "step") is ContactStatus.UNKNOWN


@pytest.mark.parametrize("other", ["steps", "step2", "step:night", "step:2:sms", "a:step"])
async def test_another_contact_does_not_stand_for_it(pool: Pool, gate: Gate, other: str) -> None:
    """Only the number of a window may follow the key."""
    await gate.contact(other)
    assert await _missed(gate, "step", 2) is None
    assert await pool.fetchval(MISSED) == gate.intent("step:2").key


async def test_what_certainly_was_not_made_is_missed(pool: Pool, gate: Gate) -> None:
    """A provider that never took it."""
    await gate.contact("step")
    await pool.execute(SET_STATUS, "failed")
    assert await _missed(gate, "step", 2) is None
    assert await pool.fetchval(MISSED) == gate.intent("step:2").key


async def test_end_that_was_told_is_not_told_again_under_another_name(
    pool: Pool, gate: Gate
) -> None:
    """By a run that knows nothing of it. When the case was reopened, its next end is another."""
    await pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at,"
        " source) SELECT 'P', loan_id, outstanding_minor, 'payment', $1, $1, 'x' FROM loans",
        NOON - timedelta(hours=1),
    )
    await pool.execute("UPDATE collection_cases SET closed_at = $1, outcome = 'settled'", NOON)
    notice = {"purpose": Purpose.CLOSING, "template": "settled_notice"}
    assert (await gate.contact("closing:settled:1", **notice)).status == "sent"
    gate.now += timedelta(days=2)
    again = await gate.contact("closing:settled:3", **notice)
    assert (again.status, again.rule_id) == ("refused", "LC-TOLD")
    assert (await gate.contact("closing:settled:1", **notice)).status == "sent"  # the same one
    await pool.execute("UPDATE collection_cases SET closed_at = $1", gate.now)
    assert (await gate.contact("closing:settled:4", **notice)).status == "sent"
