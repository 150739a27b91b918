"""The drill's question after each step of a ladder, of a record as the service writes it."""

from typing import Any

from database.sql import Pool
from domain.contact.delivery import ProviderRefusal
from domain.policy.policy import Policy
from drills.checks.contacts import read_ladder
from drills.checks.evidence import Evidence
from drills.gateway import code_of
from gateways.protocol import GatewayRefusedError, Outbound, Sent
from tests.support.gate.gate import LOAN, Gate
from tests.support.gateways import FakeGateway
from tests.support.world import OpenCase

NO_PLANT: Any = None  # the record alone is asked


class Refusing(FakeGateway):
    """As the drill's: it says no, by the code of the drill or another."""

    code = code_of(ProviderRefusal.OTHER)

    async def send(self, message: Outbound) -> Sent:
        raise GatewayRefusedError(self.code)


async def test_what_a_provider_would_not_take_is_on_record(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It is no step that was forgotten: the attempt has failed, and says what the provider said."""
    gateway = Refusing()
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    gate.now = LOAN.at_days_past_due(7, hour=12)
    refused = await gate.contact(f"early_contact:{LOAN.first_due_on}:dpd-7-sms")
    assert refused.status == "failed"
    gate.now, gateway.code = LOAN.at_days_past_due(15, hour=12), "something else"
    await gate.contact(f"early_contact:{LOAN.first_due_on}:dpd-15-call")

    now = LOAN.at_days_past_due(18)
    ladder = await read_ladder(Evidence(NO_PLANT, pool, {}, [], now))
    [not_taken], [forgotten] = ladder.missed_on_short_days, ladder.unexplained
    assert "7 days past due, sms" in not_taken
    assert "15 days past due, call" in forgotten
