"""The contact gate on a real Postgres: caps, holds and preferences at the moment of sending."""

import asyncio
from datetime import datetime, timedelta

import pytest

from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.contact.facts import ContactFacts
from domain.policy.contact import Channel, Counter, Purpose
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.gate.gate import LOAN, NOON, Gate
from tests.support.gateways import FakeGateway
from tests.support.world import Loan, OpenCase


async def test_message_is_sent_once_for_an_intent(gate: Gate) -> None:
    """The same intent again answers as the first time and reaches nobody."""
    results = [await gate.contact() for _ in range(3)]
    assert [result.status for result in results] == ["sent"] * 3
    assert len(gate.gateway.handed_over) == 1
    [attempt] = await gate.attempts()
    assert (attempt["sent_at"], attempt["phone_id"]) == (NOON, "B-1-p1")


@pytest.mark.parametrize(
    ("channel", "template", "cap"), [("sms", "overdue_notice", 1), ("call", "overdue_call", 3)]
)
async def test_cap_holds_over_all_loans_at_once(
    gate: Gate, open_case: OpenCase, channel: str, template: str, cap: int
) -> None:
    """Twenty senders for four loans of one borrower: no more than the cap get through."""
    cases = [await open_case(Loan(loan_id=f"L-{number}")) for number in range(2, 6)]
    results = await asyncio.gather(
        *(
            gate.contact(
                f"step-{number}", case_id=cases[number % 4], channel=channel, template=template
            )
            for number in range(20)
        )
    )
    assert sum(result.status == "sent" for result in results) == cap
    assert len(gate.gateway.handed_over) == cap
    rules = {result.rule_id for result in results if result.status == "refused"}
    assert rules == {"LC-MESSAGES" if channel == "sms" else "CN-04"}


async def test_unanswered_calls_are_capped_by_number(gate: Gate) -> None:
    """Six to the first number, then the second number, then none until tomorrow."""
    for number in range(12):
        await gate.contact(f"call-{number}", channel=Channel.CALL, template="overdue_call")
        await gate.pool.execute("UPDATE contact_attempts SET outcome = 'no_answer'")
    used = [attempt["phone_id"] for attempt in await gate.attempts()]
    assert (used.count("B-1-p1"), used.count("B-1-p2")) == (6, 6)
    result = await gate.contact("one-more", channel=Channel.CALL, template="overdue_call")
    assert result.rule_id == "CN-06"
    assert result.retry_at == LOAN.at_days_past_due(6, hour=8)


async def test_refusal_is_on_record_with_rule_and_policy(gate: Gate, policy: Policy) -> None:
    """Who asks why nothing was sent finds the rule, the reason, the policy and the next moment."""
    gate.now = NOON.replace(hour=22)
    result = await gate.contact()
    assert result.status == "refused"
    row = await gate.pool.fetchrow("SELECT * FROM contact_refusals")
    assert row is not None
    assert row["rule_id"] == result.rule_id == "CN-02"
    assert "08:00–22:00" in row["reason"]
    assert (row["policy_version"], row["at"]) == (policy.version, gate.now)
    assert row["retry_at"] == LOAN.at_days_past_due(6, hour=8)
    assert not await gate.attempts()


@pytest.mark.parametrize("longer_is", ["pinned", "current"])
async def test_gate_looks_as_far_back_as_the_longer_of_its_two_policies(
    pool: Pool, policy: Policy, open_case: OpenCase, longer_is: str
) -> None:
    """A rule over thirty days finds the call of four weeks ago, of another loan; not one before."""
    counter = Counter.model_validate(
        {"scope": "borrower", "channel": "call", "window": {"calendar_days": 30}, "limit": 1}
    )
    rule = policy.contact.counters["messages_per_day"].model_copy(
        update={"id": "NEW-30", "value": counter}
    )
    contact = policy.contact.model_copy(
        update={"counters": policy.contact.counters | {"month": rule}}
    )
    longer = policy.model_copy(
        update={"version": "cn-next", "contact": contact, "effective_from": LOAN.first_due_on}
    )
    case_id, other = await open_case(LOAN), await open_case(Loan(loan_id="L-2"))
    if longer_is == "pinned":
        await StoredPolicies(pool).store_policy(longer, fingerprint(longer), NOON)
        await pool.execute("UPDATE collection_cases SET policy_version = 'cn-next'")
    gate = Gate(pool, policy if longer_is == "pinned" else longer, case_id, FakeGateway())
    call = {"channel": Channel.CALL, "template": "overdue_call"}
    assert (await gate.contact("first", case_id=other, **call)).status == "sent"
    gate.now = NOON + timedelta(days=28)
    result = await gate.contact("second", **call)
    assert result.rule_id == "NEW-30"
    assert result.retry_at == LOAN.at_days_past_due(5 + 30, hour=8)
    gate.now = NOON + timedelta(days=30)
    assert (await gate.contact("third", **call)).status == "sent"


@pytest.mark.parametrize(
    ("status", "outcome", "fate"),
    [
        ("reserved", None, "pending"),
        ("sent", None, "pending"),
        ("sent", "connected", "connected"),
        ("sent", "no_answer", "unanswered"),
        ("sent", "busy", "unanswered"),
        ("sent", "invalid_number", "unanswered"),
        ("sent", "wrong_person", "unanswered"),
        ("sent", "refused", "pending"),
        ("unknown", "the provider cannot tell", "pending"),
        ("failed", "no such number", None),
    ],
)
async def test_facts_tell_what_became_of_a_call(
    gate: Gate, status: str, outcome: str | None, fate: str | None
) -> None:
    """What is unclear counts as connected and as unanswered; what was never made not at all."""
    await gate.contact(channel=Channel.CALL, template="overdue_call")
    await gate.pool.execute(
        "UPDATE contact_attempts SET status = $1, outcome = $2,"
        " sent_at = CASE WHEN $1 = 'sent' THEN reserved_at END",
        status,
        outcome,
    )
    text = await gate.pool.fetchval(
        "SELECT f.facts::text FROM collection_cases, contact_facts(case_id, 'another', $1, 0) f",
        NOON + timedelta(hours=1),
    )
    facts = ContactFacts.model_validate_json(text)
    assert [past.fate for past in facts.attempts] == ([fate] if fate else [])
    assert facts.loan_id == "L-1"


async def test_contact_person_is_asked_when_nobody_else_can_be(gate: Gate) -> None:
    """Through the same gate, about no debt; and the borrower's notices never go there."""
    await gate.pool.execute(
        "INSERT INTO phones (phone_id, borrower_id, number, priority, relation)"
        " VALUES ('friend', 'B-1', '+86 1', 0, 'contact_person')"
    )
    locate = {"purpose": Purpose.LOCATE, "template": "locate_message"}
    assert (await gate.contact("early", **locate)).rule_id == "CN-08"
    assert (await gate.contact("notice")).status == "sent"
    await gate.pool.execute("UPDATE phones SET status = 'invalid' WHERE relation = 'self'")
    assert (await gate.contact("locate", **locate)).status == "sent"
    assert (await gate.contact("again", **locate)).rule_id == "LC-THIRD-PARTY"
    used = {attempt["purpose"]: attempt["phone_id"] for attempt in await gate.attempts()}
    assert used == {"collection": "B-1-p1", "locate": "friend"}
    [_, message] = gate.gateway.handed_over
    assert "CNY" not in message.text
    gate.now += timedelta(days=1)
    assert (await gate.contact("tomorrow")).rule_id == "LC-NO-PHONE"


async def test_message_that_has_lost_its_subject_is_not_sent(gate: Gate) -> None:
    """A reminder of a part that no plan has any more fails at once instead of trying for hours."""
    result = await gate.contact(purpose=Purpose.REPAYMENT, template="part_reminder")
    assert (result.status, result.reason) == ("failed", "nothing to say of 'part_amount'")
    assert not gate.gateway.handed_over


async def test_strictest_of_pinned_and_current_policy_binds(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """A case pinned to the old policy keeps a new one's shorter hours too."""
    case_id = await open_case(LOAN)
    hours = policy.contact.planned_hours.value
    rule = policy.contact.permitted_hours.model_copy(update={"value": hours, "id": "NEW-02"})
    contact = policy.contact.model_copy(update={"permitted_hours": rule})
    current = policy.model_copy(
        update={"version": "cn-next", "contact": contact, "effective_from": LOAN.first_due_on}
    )
    gate = Gate(pool, current, case_id, FakeGateway())
    gate.now = NOON.replace(hour=18)
    assert (await gate.contact()).rule_id == "NEW-02"
    gate.now = NOON.replace(hour=16)
    assert (await gate.contact()).status == "sent"


def test_noon_is_a_permitted_moment(policy: Policy) -> None:
    """What the tests above start from."""
    hours = policy.contact.permitted_hours.value
    assert isinstance(NOON, datetime)
    assert hours.start < NOON.time() < hours.end


async def test_facts_that_come_back_count_the_message(gate: Gate) -> None:
    """What comes next is decided on them: the message that was just sent is one of those tried."""
    assert [(await gate.contact()).facts.messages_sent for _ in range(2)] == [1, 1]
