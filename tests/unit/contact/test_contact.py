"""The contact rules: each below, at and above its threshold, and which of them speaks first."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.contact.facts import ContactFacts, Fate, PastAttempt, Phone
from domain.contact.hold import Hold
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.events import AgreedHours
from domain.local_time import HoursOfDay
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from domain.policy.rule import Rule
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

POLICY = read_policy(CHINA_POLICY).model_copy(update={"effective_from": date(2026, 1, 1)})
SMS, CALL = Channel.SMS, Channel.CALL
COLLECTION, VISIT, REPAYMENT, CLOSING, LOCATE = Purpose
ORDINARY = (COLLECTION, VISIT, REPAYMENT, CLOSING)
ZONE = "Asia/Shanghai"
DAY = date(2026, 4, 20)


def _local(hour: int, minute: int = 0, second: int = 0, zone: str = ZONE) -> datetime:
    return datetime.combine(DAY, time(hour, minute, second), ZoneInfo(zone)).astimezone(UTC)


NOON = _local(12)


def _phone(number: int, **values: Any) -> Phone:
    return Phone(phone_id=f"p{number}", **{"usable": True, "blocked": False, **values})


def _facts(**values: Any) -> ContactFacts:
    base = {
        "time_zone": ZONE,
        "case_open": True,
        "arrears_minor": 1,
        "loan_id": "L-1",
        "phones": [_phone(1)],
    }
    return ContactFacts(**base | values)


def _past(at: datetime, channel: Channel = CALL, **values: Any) -> PastAttempt:
    base = {"purpose": COLLECTION, "phone_id": "p1", "loan_id": "L-1"}
    return PastAttempt(at=at, channel=channel, **base | values)


def _messages(count: int, at: datetime = NOON, **values: Any) -> list[PastAttempt]:
    return [_past(at - timedelta(minutes=number), SMS, **values) for number in range(count)]


def _calls(count: int, fate: Fate, at: datetime = NOON, **values: Any) -> list[PastAttempt]:
    return [_past(at - timedelta(minutes=number), fate=fate, **values) for number in range(count)]


def _fitting(purpose: Purpose, **values: Any) -> ContactFacts:
    """Facts under which the balance does not speak against a purpose."""
    return _facts(arrears_minor=0 if purpose is CLOSING else 1, **values)


def _used(decision: Decision) -> str:
    assert isinstance(decision, Allowed), decision
    return decision.phone_id


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
@pytest.mark.parametrize("purpose", ORDINARY)
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


@pytest.mark.parametrize(
    ("until", "rule", "retry_at"),
    [
        (NOON, "allowed", None),
        (NOON + timedelta(hours=1), "LC-PREFERENCE", NOON + timedelta(hours=1)),
        (NOON + timedelta(days=1), "LC-PREFERENCE", _local(18)),
    ],
)
def test_agreed_hours_lapse(until: datetime, rule: str, retry_at: datetime | None) -> None:
    """From that moment on, only the permitted hours bind."""
    wish = EVENING.model_copy(update={"until": until})
    decision = _decide(_facts(agreed_hours=[wish]))
    assert _rule(decision) == rule
    assert getattr(decision, "retry_at", None) == retry_at


def test_hours_that_never_meet_are_not_waited_for() -> None:
    """Unless the wish lapses: then the morning after it."""
    night = AgreedHours(start=time(5), end=time(7))
    decision = _decide(_facts(agreed_hours=[night]))
    assert isinstance(decision, Refused)
    assert decision.retry_at is None
    wish = night.model_copy(update={"until": NOON + timedelta(days=99, hours=11)})
    decision = _decide(_facts(agreed_hours=[wish]))
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(8) + timedelta(days=100)


def test_agreed_night_does_not_widen_the_permitted_hours() -> None:
    """A preference only narrows."""
    night = AgreedHours(start=time(5), end=time(23))
    assert _rule(_decide(_facts(agreed_hours=[night]), now=_local(6))) == "CN-02"


@pytest.mark.parametrize(("sent", "rule"), [(0, "allowed"), (1, "LC-MESSAGES"), (2, "LC-MESSAGES")])
def test_messages_are_capped(sent: int, rule: str) -> None:
    """One collection message a day; others are not counted against it."""
    facts = _facts(attempts=_messages(sent))
    assert _rule(_decide(facts)) == rule
    assert _rule(_decide(facts, purpose=VISIT)) == "allowed"
    assert _rule(_decide(facts, CALL)) == "allowed"
    others = _messages(3, purpose=VISIT) + _messages(3, at=NOON - timedelta(days=1))
    assert _rule(_decide(_facts(attempts=others))) == "allowed"


@pytest.mark.parametrize(("made", "rule"), [(2, "allowed"), (3, "CN-04"), (4, "CN-04")])
@pytest.mark.parametrize("fate", [Fate.CONNECTED, Fate.PENDING])
def test_connected_calls_are_capped(made: int, rule: str, fate: Fate) -> None:
    """Three a day, whatever for, over all loans; one not reported back may have been one."""
    for purpose in ORDINARY:
        facts = _fitting(purpose, attempts=_calls(made, fate, phone_id="p2", loan_id="L-2"))
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
    attempts = [
        call
        for number, count in enumerate(unanswered)
        for call in _calls(count, Fate.UNANSWERED, phone_id=f"p{number + 1}")
    ]
    facts = _facts(phones=[_phone(1), _phone(2)], attempts=attempts)
    decision = _decide(facts, CALL)
    if used is None:
        assert _rule(decision) == "CN-06"
    else:
        assert _used(decision) == used
    assert _used(_decide(facts)) == "p1"  # messages are not calls


def test_unusable_and_blocked_numbers_are_passed_over() -> None:
    """The first that may be used is."""
    phones = [_phone(1, usable=False), _phone(2, blocked=True), _phone(3)]
    for channel in Channel:
        assert _used(_decide(_facts(phones=phones), channel)) == "p3"
        assert _rule(_decide(_facts(phones=phones[:2]), channel)) == "LC-NO-PHONE"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [8, 12, 21])
def test_counter_is_free_again_tomorrow(zone: str, hour: int) -> None:
    """On the borrower's calendar, also when it is another day in Greenwich."""
    decision = _decide(
        _facts(time_zone=zone, attempts=_messages(1, at=_local(8, zone=zone))),
        now=_local(hour, zone=zone),
    )
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(8, zone=zone) + timedelta(days=1)


WORST_FIRST: list[tuple[str, dict[str, Any]]] = [
    ("LC-CASE-CLOSED", {"case_open": False}),
    ("LC-PAID", {"arrears_minor": 0}),
    ("LC-HOLD", {"holds": [HOLD]}),
    ("LC-PREFERENCE", {"blocked_channels": ["sms"]}),
    ("LC-PROMISE", {"promise_open": True}),
    ("CN-17", {"plan_honoured": True}),
    ("LC-NO-PHONE", {"phones": []}),
    ("CN-02", {}),  # asked in the night
    ("LC-MESSAGES", {"attempts": _messages(1)}),
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


def _with(**changes: Any) -> Policy:
    return POLICY.model_copy(update={"contact": POLICY.contact.model_copy(update=changes)})


def _hours(start: int, end: int, **values: Any) -> Rule[HoursOfDay]:
    hours = HoursOfDay(start=time(start), end=time(end))
    return POLICY.contact.permitted_hours.model_copy(
        update={"value": hours, "id": "NEW-01", **values}
    )


def _counter(name: str, **values: Any) -> Policy:
    rule = POLICY.contact.counters[name]
    changed = rule.model_copy(
        update={"value": rule.value.model_copy(update=values), "id": "NEW-01"}
    )
    return _with(counters=POLICY.contact.counters | {name: changed})


@pytest.mark.parametrize(
    "not_in_force", [{"effective_from": date(2027, 1, 1)}, {"enabled": False, "reason": "a test"}]
)
def test_channel_without_hours_of_its_own_in_force_keeps_the_general_ones(
    not_in_force: dict[str, Any],
) -> None:
    """A rule of the future does not open the nights until then."""
    policy = _with(permitted_hours_by_channel={Channel.CALL: _hours(9, 18, **not_in_force)})
    assert _rule(_decide(_facts(), CALL, policies=[policy], now=_local(3))) == "CN-02"
    assert _rule(_decide(_facts(), CALL, policies=[policy], now=_local(21))) == "allowed"


@pytest.mark.parametrize("pinned_first", [True, False])
def test_strictest_of_two_policies_binds(pinned_first: bool) -> None:
    """Whichever of them it is; of two refusals, the longer wait."""
    hours = _with(permitted_hours=_hours(13, 17))
    policies = [POLICY, hours] if pinned_first else [hours, POLICY]
    assert _rule(_decide(_facts(), policies=policies)) == "NEW-01"
    assert _rule(_decide(_facts(), policies=policies, now=_local(13))) == "allowed"
    decision = _decide(_facts(), policies=policies, now=_local(7))
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(13)


def test_number_is_free_under_every_policy() -> None:
    """What one policy allows on the first number is no permission under the other."""
    looser = _counter("unanswered_calls_per_number_per_day", limit=10)
    attempts = _calls(6, Fate.UNANSWERED)
    facts = _facts(phones=[_phone(1), _phone(2)], attempts=attempts)
    for policies in ([POLICY, looser], [looser, POLICY]):
        assert _used(_decide(facts, CALL, policies=policies)) == "p2"


@pytest.mark.parametrize(
    ("first", "last", "binds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY + timedelta(days=1), None, False),
        (None, DAY - timedelta(days=1), False),
    ],
)
def test_current_policy_binds_in_its_time(
    first: date | None, last: date | None, binds: bool
) -> None:
    """Not before, not after; the pinned one always does."""
    dates = {"effective_from": first or date(2026, 1, 1), "effective_until": last}
    other = _with(permitted_hours=_hours(13, 17)).model_copy(update=dates)
    assert _rule(_decide(_facts(), policies=[POLICY, other])) == ("NEW-01" if binds else "allowed")
    assert _rule(_decide(_facts(), policies=[other, POLICY])) == "NEW-01"


def test_wait_meets_a_policy_that_comes_into_effect() -> None:
    """Tomorrow another policy binds: the morning is counted by its hours."""
    tomorrow = {"effective_from": DAY + timedelta(days=1)}
    other = _with(permitted_hours=_hours(13, 17)).model_copy(update=tomorrow)
    decision = _decide(_facts(attempts=_messages(1)), policies=[POLICY, other])
    assert isinstance(decision, Refused)
    assert decision.retry_at == _local(13) + timedelta(days=1)


@pytest.mark.parametrize(
    "off", [{"enabled": False}, {"effective_until": DAY - timedelta(days=1)}], ids=str
)
def test_disabled_or_lapsed_rule_does_not_bind(off: dict[str, Any]) -> None:
    """Neither hours nor counters."""
    assert _rule(_decide(_facts(), policies=[_with(permitted_hours=_hours(13, 17, **off))])) == (
        "allowed"
    )
    name = "messages_per_day"
    rule = POLICY.contact.counters[name].model_copy(update=off)
    policy = _with(counters={name: rule})
    assert _rule(_decide(_facts(attempts=_messages(5)), policies=[policy])) == "allowed"


def test_channel_may_have_hours_of_its_own() -> None:
    """They replace the general ones."""
    policy = _with(permitted_hours_by_channel={CALL: _hours(13, 17)})
    assert _rule(_decide(_facts(), SMS, policies=[policy])) == "allowed"
    assert _rule(_decide(_facts(), CALL, policies=[policy])) == "NEW-01"
    assert _rule(_decide(_facts(), CALL, now=_local(13), policies=[policy])) == "allowed"
