"""The contact rules: each below, at and above its threshold, and which of them speaks first."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import is_within
from domain.contact import Allowed, ContactFacts, Decision, Phone, Purpose, Refused, may_contact
from domain.debt import Hold
from domain.events import AgreedHours
from domain.policy import Channel, HoursOfDay, Policy
from policies.reader import read_policy
from settings import CHINA_POLICY
from tests.unit.moments import moments

POLICY = read_policy(CHINA_POLICY)
SMS, CALL = Channel.SMS, Channel.CALL
COLLECTION, VISIT, REPAYMENT, CLOSING = Purpose
ZONE = "Asia/Shanghai"
DAY = date(2026, 4, 20)


def _local(hour: int, minute: int = 0, second: int = 0, zone: str = ZONE) -> datetime:
    return datetime.combine(DAY, time(hour, minute, second), ZoneInfo(zone)).astimezone(UTC)


NOON = _local(12)


def _phone(number: int, **values: Any) -> Phone:
    return Phone(phone_id=f"p{number}", **{"usable": True, "blocked": False, **values})


def _facts(**values: Any) -> ContactFacts:
    base = {"time_zone": ZONE, "case_open": True, "arrears_minor": 1, "phones": [_phone(1)]}
    return ContactFacts(**base | values)


def _fitting(purpose: Purpose, **values: Any) -> ContactFacts:
    """Facts under which the balance does not speak against a purpose."""
    return _facts(arrears_minor=0 if purpose is CLOSING else 1, **values)


def _decide(
    facts: ContactFacts,
    channel: Channel = SMS,
    purpose: Purpose = COLLECTION,
    now: datetime = NOON,
    policies: list[Policy] | None = None,
) -> Decision:
    return may_contact(channel, purpose, facts, policies or [POLICY], now)


def _rule(decision: Decision) -> str:
    return decision.rule_id if isinstance(decision, Refused) else "allowed"


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
    assert _rule(_decide(_facts(**values), purpose=purpose)) == rule


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
    assert _rule(_decide(_facts(holds=[HOLD.model_copy(update={"until": until})]))) == rule


def test_last_hold_to_end_says_when() -> None:
    """One without an end makes waiting useless."""
    ends = [NOON + timedelta(days=days) for days in (1, 3, 2)]
    holds = [Hold(hold_id=str(end), reason="dispute", until=end) for end in ends]
    decision = _decide(_facts(holds=holds))
    assert isinstance(decision, Refused)
    assert decision.retry_at == ends[1]
    decision = _decide(_facts(holds=[*holds, Hold(hold_id="h", reason="bereavement")]))
    assert isinstance(decision, Refused)
    assert (decision.reason, decision.retry_at) == ("on hold: bereavement, dispute", None)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (_local(7, 59, 59), "CN-02"),
        (_local(8), "allowed"),
        (_local(21, 59, 59), "allowed"),
        (_local(22), "CN-02"),
    ],
)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("channel", Channel)
def test_permitted_hours_bind_every_contact(
    now: datetime, rule: str, purpose: Purpose, channel: Channel
) -> None:
    """Start included, end excluded; nothing is so important."""
    assert _rule(_decide(_fitting(purpose), channel, purpose, now)) == rule


@pytest.mark.parametrize(
    ("now", "rule", "retry_at"),
    [
        (_local(17, 59), "LC-PREFERENCE", _local(18)),
        (_local(18), "allowed", None),
        (_local(19, 59), "allowed", None),
        (_local(20), "LC-PREFERENCE", _local(18) + timedelta(days=1)),
    ],
)
def test_agreed_hours_bind_within_the_permitted(
    now: datetime, rule: str, retry_at: datetime | None
) -> None:
    """And say when they begin again."""
    decision = _decide(_facts(agreed_hours=[EVENING]), now=now)
    assert _rule(decision) == rule
    assert getattr(decision, "retry_at", None) == retry_at


def test_agreed_night_does_not_widen_the_permitted_hours() -> None:
    """A preference only narrows."""
    night = AgreedHours(start=time(5), end=time(23))
    assert _rule(_decide(_facts(agreed_hours=[night]), now=_local(6))) == "CN-02"


@pytest.mark.parametrize(("sent", "rule"), [(0, "allowed"), (1, "LC-MESSAGES"), (2, "LC-MESSAGES")])
def test_messages_are_capped(sent: int, rule: str) -> None:
    """One collection message a day; others are not counted against it."""
    assert _rule(_decide(_facts(messages_today=sent))) == rule
    assert _rule(_decide(_facts(messages_today=sent), purpose=VISIT)) == "allowed"
    assert _rule(_decide(_facts(messages_today=sent), CALL)) == "allowed"


@pytest.mark.parametrize(("made", "rule"), [(2, "allowed"), (3, "CN-04"), (4, "CN-04")])
def test_connected_calls_are_capped(made: int, rule: str) -> None:
    """Three a day, whatever for."""
    for purpose in Purpose:
        facts = _fitting(purpose, connected_calls_today=made)
        assert _rule(_decide(facts, CALL, purpose)) == rule


@pytest.mark.parametrize(
    ("unanswered", "used"),
    [
        ((0, 0), "p1"),
        ((5, 0), "p1"),
        ((6, 0), "p2"),
        ((6, 5), "p2"),
        ((6, 6), None),
        ((7, 9), None),
    ],
)
def test_unanswered_calls_are_capped_by_number(
    unanswered: tuple[int, int], used: str | None
) -> None:
    """Six to each; the next number in line is used first."""
    phones = [
        _phone(number + 1, unanswered_calls_today=count) for number, count in enumerate(unanswered)
    ]
    decision = _decide(_facts(phones=phones), CALL)
    if used is None:
        assert _rule(decision) == "CN-06"
    else:
        assert decision == Allowed(phone_id=used)
    assert _decide(_facts(phones=phones)) == Allowed(phone_id="p1")  # messages are not calls


def test_unusable_and_blocked_numbers_are_passed_over() -> None:
    """The first that may be used is."""
    phones = [_phone(1, usable=False), _phone(2, blocked=True), _phone(3)]
    for channel in Channel:
        assert _decide(_facts(phones=phones), channel) == Allowed(phone_id="p3")
        assert _rule(_decide(_facts(phones=phones[:2]), channel)) == "LC-NO-PHONE"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [8, 12, 21])
def test_counter_is_free_again_tomorrow(zone: str, hour: int) -> None:
    """On the borrower's calendar, also when it is another day in Greenwich."""
    decision = _decide(_facts(time_zone=zone, messages_today=1), now=_local(hour, zone=zone))
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(8, zone=zone) + timedelta(days=1)


WORST_FIRST: list[tuple[str, dict[str, Any]]] = [
    ("LC-CASE-CLOSED", {"case_open": False}),
    ("LC-PAID", {"arrears_minor": 0}),
    ("LC-HOLD", {"holds": [HOLD]}),
    ("LC-PREFERENCE", {"blocked_channels": ["sms"]}),
    ("LC-PROMISE", {"promise_open": True}),
    ("CN-17", {"plan_honoured": True}),
    ("CN-02", {}),  # asked in the night
    ("LC-MESSAGES", {"messages_today": 1}),
    ("LC-NO-PHONE", {"phones": []}),
]


@pytest.mark.parametrize("first", range(len(WORST_FIRST)))
def test_weightiest_rule_speaks(first: int) -> None:
    """Of all that refuse, the reason given is the one that matters most."""
    values: dict[str, Any] = {}
    for _, broken in WORST_FIRST[first:]:
        values |= broken
    in_the_night = first <= [rule for rule, _ in WORST_FIRST].index("CN-02")
    now = _local(23) if in_the_night else NOON
    assert _rule(_decide(_facts(**values), now=now)) == WORST_FIRST[first][0]


# Two policies


def _stricter(**rules: Any) -> Policy:
    changed = {
        name: getattr(POLICY.contact, name).model_copy(update={"value": value, "id": "NEW-01"})
        for name, value in rules.items()
    }
    return POLICY.model_copy(update={"contact": POLICY.contact.model_copy(update=changed)})


@pytest.mark.parametrize("pinned_first", [True, False])
def test_strictest_of_two_policies_binds(pinned_first: bool) -> None:
    """Whichever of them it is; of two refusals, the longer wait."""
    hours = _stricter(permitted_hours=HoursOfDay(start=time(13), end=time(17)))
    policies = [POLICY, hours] if pinned_first else [hours, POLICY]
    assert _rule(_decide(_facts(), policies=policies)) == "NEW-01"
    assert _rule(_decide(_facts(), policies=policies, now=_local(13))) == "allowed"
    decision = _decide(_facts(), policies=policies, now=_local(7))
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(13)


# Whatever the facts


ZONES = st.sampled_from([ZONE, "America/New_York", "Europe/Berlin", "Pacific/Kiritimati"])
MOMENTS = moments(date(2026, 1, 1), date(2026, 12, 31))
AGREED = st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda pair: pair[0] < pair[1])
FACTS = st.builds(
    ContactFacts,
    time_zone=ZONES,
    case_open=st.booleans(),
    arrears_minor=st.sampled_from([0, 1]),
    holds=st.lists(
        st.builds(Hold, hold_id=st.just("h"), reason=st.just("dispute"), until=st.none() | MOMENTS),
        max_size=2,
    ),
    blocked_channels=st.lists(st.sampled_from(["sms", "call", "visit"]), max_size=1),
    agreed_hours=st.lists(
        AGREED.map(lambda pair: AgreedHours(start=time(pair[0]), end=time(pair[1]))), max_size=2
    ),
    promise_open=st.booleans(),
    plan_honoured=st.booleans(),
    messages_today=st.integers(0, 2),
    connected_calls_today=st.integers(0, 4),
    phones=st.lists(
        st.builds(
            Phone,
            phone_id=st.sampled_from(["p1", "p2"]),
            usable=st.booleans(),
            blocked=st.booleans(),
            unanswered_calls_today=st.integers(0, 7),
        ),
        max_size=3,
    ),
)
CHANNELS, PURPOSES = st.sampled_from(Channel), st.sampled_from(Purpose)


@settings(max_examples=300)
@given(FACTS, CHANNELS, PURPOSES, MOMENTS)
def test_allowed_contact_breaks_no_rule(
    facts: ContactFacts, channel: Channel, purpose: Purpose, now: datetime
) -> None:
    """Hours, caps, holds, preferences, balance: said again in other words."""
    decision = may_contact(channel, purpose, facts, [POLICY], now)
    if isinstance(decision, Refused):
        assert decision.reason
        assert decision.retry_at is None or decision.retry_at > now
        return
    local = now.astimezone(ZoneInfo(facts.time_zone)).time()
    assert time(8) <= local < time(22)
    assert not [hold for hold in facts.holds if hold.until is None or hold.until > now]
    assert channel.value not in facts.blocked_channels
    assert not facts.agreed_hours or any(
        hours.start <= local < hours.end for hours in facts.agreed_hours
    )
    assert (facts.arrears_minor == 0) == (purpose is CLOSING)
    if purpose is not CLOSING:
        assert facts.case_open
        assert facts.arrears_minor > 0
    if purpose is COLLECTION:
        assert not facts.promise_open
        assert not facts.plan_honoured
        assert channel is CALL or facts.messages_today < 1
    assert channel is SMS or facts.connected_calls_today < 3
    candidates = [phone for phone in facts.phones if phone.phone_id == decision.phone_id]
    assert any(
        phone.usable and not phone.blocked and (channel is SMS or phone.unanswered_calls_today < 6)
        for phone in candidates
    )


def _on_another_day(facts: ContactFacts, now: datetime, later: datetime) -> ContactFacts:
    """What the facts are later, if nothing happens: counters start again every day."""
    zone = ZoneInfo(facts.time_zone)
    if now.astimezone(zone).date() == later.astimezone(zone).date():
        return facts
    phones = [phone.model_copy(update={"unanswered_calls_today": 0}) for phone in facts.phones]
    fresh = {"messages_today": 0, "connected_calls_today": 0, "phones": phones}
    return facts.model_copy(update=fresh)


@settings(max_examples=300)
@given(FACTS, CHANNELS, PURPOSES, MOMENTS)
def test_waiting_as_told_leads_to_a_contact(
    facts: ContactFacts, channel: Channel, purpose: Purpose, now: datetime
) -> None:
    """If nothing happens, a few waits end in a permission, or in a refusal that waiting does not
    change; agreed hours that never meet the permitted ones are the exception."""
    hours = POLICY.contact.permitted_hours.value
    can_meet = not facts.agreed_hours or any(
        max(agreed.start, hours.start) < min(agreed.end, hours.end) for agreed in facts.agreed_hours
    )
    for _ in range(8):
        decision = may_contact(channel, purpose, facts, [POLICY], now)
        if isinstance(decision, Allowed) or decision.retry_at is None:
            return
        if decision.rule_id == "CN-02":
            assert is_within(decision.retry_at, hours, facts.time_zone)
        facts = _on_another_day(facts, now, decision.retry_at)
        now = decision.retry_at
    assert not can_meet
