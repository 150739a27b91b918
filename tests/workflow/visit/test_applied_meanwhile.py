"""Who applies for a visit while something else is under way is answered, and asked no more."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from database.sql import Pool
from domain.case.state import Stage
from domain.policy.contact import Channel
from gateways.protocol import Gateway
from tests.support.gateways import Fault, failing_gateways
from tests.support.lives.life import Life, StartLife

BORROWER = {"applicant": "borrower", "applicant_id": "B-1"}


@pytest.fixture
def gateways(pool: Pool, faults: set[Fault]) -> Mapping[Channel, Gateway]:
    """The simulated providers, behind lines that a test cuts."""
    return failing_gateways(pool, faults)


async def test_who_has_applied_is_not_invited_any_more(life: Life, faults: set[Fault]) -> None:
    """The provider is busy; what waits for it has become pointless, and they may withdraw."""
    faults.add(Fault.BUSY)
    await life.skip_to_stage(Stage.APPLICATION)
    await life.skip(timedelta(minutes=30))
    await life.apply(**BORROWER)
    faults.clear()
    await life.skip(timedelta(days=1))
    assert await life.contacts() == []
    await life.accepted("visit_withdrawn", visit_id=life.visit_id, withdrawn_by_id="B-1")


async def test_application_of_before_a_promise_is_decided_on(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """The ladder's step waits for its provider meanwhile; the promise's silence comes after."""
    life = await start_life(94)
    faults.add(Fault.BUSY)
    await life.skip_to(life.loan.local(life.loan.at_days_past_due(95).date(), 16))
    await life.accepted("visit_requested", **life.application(**BORROWER))
    due_on = life.loan.on(await life.now()) + timedelta(days=10)
    await life.accepted("promise_made", amount_minor=5_000, due_on=str(due_on))
    faults.clear()
    await life.skip_to_stage(Stage.APPROVAL)
    assert life.loan.on(await life.now()) < due_on
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    await life.skip(timedelta(days=2))
    assert (await life.status())["next_action"]["what"] == "verify the promise to pay"
