"""Receipts of a provider: they settle what nobody knew, and a delivery never goes back."""

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from database.contact.receipts import Receipts
from database.sql import Pool
from domain.contact.delivery import Delivery, ProviderRefusal, Receipt
from domain.policy.contact import Channel, Purpose
from tests.support.gate.gate import NOON, Gate
from tests.support.gateways import DiedError, Fault

DONE = Delivery.DELIVERED


async def _record(pool: Pool, delivery: Delivery, **values: Any) -> int:
    receipt = Receipt(provider="fake", delivery=delivery, at=NOON + timedelta(hours=9), **values)
    return await Receipts(pool).record_receipts([receipt], NOON)


async def _unknown(gate: Gate) -> str:
    """An attempt of which nobody can say what became of it."""
    gate.gateway.fail_next(Fault.DROPS)
    gate.gateway.faults.add(Fault.CANNOT_TELL)
    with pytest.raises(ApplicationError):
        await gate.contact()
    assert (await gate.contact()).status == "unknown"
    [attempt] = await gate.attempts()
    return str(attempt["attempt_id"])


async def test_receipt_settles_what_nobody_knew(gate: Gate) -> None:
    """It was sent when it was handed over, however late that is heard."""
    reference = await _unknown(gate)
    assert await _record(gate.pool, DONE, reference=reference, provider_ref="p-1") == 1
    [attempt] = await gate.attempts()
    assert (attempt["status"], attempt["delivery"], attempt["outcome"]) == ("sent", DONE, None)
    assert (attempt["sent_at"], attempt["provider_ref"]) == (NOON, "p-1")
    assert (await gate.contact()).status == "sent"


async def test_receipts_twice_and_in_any_order_never_move_a_delivery_back(gate: Gate) -> None:
    """Twice is once; what comes late is kept and changes nothing."""
    await gate.contact()
    [attempt] = await gate.attempts()
    reference = attempt["attempt_id"]
    for delivery, is_new in (
        (Delivery.UNDERWAY, 1),
        (DONE, 1),
        (DONE, 0),
        (Delivery.ACCEPTED, 1),
        (Delivery.UNDELIVERED, 1),
    ):
        assert await _record(gate.pool, delivery, reference=reference, code="c") == is_new
    [attempt] = await gate.attempts()
    assert (attempt["delivery"], attempt["delivery_code"]) == (DONE, "c")
    assert await gate.pool.fetchval("SELECT count(*) FROM delivery_receipts") == 4


async def test_receipt_by_the_providers_reference_may_come_first(gate: Gate) -> None:
    """Before we have written down what the provider calls the message, and after."""
    key = gate.intent("step").key
    await gate.contact("other", channel=Channel.CALL, template="overdue_call")
    [call] = await gate.attempts()
    await _record(gate.pool, DONE, provider_ref=call["provider_ref"])
    attempt_id = _attempt_id_of(key)
    await _record(gate.pool, DONE, provider_ref=f"ref-{attempt_id}")
    await gate.contact()
    assert [each["delivery"] for each in await gate.attempts()] == [DONE, DONE]


def _attempt_id_of(key: str) -> str:
    """Which reference an intent will have."""
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


async def test_receipt_of_nothing_that_is_known_is_kept(gate: Gate) -> None:
    """Another system may use the same account."""
    assert await _record(gate.pool, DONE, reference="of somebody else") == 1
    assert await gate.attempts() == []


@pytest.mark.parametrize(
    ("refusal", "column"),
    [(ProviderRefusal.NUMBER_FOR_GOOD, "status = 'invalid'"), (ProviderRefusal.SAID_NO, "true")],
)
async def test_receipt_says_that_a_number_is_not_to_be_used(
    gate: Gate, refusal: ProviderRefusal, column: str
) -> None:
    """It does not exist, or its person wants nothing: the next contact takes another one."""
    await gate.contact()
    [attempt] = await gate.attempts()
    await _record(
        gate.pool, Delivery.UNDELIVERED, reference=attempt["attempt_id"], refusal=refusal, code="8"
    )
    gate.now += timedelta(days=1)
    await gate.contact("next")
    assert [each.number[-1] for each in gate.gateway.handed_over] == ["1", "2"]
    query = f"SELECT count(*) FROM phones WHERE phone_id = 'B-1-p1' AND {column}"  # noqa: S608
    assert await gate.pool.fetchval(query) == 1


async def test_call_of_a_number_that_is_none_retires_it(gate: Gate) -> None:
    """As the event `call_finished` of that outcome does, whether or not a refusal is named."""
    call = {"channel": Channel.CALL, "template": "overdue_call"}
    await gate.contact("c", **call)
    [attempt] = await gate.attempts()
    told: dict[str, Any] = {"reference": attempt["attempt_id"], "call_outcome": "invalid_number"}
    await _record(gate.pool, Delivery.UNDELIVERED, **told)
    gate.now += timedelta(days=1)
    await gate.contact("next", **call)
    assert [each.number[-1] for each in gate.gateway.handed_over] == ["1", "2"]
    phones = await gate.pool.fetch("SELECT status FROM phones ORDER BY phone_id")
    assert [each["status"] for each in phones] == ["invalid", "usable"]


async def test_the_longest_receipt_can_be_kept(gate: Gate) -> None:
    """What is taken for a receipt is never what the database refuses, with all that came along."""
    chance = random.Random(0)  # noqa: S311 no secret; words that do not compress

    def longest(count: int) -> str:
        return "".join(chr(chance.randint(0x20000, 0x2A6DF)) for _ in range(count))

    told: dict[str, Any] = {"duration_s": 2**31 - 1, "pressed": longest(64)}
    told |= {"reference": longest(64), "provider_ref": longest(200), "code": longest(200)}
    assert await _record(gate.pool, DONE, **told) == 1


async def test_receipt_of_a_call_tells_its_outcome_and_the_keys_pressed(gate: Gate) -> None:
    """So counts a call that was not answered as one; what was reported before stays."""
    await gate.contact("c", channel=Channel.CALL, template="overdue_call")
    [attempt] = await gate.attempts()
    reference = attempt["attempt_id"]
    ended: dict[str, Any] = {"reference": reference, "duration_s": 31}
    await _record(gate.pool, DONE, **ended, call_outcome="connected", pressed="1")
    await _record(gate.pool, DONE, **ended, call_outcome="no_answer")
    [attempt] = await gate.attempts()
    values = (attempt["outcome"], attempt["duration_s"], attempt["pressed"])
    assert values == ("connected", 31, "1")
    assert isinstance(attempt["outcome_at"], datetime)


async def test_receipt_that_comes_first_tells_of_an_appointment(gate: Gate) -> None:
    """Our note of the provider's answer is lost; the borrower has read it, and may confirm."""
    await gate.pool.execute(
        "INSERT INTO visits (visit_id, case_id, loan_id, address_id, applicant, applicant_id,"
        " requested_at, approver_id, approved_at, approval_expires_at, status, visit_code, slot_id,"
        " slot) SELECT 'V-1', case_id, 'L-1', address_id, 'borrower', 'B-1', $1, 'A-1', $1, $2,"
        " 'approved', '123456', 'S-1', tstzrange($2, $2::timestamptz + interval '2 hours')"
        " FROM collection_cases, addresses LIMIT 1",
        NOON,
        NOON + timedelta(days=9),
    )
    gate.gateway.fail_next(Fault.DIES_AFTER)
    appointment = {"template": "visit_appointment", "purpose": Purpose.VISIT}
    with pytest.raises(DiedError):
        await gate.contact("S-1", **appointment)
    [attempt] = await gate.attempts()
    await _record(gate.pool, DONE, reference=attempt["attempt_id"])
    assert (await gate.contact("S-1", **appointment)).status == "sent"
    visit = await gate.pool.fetchrow("SELECT status, notice_sent_at FROM visits")
    assert visit is not None
    assert tuple(visit) == ("proposed", NOON)
