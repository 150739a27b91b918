"""Right person, and refusals that last: on the record, at the moment of sending."""

from datetime import timedelta

import pytest

from database.sql import Pool
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from tests.support.gate.gate import Gate
from tests.support.gateways import FakeGateway
from tests.support.record import Record
from tests.support.recorder import NOW, Recorder
from tests.support.world import Loan, OpenCase

LOCATE = {"purpose": Purpose.LOCATE, "template": "locate_message"}
CALL = {"channel": Channel.CALL, "template": "overdue_call"}
UNKNOWN = Loan(phones=2, confirmed=False)


@pytest.fixture
async def gate(pool: Pool, policy: Policy, open_case: OpenCase) -> Gate:
    """The gate of a case none of whose numbers is confirmed."""
    gate = Gate(pool, policy, await open_case(UNKNOWN), FakeGateway())
    gate.now = NOW
    return gate


@pytest.fixture
async def tell(gate: Gate) -> Recorder:
    """Events of that case."""
    return Recorder(gate.pool, await gate.pool.fetchval("SELECT case_id FROM collection_cases"))


async def _friend(gate: Gate) -> None:
    """A contact person, and no number of the borrower that works."""
    await gate.pool.execute(
        "INSERT INTO phones (phone_id, borrower_id, number, priority, relation)"
        " VALUES ('friend', 'B-1', '+86 1', 0, 'contact_person')"
    )
    await gate.pool.execute("UPDATE phones SET status = 'invalid' WHERE relation = 'self'")


async def test_first_message_to_an_unconfirmed_number_tells_no_debt(gate: Gate) -> None:
    """What is on record is what was said."""
    assert (await gate.contact()).status == "sent"
    [message] = gate.gateway.handed_over
    assert "CNY" not in message.text
    assert "逾期" not in message.text
    [attempt] = await gate.attempts()
    assert attempt["template"] == "first_message"
    assert (await gate.contact("other")).rule_id == "LC-MESSAGES"


async def test_visit_code_never_goes_to_an_unconfirmed_number(gate: Gate) -> None:
    """Nobody is told who comes, so nobody comes."""
    result = await gate.contact(purpose=Purpose.VISIT, template="visit_appointment")
    assert (result.status, result.rule_id) == ("refused", "LC-RIGHT-PARTY")
    assert not gate.gateway.handed_over


async def test_call_carries_its_parts(gate: Gate) -> None:
    """A provider that knows no parts says the opening, which tells nothing."""
    await gate.contact(**CALL)
    [call] = gate.gateway.handed_over
    assert call.parts is not None
    assert call.text == call.parts.opening
    assert "逾期" not in call.parts.opening + call.parts.after_no
    assert "逾期" in call.parts.after_yes


async def test_simulated_provider_keeps_what_follows_which_answer(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Whoever reads what the simulated provider kept sees what a *yes* and a *no* are told."""
    record = Record(pool, policy, UNKNOWN, await open_case(UNKNOWN))
    assert (await record.contact("overdue_call", Channel.CALL)).status == "sent"
    row = await pool.fetchrow("SELECT text, after_yes, after_no FROM simulated_outbox")
    assert row is not None
    assert row["text"].endswith("本人吗？")
    assert "逾期" in row["after_yes"]
    assert row["after_no"].startswith("打扰了")


async def test_conversation_in_which_they_said_who_they_are_confirms_the_number(
    gate: Gate, tell: Recorder
) -> None:
    """From then on it is told; another number of theirs is not."""
    await gate.contact(**CALL)
    [call] = await gate.attempts()
    await tell.accepted(
        "call_finished",
        attempt_id=call["attempt_id"],
        outcome="connected",
        identity_confirmed=True,
        recording_id="R-1",
    )
    await gate.contact("after")
    sent = await gate.pool.fetch("SELECT template, phone_id FROM contact_attempts ORDER BY channel")
    assert [(row["template"], row["phone_id"]) for row in sent] == [
        ("overdue_call", "B-1-p1"),
        ("overdue_notice", "B-1-p1"),
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("phone_confirmed", {"phone_id": "B-1-p2", "by": "payment_link"}),
        ("reply_received", {"reply_id": "R-1", "phone_id": "B-1-p2", "text": "是本人"}),
        ("call_received", {"call_id": "I", "phone_id": "B-1-p2", "identity_confirmed": True}),
    ],
)
async def test_borrower_may_confirm_a_number_in_other_ways(
    gate: Gate, tell: Recorder, name: str, body: dict[str, object]
) -> None:
    """It holds for every entry of the number, and for no other."""
    await tell.accepted(name, **body)
    assert (await gate.contact()).status == "sent"
    [attempt] = await gate.attempts()
    assert (attempt["template"], attempt["phone_id"]) == ("overdue_notice", "B-1-p2")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("phone_reported", {"phone_id": "friend", "status": "refused", "by": "hotline"}),
        ("reply_received", {"reply_id": "R-1", "phone_id": "friend", "text": "N"}),
        ("contact_preferences_changed", {"blocked_phone_ids": ["friend"]}),
    ],
)
async def test_refusal_of_a_contact_person_lasts(
    gate: Gate, tell: Recorder, name: str, body: dict[str, object]
) -> None:
    """By whatever channel it came, and whatever the borrower wishes later."""
    await _friend(gate)
    await tell.accepted(name, **body)
    assert (await gate.contact("locate-1", **LOCATE)).rule_id == "LC-NO-PHONE"
    await tell.accepted("contact_preferences_changed", blocked_phone_ids=["B-1-p2"])
    gate.now += timedelta(days=8)
    assert (await gate.contact("locate-2", **LOCATE)).rule_id == "LC-NO-PHONE"
    assert not gate.gateway.handed_over


@pytest.mark.parametrize("text", ["是本人", "在医院，请发短信"])
async def test_nobody_is_asked_for_who_has_answered(gate: Gate, tell: Recorder, text: str) -> None:
    """Whether or not a rule reads the answer; the days of look-back later somebody may be."""
    await _friend(gate)
    await tell.accepted("reply_received", reply_id="R-1", phone_id="B-1-p1", text=text)
    refused = await gate.contact("locate-1", **LOCATE)
    assert refused.rule_id == "CN-08"
    assert refused.retry_at is not None
    gate.now = refused.retry_at
    assert (await gate.contact("locate-2", **LOCATE)).status == "sent"


async def test_stranger_who_replies_is_left_alone_for_good(gate: Gate, tell: Recorder) -> None:
    """Also by calls, and whoever says later that it is the borrower's number."""
    await tell.accepted("reply_received", reply_id="R-1", phone_id="B-1-p1", text="N")
    await tell.accepted("reply_received", reply_id="R-2", phone_id="B-1-p2", text="STOP")
    verdict = await tell("phone_confirmed", phone_id="B-1-p1", by="app")
    assert "which is final" in str(verdict.reason)
    await tell.accepted("phone_reported", phone_id="B-1-p2", status="invalid")
    statuses = await tell.rows("SELECT status FROM phones ORDER BY phone_id")
    assert [row["status"] for row in statuses] == ["wrong_person", "refused"]
    for contact in ({}, CALL):
        assert (await gate.contact(**contact)).rule_id == "LC-NO-PHONE"


async def test_contact_person_is_not_asked_while_the_borrower_acts(
    gate: Gate, tell: Recorder
) -> None:
    """A payment of yesterday shows that they can be reached; after seven days it shows nothing."""
    await _friend(gate)
    await tell.accepted("payment_received", payment_id="P", amount_minor=1000)
    assert (await gate.contact("locate-1", **LOCATE)).rule_id == "CN-08"
    gate.now += timedelta(days=7)
    assert (await gate.contact("locate-2", **LOCATE)).status == "sent"


async def test_contact_person_is_not_asked_for_who_wants_no_contact(
    gate: Gate, tell: Recorder
) -> None:
    """Who says so was reached."""
    await _friend(gate)
    await tell.accepted("phone_reported", phone_id="B-1-p1", status="refused", by="letter")
    gate.now += timedelta(days=30)
    assert (await gate.contact(**LOCATE)).rule_id == "CN-08"
