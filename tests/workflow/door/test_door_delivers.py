"""What comes in by the front door reaches the loan's workflow, and its answer the sender."""

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from database.sql import Pool
from domain.case.state import Stage
from domain.policy.policy import Policy
from tests.support.door.doors import a_door
from tests.support.door.system import System
from tests.support.lives.life import Life
from tests.support.world import INSTALMENT


@pytest.fixture
async def bank(env: WorkflowEnvironment, pool: Pool, policy: Policy) -> AsyncIterator[System]:
    """A sending system before a door, whose business time is real."""
    async with a_door(pool, env.client, policy) as system:
        yield system


async def _send(bank: System, life: Life, name: str, event_id: str, **body: object) -> object:
    moment = (await life.now()).isoformat()
    answer = await bank.send(life.loan.loan_id, name, event_id, occurred_at=moment, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_payment_is_booked_and_answered(life: Life, bank: System) -> None:
    """With the verdict of the workflow; the record says who sent it, verified."""
    owed = await life.arrears()
    answer = await _send(
        bank, life, "payment_received", "e-1", payment_id="P", amount_minor=INSTALMENT // 2
    )
    assert answer == {"accepted": True, "reason": None, "stage": "application"}
    assert await life.arrears() == owed - INSTALMENT // 2
    senders = "SELECT source || ' ' || sent_by FROM case_events WHERE event_id = 'e-1'"
    assert await life.value(senders) == "bank bank"


async def test_the_same_event_again_is_answered_as_before(life: Life, bank: System) -> None:
    """And delivered once; another under its id is a conflict, which names neither."""
    body = {"hold_id": "H", "reason": "dispute", "occurred_at": (await life.now()).isoformat()}
    loan_id = life.loan.loan_id
    first = await bank.send(loan_id, "hold_placed", **body)
    again = await bank.send(loan_id, "hold_placed", **body)
    assert again.json() == first.json()
    other = await bank.send(loan_id, "hold_placed", **body | {"hold_id": "H-2"})
    assert other.status_code == 409
    assert "H-2" not in other.text
    assert await life.value("SELECT count(*) FROM case_events") == 1


async def test_refusal_is_an_answer(life: Life, bank: System) -> None:
    """A sender that tries everything again but 200 would try for days."""
    answer = await _send(bank, life, "visit_approved", "e-1", visit_id="V", approver_id="A-1")
    assert str(answer).count("LC-STAGE") == 1


async def test_event_before_its_other_half_comes_again_under_its_id(
    life: Life, bank: System
) -> None:
    """It is delivered anew, and not answered from the inbox."""
    moment = (await life.now()).isoformat()
    reversal = {"payment_id": "P", "occurred_at": moment}
    early = (await bank.send(life.loan.loan_id, "payment_reversed", "back", **reversal)).json()
    assert (early["accepted"], early["may_come_again"]) == (False, True)
    await _send(bank, life, "payment_received", "paid", payment_id="P", amount_minor=1)
    late = (await bank.send(life.loan.loan_id, "payment_reversed", "back", **reversal)).json()
    assert late["accepted"]


async def test_status_is_that_of_the_case(life: Life, bank: System) -> None:
    """As `ops.py status` prints it."""
    answer = await bank.get(f"/v1/loans/{life.loan.loan_id}")
    assert answer.json() == await life.status()


async def test_decision_by_signal_does_not_count_where_only_the_door_decides(
    life: Life, bank: System
) -> None:
    """Here it does: the record says of each whether its sender was verified."""
    await life.drive_to(Stage.APPROVAL)
    await _send(bank, life, "visit_approved", "yes", visit_id=life.visit_id, approver_id="A-9")
    rows = await life.pool.fetch("SELECT name, sent_by FROM case_events ORDER BY sequence")
    assert {row["name"]: row["sent_by"] for row in rows} == {
        "visit_requested": None,
        "visit_approved": "bank",
    }
