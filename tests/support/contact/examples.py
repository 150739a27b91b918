"""One borrower at noon of one day, and what the shipped contact rules say of a contact."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.contact.facts import ContactFacts, Fate, PastAttempt, Phone
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from domain.policy.right_party import Confirmation
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

POLICY = read_policy(CHINA_POLICY).model_copy(update={"effective_from": date(2026, 1, 1)})
SMS, CALL = Channel.SMS, Channel.CALL
COLLECTION, VISIT, REPAYMENT, CLOSING, LOCATE = Purpose
ORDINARY = (COLLECTION, VISIT, REPAYMENT, CLOSING)
ZONE = "Asia/Shanghai"
DAY = date(2026, 4, 20)


def at_local(hour: int, minute: int = 0, second: int = 0, zone: str = ZONE) -> datetime:
    return datetime.combine(DAY, time(hour, minute, second), ZoneInfo(zone)).astimezone(UTC)


NOON = at_local(12)


def a_phone(number: int, **values: Any) -> Phone:
    return Phone(phone_id=f"p{number}", **{"usable": True, "blocked": False, **values})


def facts_with(**values: Any) -> ContactFacts:
    """Facts in which every number is confirmed, unless a test says which are."""
    base = {
        "time_zone": ZONE,
        "case_open": True,
        "arrears_minor": 1,
        "loan_id": "L-1",
        "phones": [a_phone(1)],
    }
    facts = ContactFacts(**base | values)
    if "confirmed" in values:
        return facts
    known = {phone.phone_id: [Confirmation.ORIGINATION] for phone in facts.phones}
    return facts.model_copy(update={"confirmed": known})


def past_attempt(at: datetime, channel: Channel = CALL, **values: Any) -> PastAttempt:
    base = {"purpose": COLLECTION, "phone_id": "p1", "loan_id": "L-1"}
    return PastAttempt(at=at, channel=channel, **base | values)


def past_messages(count: int, at: datetime = NOON, **values: Any) -> list[PastAttempt]:
    return [past_attempt(at - timedelta(minutes=number), SMS, **values) for number in range(count)]


def past_calls(count: int, fate: Fate, at: datetime = NOON, **values: Any) -> list[PastAttempt]:
    return [
        past_attempt(at - timedelta(minutes=number), fate=fate, **values) for number in range(count)
    ]


def facts_for(purpose: Purpose, **values: Any) -> ContactFacts:
    """Facts under which the balance does not speak against a purpose."""
    return facts_with(arrears_minor=0 if purpose is CLOSING else 1, **values)


def used_phone(decision: Decision) -> str:
    assert isinstance(decision, Allowed), decision
    return decision.phone_id


def ask(
    facts: ContactFacts,
    channel: Channel = SMS,
    purpose: Purpose = COLLECTION,
    now: datetime = NOON,
    policies: list[Policy] | None = None,
    template: Template | None = None,
) -> Decision:
    return may_contact(channel, purpose, facts, policies or [POLICY], now, template)


def rule_of(decision: Decision) -> str:
    return decision.rule_id if isinstance(decision, Refused) else "allowed"
