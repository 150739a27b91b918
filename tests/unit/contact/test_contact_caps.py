"""Caps on messages and calls, below, at and above each: by borrower, by number, by day."""

from datetime import timedelta

import pytest

from domain.contact.facts import Fate
from domain.contact.question import Refused
from tests.support.contact.examples import (
    CALL,
    NOON,
    ORDINARY,
    VISIT,
    a_phone,
    ask,
    at_local,
    facts_for,
    facts_with,
    past_calls,
    past_messages,
    rule_of,
    used_phone,
)


@pytest.mark.parametrize(("sent", "rule"), [(0, "allowed"), (1, "LC-MESSAGES"), (2, "LC-MESSAGES")])
def test_messages_are_capped(sent: int, rule: str) -> None:
    """One collection message a day; others are not counted against it."""
    facts = facts_with(attempts=past_messages(sent))
    assert rule_of(ask(facts)) == rule
    assert rule_of(ask(facts, purpose=VISIT)) == "allowed"
    assert rule_of(ask(facts, CALL)) == "allowed"
    others = past_messages(3, purpose=VISIT) + past_messages(3, at=NOON - timedelta(days=1))
    assert rule_of(ask(facts_with(attempts=others))) == "allowed"


@pytest.mark.parametrize(("made", "rule"), [(2, "allowed"), (3, "CN-04"), (4, "CN-04")])
@pytest.mark.parametrize("fate", [Fate.CONNECTED, Fate.PENDING])
def test_connected_calls_are_capped(made: int, rule: str, fate: Fate) -> None:
    """Three a day, whatever for, over all loans; one not reported back may have been one."""
    for purpose in ORDINARY:
        facts = facts_for(purpose, attempts=past_calls(made, fate, phone_id="p2", loan_id="L-2"))
        assert rule_of(ask(facts, CALL, purpose)) == rule


@pytest.mark.parametrize(
    ("unanswered", "used"),
    [
        ((0, 0), "p1"),
        ((1, 0), "p2"),
        ((5, 5), "p1"),
        ((6, 0), "p2"),
        ((6, 5), "p2"),
        ((6, 6), None),
        ((7, 9), None),
    ],
)
def test_unanswered_calls_are_capped_by_number(
    unanswered: tuple[int, int], used: str | None
) -> None:
    """Six to each; first the number that has failed less often."""
    attempts = [
        call
        for number, count in enumerate(unanswered)
        for call in past_calls(count, Fate.UNANSWERED, phone_id=f"p{number + 1}")
    ]
    facts = facts_with(phones=[a_phone(1), a_phone(2)], attempts=attempts)
    decision = ask(facts, CALL)
    if used is None:
        assert rule_of(decision) == "CN-06"
    else:
        assert used_phone(decision) == used
    assert used_phone(ask(facts)) == "p1"  # messages are not calls


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [8, 12, 21])
def test_counter_is_free_again_tomorrow(zone: str, hour: int) -> None:
    """On the borrower's calendar, also when it is another day in Greenwich."""
    decision = ask(
        facts_with(time_zone=zone, attempts=past_messages(1, at=at_local(8, zone=zone))),
        now=at_local(hour, zone=zone),
    )
    assert isinstance(decision, Refused)
    assert decision.retry_at == at_local(8, zone=zone) + timedelta(days=1)
