"""Contacts by real gateways before failing providers: each reaches its person once, or waits."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from temporalio.exceptions import ApplicationError

from database.contact.receipts import Receipts
from database.sql import Pool
from domain.contact.delivery import Delivery, Receipt
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Gateway
from runtime.settings import GatewayName
from tests.support.gate.gate import LOAN, Gate
from tests.support.gateways import Fault
from tests.support.providers.lines import connect
from tests.support.providers.stand_in import Reply
from tests.support.world import OpenCase

REAL = sorted(set(get_args(GatewayName)) - {"simulated"})
TRIES = 4  # of one contact, five minutes apart: beyond the horizon of any query
TAKEN = (Fault.DROPS, Fault.LOSES_ANSWERS, Fault.HANGS)
pytestmark = pytest.mark.parametrize("name", REAL)


def _gate(pool: Pool, policy: Policy, case_id: str, gateway: Gateway) -> Gate:
    return Gate(
        pool,
        policy,
        case_id,
        gateway,  # type: ignore[arg-type]
        answer_within=timedelta(seconds=0.5),
        reaching_people=frozenset(Channel),
    )


async def _try(gate: Gate) -> str | None:
    """One try of the activity; None when Temporal would try again."""
    with suppress(ApplicationError):
        return (await gate.contact()).status.value
    gate.now += timedelta(minutes=5)
    return None


@pytest.mark.parametrize("fault", [*TAKEN, Fault.LAGS])
async def test_message_that_was_taken_reaches_its_person_once(
    pool: Pool, policy: Policy, open_case: OpenCase, tmp_path: Path, name: GatewayName, fault: Fault
) -> None:
    """Whatever was heard of it, and however late the provider's query knows it."""
    async with connect(name, Channel.SMS, tmp_path) as (gateway, provider, _):
        gate = _gate(pool, policy, await open_case(LOAN), gateway)
        provider.faults.update({Fault.DROPS if fault is Fault.LAGS else fault, fault})
        assert await _try(gate) is None
        provider.faults &= {Fault.LAGS}
        assert await _try(gate) in (None, "unknown", "sent")
        provider.faults.clear()
        ends = [await _try(gate) for _ in range(TRIES)][-1]
    assert ends in ("sent", "unknown")
    assert list(provider.delivered.values()) == [1]
    [attempt] = await gate.attempts()
    reference = attempt["attempt_id"]
    receipt = Receipt(provider=name, reference=reference, delivery=Delivery.DELIVERED, at=gate.now)
    await Receipts(pool).record_receipts([receipt, receipt], gate.now)
    assert (await gate.contact()).status == "sent"
    assert sum(provider.delivered.values()) == 1


@pytest.mark.parametrize("refusal", ["busy", "account"])
async def test_contact_that_was_not_taken_is_made_when_it_can_be(
    pool: Pool, policy: Policy, open_case: OpenCase, tmp_path: Path, name: GatewayName, refusal: str
) -> None:
    """Too busy, or our bill is unpaid: it waits within its window, and is then made once."""
    async with connect(name, Channel.SMS, tmp_path) as (gateway, provider, _):
        gate = _gate(pool, policy, await open_case(LOAN), gateway)
        provider.faults.add(Fault.BUSY if refusal == "busy" else Fault.REFUSES)
        provider.refusal = provider.refused_as("account")
        assert [await _try(gate) for _ in range(TRIES)] == [None] * TRIES
        assert not provider.delivered
        provider.faults.clear()
        assert await _try(gate) == "sent"
    assert list(provider.delivered.values()) == [1]
    assert len(await gate.attempts()) == 1


async def test_page_of_a_proxy_fails_no_contact(
    pool: Pool, policy: Policy, open_case: OpenCase, tmp_path: Path, name: GatewayName
) -> None:
    """As while a platform is put up anew: what can be asked about is made once that is over."""
    async with connect(name, Channel.SMS, tmp_path) as (gateway, provider, _):
        gate = _gate(pool, policy, await open_case(LOAN), gateway)
        provider.instead = Reply(404, b"<html></html>")
        assert {await _try(gate) for _ in range(TRIES)} <= {None, "unknown"}
        provider.instead = None
        end = await _try(gate)
    # Infobip keeps nothing as old as the gate's day, and the others cannot be asked at all.
    assert end == ("sent" if gateway.takes_once else "unknown")
    assert provider.delivered.total() == gateway.takes_once
