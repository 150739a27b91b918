"""What can never be delivered is refused at the door, and holds up no other event of its loan."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from database.event_record import Events
from database.sql import Pool
from domain.events import LARGEST_BODY
from domain.policy.policy import Policy
from door.bodies import LARGEST_EVENT
from door.one_path import OnePath
from tests.support.door.doors import a_door, client_of_nobody, now_in_utc
from tests.support.door.system import System
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

LOAN = Loan("L-1001")
EVENT: dict[str, Any] = {
    "event_id": "e-1",
    "loan_id": "L-1001",
    "name": "payment_received",
    "occurred_at": "2026-11-24T10:00:00+08:00",
    "payment_id": "P",
    "amount_minor": 1,
}
ADDRESS = "/v1/loans/L-1001/events/payment_received"
HALF_A_PAIR = json.dumps(EVENT | {"note": "\ud83d"}).encode()


@pytest.fixture
async def bank(pool: Pool, policy: Policy) -> AsyncIterator[System]:
    """A system before a door."""
    await insert_loan(pool, LOAN)
    async with a_door(pool, client_without_runs(), policy) as system:
        yield system


async def test_half_of_a_surrogate_pair_is_refused(bank: System, pool: Pool) -> None:
    """As a client writes that cuts a text in the middle of a character."""
    answer = await bank.post_raw(ADDRESS, HALF_A_PAIR, "e-1")
    assert answer.status_code == 400
    assert "half of a surrogate pair is no character" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("event_id", ["pay.1", "pay 1"])
async def test_id_that_cannot_be_signed_is_told_to_who_has_signed(
    bank: System, event_id: str
) -> None:
    """A stranger hears of their signature, and of nothing else."""
    answer = await bank.post(ADDRESS, EVENT | {"event_id": event_id}, event_id)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/no-event-id")
    assert answer.json()["detail"].startswith("webhook-id: ")
    stranger = System(bank.http, bank.key_id, b"another")
    answer = await stranger.post(ADDRESS, EVENT | {"event_id": event_id}, event_id)
    assert answer.status_code == 401


async def test_attempt_that_the_record_could_not_have_is_refused_and_holds_up_nothing(
    bank: System,
) -> None:
    """The database has no text for it: it is judged all the same, and so is what comes after."""
    answer = await bank.post(ADDRESS, EVENT | {"attempt_id": "\0"}, "e-1")
    assert answer.json()["accepted"]
    unread = {"event_id": "e-2", "name": "call_finished", "attempt_id": "\0", "outcome": "busy"}
    answer = await bank.post("/v1/events", [EVENT | unread])
    [part] = answer.json()
    assert part["answer"]["reason"].startswith("LC-CONTRACT: attempt_id: ")
    assert (await bank.send(LOAN.loan_id, "payment_reversed", "e-3", payment_id="P")).is_success


async def test_part_of_a_batch_is_no_larger_than_an_event_alone(bank: System) -> None:
    """The others of the batch are taken."""
    large = EVENT | {"event_id": "e-2", "note": "x" * LARGEST_EVENT}
    answer = await bank.post("/v1/events", [EVENT, large])
    assert [part["status"] for part in answer.json()] == [200, 413]


@pytest.mark.parametrize("note", ["\ud83d", "x" * LARGEST_BODY], ids=["half a pair", "large"])
async def test_what_an_earlier_door_has_kept_is_answered(
    pool: Pool, policy: Policy, note: str
) -> None:
    """No run could take it in, now or later: what comes after it must not wait for that."""
    path = OnePath(await client_of_nobody(), Events(pool), policy, now_in_utc)
    answer = await path.bring(LOAN.loan_id, EVENT | {"note": note}, "t-1")
    assert not answer["accepted"]
    assert answer["reason"].startswith("LC-CONTRACT: ")


async def test_every_part_of_a_batch_has_its_answer(bank: System, pool: Pool) -> None:
    """Also those that were judged while the others were still being kept."""
    loans = [f"L-{number}" for number in range(2000, 2060)]
    for loan_id in loans:
        await insert_loan(pool, Loan(loan_id, f"B-{loan_id}"))
    batch = [EVENT | {"loan_id": loan_id, "payment_id": f"P-{loan_id}"} for loan_id in loans]
    answer = await bank.post("/v1/events", batch)
    assert {part["status"] for part in answer.json()} == {200}
