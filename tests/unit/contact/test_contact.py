"""The contact rules: each below, at and above its threshold, and which of them speaks first."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from domain.contact.hold import Hold
from domain.contact.question import Refused
from domain.events import AgreedHours
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from tests.support.contact.examples import (
    CLOSING,
    COLLECTION,
    NOON,
    ORDINARY,
    REPAYMENT,
    VISIT,
    a_phone,
    ask,
    at_local,
    facts_for,
    facts_with,
    past_messages,
    rule_of,
    used_phone,
)

HOLD = Hold(hold_id="h", reason="dispute")
EVENING = AgreedHours(start=time(18), end=time(20))


@pytest.mark.parametrize(
    ("values", "purpose", "rule"),
    [
        ({}, COLLECTION, "allowed"),
        ({"case_open": False}, COLLECTION, "LC-CASE-CLOSED"),
        ({"case_open": False}, CLOSING, "LC-OWED"),
        ({"case_open": False, "arrears_minor": 0}, CLOSING, "allowed"),
        ({"arrears_minor": 0}, COLLECTION, "LC-PAID"),
        ({"arrears_minor": 0}, VISIT, "LC-PAID"),
        ({"arrears_minor": 0}, REPAYMENT, "LC-PAID"),
        ({"arrears_minor": 0}, CLOSING, "allowed"),
        ({"promise_open": True}, COLLECTION, "LC-PROMISE"),
        ({"promise_open": True}, VISIT, "allowed"),
        ({"plan_honoured": True}, COLLECTION, "CN-17"),
        ({"plan_honoured": True}, REPAYMENT, "allowed"),
        ({"holds": [HOLD], "arrears_minor": 0}, CLOSING, "LC-HOLD"),
        ({"blocked_channels": ["sms"], "arrears_minor": 0}, CLOSING, "LC-PREFERENCE"),
        ({"blocked_channels": ["call", "visit"]}, COLLECTION, "allowed"),
        ({"phones": []}, COLLECTION, "LC-NO-PHONE"),
    ],
)
def test_purpose_decides_which_rules_bind(
    values: dict[str, Any], purpose: Purpose, rule: str
) -> None:
    """A closing notice may go out on a closed case, and nothing goes out against a hold."""
    assert rule_of(ask(facts_with(**values), purpose=purpose)) == rule


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        (None, "LC-HOLD"),
        (NOON + timedelta(seconds=1), "LC-HOLD"),
        (NOON, "allowed"),
        (NOON - timedelta(seconds=1), "allowed"),
    ],
)
def test_hold_ends_at_its_end(until: datetime | None, rule: str) -> None:
    """The instant itself is free again."""
    assert rule_of(ask(facts_with(holds=[HOLD.model_copy(update={"until": until})]))) == rule


def test_last_hold_to_end_says_when() -> None:
    """One without an end makes waiting useless."""
    ends = [NOON + timedelta(days=days) for days in (1, 3, 2)]
    holds = [Hold(hold_id=str(end), reason="dispute", until=end) for end in ends]
    decision = ask(facts_with(holds=holds))
    assert isinstance(decision, Refused)
    assert decision.retry_at == ends[1]
    decision = ask(facts_with(holds=[*holds, Hold(hold_id="h", reason="bereavement")]))
    assert isinstance(decision, Refused)
    assert (decision.reason, decision.retry_at) == ("on hold: bereavement, dispute", None)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (at_local(7, 59, 59), "CN-02"),
        (at_local(8), "allowed"),
        (at_local(21, 59, 59), "allowed"),
        (at_local(22), "CN-02"),
    ],
)
@pytest.mark.parametrize("purpose", ORDINARY)
@pytest.mark.parametrize("channel", Channel)
def test_permitted_hours_bind_every_contact(
    now: datetime, rule: str, purpose: Purpose, channel: Channel
) -> None:
    """Start included, end excluded; nothing is so important."""
    assert rule_of(ask(facts_for(purpose), channel, purpose, now)) == rule


@pytest.mark.parametrize(
    ("now", "rule", "retry_at"),
    [
        (at_local(17, 59), "LC-PREFERENCE", at_local(18)),
        (at_local(18), "allowed", None),
        (at_local(19, 59), "allowed", None),
        (at_local(20), "LC-PREFERENCE", at_local(18) + timedelta(days=1)),
    ],
)
def test_agreed_hours_bind_within_the_permitted(
    now: datetime, rule: str, retry_at: datetime | None
) -> None:
    """And say when they begin again."""
    decision = ask(facts_with(agreed_hours=[EVENING]), now=now)
    assert rule_of(decision) == rule
    assert getattr(decision, "retry_at", None) == retry_at


@pytest.mark.parametrize(
    ("until", "rule", "retry_at"),
    [
        (NOON, "allowed", None),
        (NOON + timedelta(hours=1), "LC-PREFERENCE", NOON + timedelta(hours=1)),
        (NOON + timedelta(days=1), "LC-PREFERENCE", at_local(18)),
    ],
)
def test_agreed_hours_lapse(until: datetime, rule: str, retry_at: datetime | None) -> None:
    """From that moment on, only the permitted hours bind."""
    wish = EVENING.model_copy(update={"until": until})
    decision = ask(facts_with(agreed_hours=[wish]))
    assert rule_of(decision) == rule
    assert getattr(decision, "retry_at", None) == retry_at


def test_hours_that_never_meet_are_not_waited_for() -> None:
    """Unless the wish lapses: then the morning after it."""
    night = AgreedHours(start=time(5), end=time(7))
    decision = ask(facts_with(agreed_hours=[night]))
    assert isinstance(decision, Refused)
    assert decision.retry_at is None
    wish = night.model_copy(update={"until": NOON + timedelta(days=99, hours=11)})
    decision = ask(facts_with(agreed_hours=[wish]))
    assert isinstance(decision, Refused)
    assert decision.retry_at == at_local(8) + timedelta(days=100)


def test_agreed_night_does_not_widen_the_permitted_hours() -> None:
    """A preference only narrows."""
    night = AgreedHours(start=time(5), end=time(23))
    assert rule_of(ask(facts_with(agreed_hours=[night]), now=at_local(6))) == "CN-02"


def test_unusable_and_blocked_numbers_are_passed_over() -> None:
    """The first that may be used is."""
    phones = [a_phone(1, usable=False), a_phone(2, blocked=True), a_phone(3)]
    for channel in Channel:
        assert used_phone(ask(facts_with(phones=phones), channel)) == "p3"
        assert rule_of(ask(facts_with(phones=phones[:2]), channel)) == "LC-NO-PHONE"


@pytest.mark.parametrize("template", Template)
def test_who_wants_no_visit_is_not_asked_to_one(template: Template) -> None:
    """Nor told of one to come: that nobody comes, they are told."""
    facts = facts_with(blocked_channels=["visit"])
    decision = ask(facts, purpose=VISIT, template=template)
    speaks_of_one = template.value in {"visit_invitation", "visit_appointment", "visit_reminder"}
    assert (rule_of(decision) == "LC-PREFERENCE") is speaks_of_one


WORST_FIRST: list[tuple[str, dict[str, Any]]] = [
    ("LC-CASE-CLOSED", {"case_open": False}),
    ("LC-PAID", {"arrears_minor": 0}),
    ("LC-HOLD", {"holds": [HOLD]}),
    ("LC-PREFERENCE", {"blocked_channels": ["sms"]}),
    ("LC-PROMISE", {"promise_open": True}),
    ("CN-17", {"plan_honoured": True}),
    ("LC-NO-PHONE", {"phones": []}),
    ("CN-02", {}),  # asked in the night
    ("LC-MESSAGES", {"attempts": past_messages(1)}),
]


@pytest.mark.parametrize("first", range(len(WORST_FIRST)))
def test_weightiest_rule_speaks(first: int) -> None:
    """Of all that refuse, the reason given is the one that matters most."""
    values: dict[str, Any] = {}
    for _, broken in WORST_FIRST[first:]:
        values |= broken
    in_the_night = first <= [rule for rule, _ in WORST_FIRST].index("CN-02")
    now = at_local(23) if in_the_night else NOON
    assert rule_of(ask(facts_with(**values), now=now)) == WORST_FIRST[first][0]
