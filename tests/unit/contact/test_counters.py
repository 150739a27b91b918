"""Counters: their keys, their windows, and the exact moment at which they are free again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.contact.facts import ContactFacts, Fate, PastAttempt, Phone
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.policy.contact import Channel, Counter, Purpose
from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

US = read_policy(CHINA_POLICY.with_name("us-reg-f.yaml"))
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 10, 20, 12, tzinfo=NEW_YORK).astimezone(UTC)
WEEK = timedelta(days=7)


def _call(at: datetime, fate: Fate = Fate.UNANSWERED, **values: Any) -> PastAttempt:
    base = {"phone_id": "p", "loan_id": "L-1", "purpose": Purpose.COLLECTION}
    return PastAttempt(at=at, channel=Channel.CALL, fate=fate, **base | values)


def _ask(attempts: list[PastAttempt], policy: Policy = US, now: datetime = NOON) -> Decision:
    facts = ContactFacts(
        time_zone=NEW_YORK.key,
        case_open=True,
        arrears_minor=1,
        loan_id="L-1",
        attempts=attempts,
        phones=[Phone(phone_id="p", usable=True, blocked=False)],
    )
    return may_contact(Channel.CALL, Purpose.COLLECTION, facts, [policy], now)


def _days_ago(*days: float, **values: Any) -> list[PastAttempt]:
    return [_call(NOON - timedelta(days=each), **values) for each in days]


@pytest.mark.parametrize(("made", "rule"), [(6, "allowed"), (7, "US-01"), (8, "US-01")])
def test_seven_calls_in_seven_days_about_one_debt(made: int, rule: str) -> None:
    """US-01: per debt, whatever came of them; the oldest that leaves makes room."""
    days = [6 - 0.01 * number for number in range(made)]
    calls = _days_ago(*days)
    decision = _ask(calls)
    if rule == "allowed":
        assert isinstance(decision, Allowed)
    else:
        assert isinstance(decision, Refused)
        assert decision.rule_id == rule
        assert decision.retry_at == calls[made - 7].at + WEEK
    others = _days_ago(*days, loan_id="L-2")
    assert isinstance(_ask(others), Allowed)


@pytest.mark.parametrize("fate", [Fate.CONNECTED, Fate.PENDING])
def test_silence_after_a_conversation(fate: Fate) -> None:
    """US-01: seven days to the second, about that debt only; what is pending may have been one."""
    talk = _call(NOON - WEEK + timedelta(seconds=1), fate)
    decision = _ask([talk])
    assert isinstance(decision, Refused)
    assert decision.rule_id == "US-01-CONVERSATION"
    assert decision.retry_at == talk.at + WEEK
    assert isinstance(_ask([talk], now=talk.at + WEEK), Allowed)
    assert isinstance(_ask([talk.model_copy(update={"loan_id": "L-2"})]), Allowed)
    assert isinstance(_ask([talk.model_copy(update={"fate": Fate.UNANSWERED})]), Allowed)


def test_room_in_the_night_is_used_in_the_morning() -> None:
    """When a window ends outside the hours, the hours say when."""
    talk = _call(datetime(2026, 10, 14, 23, tzinfo=NEW_YORK), Fate.CONNECTED)
    decision = _ask([talk])
    assert isinstance(decision, Refused)
    assert decision.retry_at == datetime(2026, 10, 22, 8, tzinfo=NEW_YORK)


def test_rolling_days_are_days_of_24_hours_when_clocks_change() -> None:
    """The clocks go back on the first of November: the same hour comes an hour earlier."""
    talk = _call(datetime(2026, 10, 30, 12, tzinfo=NEW_YORK), Fate.CONNECTED)
    decision = _ask([talk], now=datetime(2026, 11, 2, 12, tzinfo=NEW_YORK))
    assert isinstance(decision, Refused)
    assert decision.retry_at == datetime(2026, 11, 6, 11, tzinfo=NEW_YORK)


def _with(**values: Any) -> Policy:
    counter = Counter.model_validate({"scope": "borrower", "channel": "call", **values})
    rule = US.contact.counters["calls_per_debt"].model_copy(update={"value": counter})
    contact = US.contact.model_copy(update={"counters": {"only": rule}})
    return US.model_copy(update={"contact": contact})


def test_calendar_days_end_at_the_borrowers_midnight() -> None:
    """Three calendar days are today and the two before."""
    policy = _with(window={"calendar_days": 3}, limit=1)
    late = datetime(2026, 10, 18, 20, 59, tzinfo=NEW_YORK)
    decision = _ask([_call(late)], policy)
    assert isinstance(decision, Refused)
    assert decision.retry_at == datetime(2026, 10, 21, 8, tzinfo=NEW_YORK)
    assert isinstance(_ask([_call(late - timedelta(days=1))], policy), Allowed)


def test_limit_of_nothing_is_for_good() -> None:
    """Unless the rule lapses."""
    policy = _with(window={"calendar_days": 1}, limit=0)
    decision = _ask([], policy)
    assert isinstance(decision, Refused)
    assert decision.retry_at is None
    rule = policy.contact.counters["only"]
    lapsing = rule.model_copy(update={"effective_until": NOON.date() + timedelta(days=2)})
    contact = policy.contact.model_copy(update={"counters": {"only": lapsing}})
    decision = _ask([], policy.model_copy(update={"contact": contact}))
    assert isinstance(decision, Refused)
    assert decision.retry_at == datetime(2026, 10, 23, 8, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("window", "days"),
    [
        ({"calendar_days": 1}, 8),
        ({"rolling_days": 7}, 8),
        ({"rolling_hours": 500}, 21),
        ({"calendar_days": 30}, 31),
    ],
)
def test_gate_knows_contacts_of_the_longest_window(window: dict[str, int], days: int) -> None:
    """Clock changes included, and never less than eight days."""
    assert _with(window=window, limit=1).contact.longest_days == days
