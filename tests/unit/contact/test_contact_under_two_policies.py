"""The contact rules under other policies than the shipped one, and under two at once."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from domain.contact.facts import Fate
from domain.contact.question import Refused
from domain.local_time import HoursOfDay
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from domain.policy.rule import Rule
from tests.support.contact.examples import (
    CALL,
    DAY,
    POLICY,
    SMS,
    a_phone,
    ask,
    at_local,
    facts_with,
    past_calls,
    past_messages,
    rule_of,
    used_phone,
)


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
    assert rule_of(ask(facts_with(), CALL, policies=[policy], now=at_local(3))) == "CN-02"
    assert rule_of(ask(facts_with(), CALL, policies=[policy], now=at_local(21))) == "allowed"


@pytest.mark.parametrize("pinned_first", [True, False])
def test_strictest_of_two_policies_binds(pinned_first: bool) -> None:
    """Whichever of them it is; of two refusals, the longer wait."""
    hours = _with(permitted_hours=_hours(13, 17))
    policies = [POLICY, hours] if pinned_first else [hours, POLICY]
    assert rule_of(ask(facts_with(), policies=policies)) == "NEW-01"
    assert rule_of(ask(facts_with(), policies=policies, now=at_local(13))) == "allowed"
    decision = ask(facts_with(), policies=policies, now=at_local(7))
    assert isinstance(decision, Refused)
    assert decision.retry_at == at_local(13)


def test_number_is_free_under_every_policy() -> None:
    """What one policy allows on the first number is no permission under the other."""
    looser = _counter("calls_per_number_per_day", limit=10)
    attempts = past_calls(6, Fate.UNANSWERED)
    facts = facts_with(phones=[a_phone(1), a_phone(2)], attempts=attempts)
    for policies in ([POLICY, looser], [looser, POLICY]):
        assert used_phone(ask(facts, CALL, policies=policies)) == "p2"


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
    assert rule_of(ask(facts_with(), policies=[POLICY, other])) == (
        "NEW-01" if binds else "allowed"
    )
    assert rule_of(ask(facts_with(), policies=[other, POLICY])) == "NEW-01"


def test_wait_meets_a_policy_that_comes_into_effect() -> None:
    """Tomorrow another policy binds: the morning is counted by its hours."""
    tomorrow = {"effective_from": DAY + timedelta(days=1)}
    other = _with(permitted_hours=_hours(13, 17)).model_copy(update=tomorrow)
    decision = ask(facts_with(attempts=past_messages(1)), policies=[POLICY, other])
    assert isinstance(decision, Refused)
    assert decision.retry_at == at_local(13) + timedelta(days=1)


@pytest.mark.parametrize(
    "off", [{"enabled": False}, {"effective_until": DAY - timedelta(days=1)}], ids=str
)
def test_disabled_or_lapsed_rule_does_not_bind(off: dict[str, Any]) -> None:
    """Neither hours nor counters."""
    assert rule_of(ask(facts_with(), policies=[_with(permitted_hours=_hours(13, 17, **off))])) == (
        "allowed"
    )
    name = "messages_per_day"
    rule = POLICY.contact.counters[name].model_copy(update=off)
    policy = _with(counters={name: rule})
    assert rule_of(ask(facts_with(attempts=past_messages(5)), policies=[policy])) == "allowed"


def test_channel_may_have_hours_of_its_own() -> None:
    """They replace the general ones."""
    policy = _with(permitted_hours_by_channel={CALL: _hours(13, 17)})
    assert rule_of(ask(facts_with(), SMS, policies=[policy])) == "allowed"
    assert rule_of(ask(facts_with(), CALL, policies=[policy])) == "NEW-01"
    assert rule_of(ask(facts_with(), CALL, now=at_local(13), policies=[policy])) == "allowed"
