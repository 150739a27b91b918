"""One number under several entries is one: for wishes, strangers, caps and contact persons."""

import pytest

from database.sql import Pool
from domain.policy.contact import Purpose
from domain.policy.policy import Policy
from tests.support.gate.gate import LOAN, Gate
from tests.support.gateways import FakeGateway
from tests.support.recorder import Recorder
from tests.support.world import OpenCase

CALL = {"channel": "call", "template": "overdue_call"}


@pytest.fixture
async def case_id(pool: Pool, open_case: OpenCase) -> str:
    """A case of a borrower both of whose entries hold the same number."""
    case_id = await open_case(LOAN)
    await pool.execute("UPDATE phones SET number = '+86 000 0000 0001'")
    return case_id


@pytest.fixture
async def gate(pool: Pool, policy: Policy, case_id: str) -> Gate:
    """The gate of that case."""
    return Gate(pool, policy, case_id, FakeGateway())


async def test_blocked_number_is_blocked_under_every_entry(
    pool: Pool, gate: Gate, case_id: str
) -> None:
    """And free under every entry again, once the wish is withdrawn."""
    tell = Recorder(pool, case_id)
    await tell.accepted("contact_preferences_changed", blocked_phone_ids=["B-1-p2"])
    assert (await gate.contact()).rule_id == "LC-NO-PHONE"
    await tell.accepted("contact_preferences_changed", blocked_phone_ids=[])
    assert (await gate.contact("another")).status == "sent"


async def test_stranger_is_not_called_under_another_entry(
    pool: Pool, gate: Gate, case_id: str
) -> None:
    """Somebody else answers there, whatever the entry is called."""
    await gate.contact(**CALL)
    [attempt] = await gate.attempts()
    await Recorder(pool, case_id).accepted(
        "call_finished", attempt_id=attempt["attempt_id"], outcome="wrong_person"
    )
    assert (await gate.contact("another", **CALL)).rule_id == "LC-NO-PHONE"


async def test_calls_to_one_number_are_counted_together(pool: Pool, gate: Gate) -> None:
    """Six unanswered calls a day, not six for each entry; whichever entry was called."""
    for number in range(6):
        assert (await gate.contact(f"call-{number}", **CALL)).status == "sent"
        await pool.execute("UPDATE contact_attempts SET outcome = 'no_answer'")
    await pool.execute(
        "UPDATE contact_attempts SET phone_id = 'B-1-p2'"
        " WHERE intent_key LIKE '%call-1' OR intent_key LIKE '%call-2'"
    )
    assert (await gate.contact("call-6", **CALL)).rule_id == "CN-06"


async def test_contact_person_with_the_borrowers_number_is_none(pool: Pool, gate: Gate) -> None:
    """A word left there would be left with the same stranger."""
    await pool.execute("UPDATE phones SET status = 'wrong_person'")
    await pool.execute(
        "UPDATE phones SET relation = 'contact_person', status = 'usable' WHERE phone_id = 'B-1-p2'"
    )
    result = await gate.contact(purpose=Purpose.LOCATE, template="locate_message")
    assert result.rule_id == "LC-NO-PHONE"
    assert not gate.gateway.handed_over
