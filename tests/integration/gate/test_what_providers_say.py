"""What a provider says of a message has its own consequence, and none is the borrower's loss."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from database.contact.closed_gateways import PROBE_EVERY, ClosedGateways
from database.sql import Pool
from domain.contact.delivery import ProviderRefusal
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import FakeGateway, Fault
from tests.support.world import OpenCase

HORIZON = timedelta(minutes=10)


def _refusing(refusal: ProviderRefusal) -> FakeGateway:
    """A provider that refuses the next message."""
    gateway = FakeGateway(Fault.REFUSES)
    gateway.refusal = refusal
    return gateway


async def test_no_of_a_query_that_lags_proves_nothing_yet(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Taken, the answer lost, and not to be seen yet: nobody gets it twice."""
    gateway = FakeGateway(Fault.DROPS, no_counts_after=HORIZON)
    gateway.faults.add(Fault.LAGS)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    for minutes in (0, 0, 5, 4):
        gate.now += timedelta(minutes=minutes)
        with pytest.raises(ApplicationError, match=r"busy|may have taken"):
            await gate.contact()
    gateway.faults.clear()
    assert (await gate.contact()).status == "sent"
    assert len(gateway.handed_over) == 1


async def test_no_counts_once_its_time_has_passed(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Our process died before the provider heard anything: the contact is made after all."""
    gateway = FakeGateway(Fault.BUSY, no_counts_after=HORIZON)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    with pytest.raises(ApplicationError):
        await gate.contact()
    await pool.execute("UPDATE contact_attempts SET not_taken_at = NULL")
    with pytest.raises(ApplicationError):
        await gate.contact()
    gate.now += HORIZON
    assert (await gate.contact()).status == "sent"


@pytest.mark.parametrize("horizon", [None, HORIZON])
async def test_no_that_proves_nothing_leaves_an_unknown(
    pool: Pool, policy: Policy, open_case: OpenCase, horizon: timedelta | None
) -> None:
    """Never asked to send again, and the attempt is open no more when its time is over."""
    gateway = FakeGateway(Fault.DROPS, no_counts_after=horizon)
    gateway.faults.add(Fault.LAGS)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    with pytest.raises(ApplicationError):
        await gate.contact()
    settled = await gate.settle()
    assert settled is not None
    assert settled.status == "unknown"
    assert len(gateway.handed_over) == 1


async def test_busy_provider_without_a_query_loses_no_contact(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It said itself that it took nothing: nobody has to be asked."""
    gateway = FakeGateway(Fault.BUSY)
    gateway.faults.add(Fault.CANNOT_TELL)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    with pytest.raises(ApplicationError):
        await gate.contact()
    assert (await gate.contact()).status == "sent"
    assert gateway.asked == []


async def test_account_in_arrears_closes_the_gateway_and_burns_no_contact(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Nothing is handed over until the bill is paid; one contact tries, and then all go on."""
    gateway = _refusing(ProviderRefusal.ACCOUNT)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    for _ in range(2):
        with pytest.raises(ApplicationError, match="the gateway is closed: account: no such"):
            await gate.contact()
    [closed] = await ClosedGateways(pool).all()
    assert (closed.channel, closed.template, closed.refusal) == ("sms", None, "account")
    gate.now += PROBE_EVERY
    assert (await gate.contact()).status == "sent"
    assert await ClosedGateways(pool).all() == []
    assert [each["status"] for each in await gate.attempts()] == ["sent"]


async def test_closed_gateway_reserves_nothing(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """What waits before it counts against no cap; only one contact at a time tries it."""
    gateway = _refusing(ProviderRefusal.ACCOUNT)
    gate = Gate(pool, policy, await open_case(LOAN), gateway)
    await ClosedGateways(pool).close(Channel.SMS, None, ProviderRefusal.ACCOUNT, "x", NOON)
    with pytest.raises(ApplicationError, match="the gateway is closed: account: x"):
        await gate.contact()
    assert await gate.attempts() == []
    gate.now += PROBE_EVERY
    for _ in range(2):
        with pytest.raises(ApplicationError, match="closed"):
            await gate.contact()
    assert len(await gate.attempts()) == 1
    assert gateway.handed_over == []


async def test_refused_content_stops_its_template_until_somebody_opens_it(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Other templates go on; a day later it is still stopped."""
    gate = Gate(pool, policy, await open_case(LOAN), _refusing(ProviderRefusal.CONTENT))
    with pytest.raises(ApplicationError, match="closed: content"):
        await gate.contact()
    gate.now += timedelta(hours=1)
    with pytest.raises(ApplicationError, match="closed: content"):
        await gate.contact()
    settled = await gate.settle()
    assert settled is not None
    assert settled.status == "failed"
    assert (await gate.contact("else", template="credit_report_warning")).status == "sent"
    gate.now += timedelta(days=1)
    with pytest.raises(ApplicationError, match="closed: content"):
        await gate.contact("again")
    await ClosedGateways(pool).open(Channel.SMS, "overdue_notice", gate.now)
    assert (await gate.contact("again")).status == "sent"


async def test_dead_number_is_retired_and_the_next_one_tried(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """In the same attempt, at once; the number is not used again."""
    gate = Gate(pool, policy, await open_case(LOAN), _refusing(ProviderRefusal.NUMBER_FOR_GOOD))
    assert (await gate.contact()).status == "sent"
    [message] = gate.gateway.handed_over
    assert message.number.endswith("2")
    phones = await pool.fetch("SELECT status FROM phones ORDER BY phone_id")
    assert [each["status"] for each in phones] == ["invalid", "usable"]


async def test_person_who_said_no_is_left_in_peace_on_that_number(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It is their refusal, on record; nothing goes to another number instead."""
    gate = Gate(pool, policy, await open_case(LOAN), _refusing(ProviderRefusal.SAID_NO))
    result = await gate.contact()
    assert (result.status, result.rule_id, result.retry_at) == ("refused", "LC-SAID-NO", None)
    assert gate.gateway.handed_over == []
    refused = await pool.fetch("SELECT phone_id FROM phones WHERE status = 'refused'")
    assert [each["phone_id"] for each in refused] == ["B-1-p1"]
    assert await pool.fetchval("SELECT rule_id FROM contact_refusals") == "LC-SAID-NO"


async def test_number_that_has_had_enough_waits(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Until the provider takes it again; the number stays in use."""
    gate = Gate(pool, policy, await open_case(LOAN), _refusing(ProviderRefusal.NUMBER_TODAY))
    result = await gate.contact()
    assert (result.status, result.rule_id) == ("refused", "LC-NUMBER-BUSY")
    assert result.retry_at == gate.now + timedelta(days=1)
    assert await pool.fetchval("SELECT status FROM phones WHERE phone_id LIKE '%-p1'") == "usable"


async def test_nobody_made_up_is_written_to_by_a_real_provider(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """The simulated one may; the refusal has a reason of its own."""
    case_id = await open_case(LOAN)
    await pool.execute("UPDATE borrowers SET is_made_up = true")
    reaching = frozenset({Channel.CALL})
    gate = Gate(pool, policy, case_id, FakeGateway(), reaching_people=reaching)
    assert (await gate.contact()).status == "sent"
    refused = await gate.contact("call", channel=Channel.CALL, template="overdue_call")
    assert (refused.status, refused.rule_id) == ("refused", "LC-MADE-UP")
    assert len(gate.gateway.handed_over) == 1
