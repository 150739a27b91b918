"""What comes of a contact when the provider or our own process fails: never sent twice."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.contact_result import ContactStatus
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import DiedError, FakeGateway, Fault
from tests.support.world import OpenCase


async def test_busy_provider_is_asked_again(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The reservation stays, and the next try sends under it; there is nothing to ask."""
    gate = Gate(pool, policy, await open_case(LOAN), FakeGateway(Fault.BUSY))
    with pytest.raises(ApplicationError):
        await gate.contact()
    [attempt] = await gate.attempts()
    assert attempt["status"] == "reserved"
    assert (await gate.contact()).status == "sent"
    assert gate.gateway.asked == []
    assert len(await gate.attempts()) == 1


async def test_crash_after_sending_never_sends_twice(gate: Gate) -> None:
    """The retry asks the provider by our reference and writes down what it says."""
    gate.gateway.fail_next(Fault.DIES_AFTER)
    with pytest.raises(DiedError):
        await gate.contact()
    gate.now += timedelta(minutes=1)
    assert (await gate.contact()).status == "sent"
    assert len(gate.gateway.handed_over) == 1
    [attempt] = await gate.attempts()
    assert attempt["sent_at"] == NOON


async def test_provider_that_cannot_tell_is_not_asked_to_send_again(gate: Gate) -> None:
    """The attempt is `unknown`, counts against the cap, and stays so."""
    gate.gateway.fail_next(Fault.DIES_AFTER)
    gate.gateway.faults.add(Fault.CANNOT_TELL)
    with pytest.raises(DiedError):
        await gate.contact()
    assert [(await gate.contact()).status for _ in range(2)] == ["unknown"] * 2
    assert len(gate.gateway.handed_over) == 1
    assert (await gate.contact("another")).rule_id == "LC-MESSAGES"


async def test_final_refusal_of_the_provider_is_a_failure(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It is not tried again, does not count, and says why."""
    gateway = FakeGateway(Fault.REFUSES)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    result = await gate.contact()
    assert (result.status, result.reason) == ("failed", "no such number")
    assert (await gate.contact()).status == "failed"
    assert not gateway.handed_over
    assert (await gate.contact("another")).status == "sent"


@pytest.mark.parametrize(
    ("crashes", "can_tell", "status"),
    [(True, True, "sent"), (False, True, "failed"), (True, False, "unknown")],
)
async def test_settling_leaves_nothing_reserved(
    pool: Pool, policy: Policy, open_case: OpenCase, crashes: bool, can_tell: bool, status: str
) -> None:
    """The provider is asked by our reference, once, unless it said that it took nothing."""
    gateway = FakeGateway(Fault.DIES_AFTER if crashes else Fault.BUSY)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    if not can_tell:
        gateway.faults.add(Fault.CANNOT_TELL)
    with pytest.raises((DiedError, ApplicationError)):
        await gate.contact()
    for _ in range(2):
        result = await gate.settle()
        assert result is not None
        assert result.status == status
    assert (await gate.contact()).status == status
    assert len(gate.gateway.asked) == crashes


async def test_there_is_nothing_to_settle_where_nothing_was_reserved(gate: Gate) -> None:
    """An outage of our own: the intent is as if it had never been."""
    assert await gate.settle() is None


async def test_nothing_is_handed_over_when_the_time_of_the_try_is_up(
    pool: Pool, policy: Policy, open_case: OpenCase, gateway: FakeGateway
) -> None:
    """The database took all of it, and another try may be on its way."""
    case_id = await open_case(LOAN)
    gate = Gate(pool, policy, case_id, gateway, answer_within=timedelta(0))
    with pytest.raises(ApplicationError, match="busy"):
        await gate.contact()
    assert not gate.gateway.handed_over
    [attempt] = await gate.attempts()
    assert attempt["status"] == "reserved"
    gate = Gate(pool, policy, case_id, gateway)
    assert (await gate.contact()).status is ContactStatus.SENT


@pytest.mark.parametrize("takes_once", [True, False])
async def test_provider_that_never_answers_is_asked_before_anything_is_sent_again(
    pool: Pool, policy: Policy, open_case: OpenCase, *, takes_once: bool
) -> None:
    """What nobody waits for any more may still be sent: the next try asks what became of it."""
    gateway = FakeGateway(Fault.HANGS, takes_once=takes_once)
    case_id = await open_case(LOAN)
    gate = Gate(pool, policy, case_id, gateway, answer_within=timedelta(seconds=1))
    with pytest.raises(ApplicationError, match="may have taken it"):
        await gate.contact()
    assert (await gate.contact()).status is ContactStatus.SENT
    assert len(gateway.handed_over) == 1
