"""The drill's question after each step of a ladder, of a record as the service writes it."""

from typing import Any

from database.sql import Pool
from domain.policy.policy import Policy
from drills.checks.contacts import read_ladder
from drills.checks.evidence import Evidence
from tests.support.gate.gate import LOAN, Gate
from tests.support.gateways import FakeGateway, Fault
from tests.support.world import OpenCase

NO_PLANT: Any = None  # the record alone is asked


async def test_what_a_provider_would_not_take_is_on_record(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It is no step that was forgotten: the attempt has failed, and says what the provider said."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.REFUSES))
    gate.now = LOAN.at_days_past_due(7, hour=12)
    refused = await gate.contact(f"early_contact:{LOAN.first_due_on}:dpd-7-sms")
    assert refused.status == "failed"

    now = LOAN.at_days_past_due(18)
    ladder = await read_ladder(Evidence(NO_PLANT, pool, {}, [], now))
    [not_taken], [forgotten] = ladder.missed_on_short_days, ladder.unexplained
    assert "7 days past due, sms" in not_taken
    assert "15 days past due, call" in forgotten
