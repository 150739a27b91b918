"""Rules that policies of before lack: such a policy keeps its fingerprint and its numbers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case.state import Stage
from domain.policy.changes import rules_of
from domain.policy.policy import Policy
from domain.visit.appointments import Holidays, candidate_starts, visit_times
from policies.reader import fingerprint
from tests.support.judged import ACCEPTED, verdict
from tests.support.replay.catalogue import activity_results, read_history, recorded
from tests.support.situations import situation

NOON = datetime(2026, 4, 20, 4, tzinfo=UTC)
# As worker and record knew it.
FINGERPRINT = "065cc4d06f501e678a0a632c8fc450c4b12164b5185f97ca9fda1fa0e597c967"
LATER = {
    "contact.third_parties.look_back_days",
    "visit.days_ahead",
    "visit.crew_retry_days",
    "visit.departure_hours",
    "visit.urgent_hours",
    "visit.call_off_days",
    "visit.closing_days",
    "visit.clock_tolerance_minutes",
    "plan.broken_notice_days",
    "aftercare.hold_look_days",
    "aftercare.closing_notice_days",
}


@pytest.fixture(scope="module")
def earlier() -> dict[str, Any]:
    """A policy as a run was pinned to it before these rules were there, word for word."""
    for file in recorded():
        for payload in activity_results(read_history(file)):
            if payload.activity == "take_up_case":
                body: dict[str, Any] = payload.value["policy"]
                if body["version"] == "cn-2026-11":
                    return body
    raise AssertionError("no history holds it")


def _changed(policy: Policy, path: str, **changes: Any) -> Policy:
    """A policy with fields of one rule changed."""
    content = rule = policy.model_dump(mode="json")
    for name in path.split("."):
        rule = rule[name]
    rule |= changes
    return Policy.model_validate(content)


def test_shipped_policy_has_every_one_of_them(policy: Policy, earlier: dict[str, Any]) -> None:
    """With its source and force, as `policy show` prints them; the policy of before has none."""
    assert {rule.path for rule in rules_of(policy)} >= LATER
    assert not {rule.path for rule in rules_of(Policy.model_validate(earlier))} & LATER


def test_policy_of_before_keeps_its_fingerprint(earlier: dict[str, Any]) -> None:
    """Else a start would refuse it as stored with other numbers."""
    read = Policy.model_validate(earlier)
    assert json.loads(read.model_dump_json()) == earlier
    assert fingerprint(read) == FINGERPRINT


def test_policy_of_before_goes_on_by_the_numbers_of_before(
    policy: Policy, earlier: dict[str, Any]
) -> None:
    """They are those that the shipped policy names now."""
    for each in (Policy.model_validate(earlier), policy):
        visit, aftercare = each.visit, each.aftercare
        assert each.contact.third_parties.look_back == timedelta(days=7)
        assert (visit.possible_days, visit.crew_retry) == (14, timedelta(days=1))
        assert (visit.departure, visit.urgent) == (timedelta(hours=2), timedelta(hours=24))
        assert (visit.call_off, visit.closing) == (timedelta(days=1), timedelta(days=2))
        assert visit.clock_tolerance == timedelta(minutes=15)
        assert each.plan.broken_notice == timedelta(days=2)
        assert aftercare.hold_look == timedelta(days=7)
        assert aftercare.closing_notice == timedelta(days=3)
        assert each.contact.longest_days == 8


@pytest.mark.parametrize("path", sorted(LATER))
def test_rule_that_the_process_needs_cannot_be_disabled(policy: Policy, path: str) -> None:
    """A lender that wants the number of before writes it down."""
    with pytest.raises(ValidationError, match="cannot be disabled"):
        _changed(policy, path, enabled=False, reason="not wanted")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("visit.departure_hours", 25, "must not exceed reminder_hours"),
        ("contact.third_parties.failed_days", 7, "must be below look_back_days"),
        ("visit.crew_retry_days", 0, "greater than or equal to 1"),
        ("aftercare.hold_look_days", 0, "greater than or equal to 1"),
    ],
)
def test_number_that_cannot_be_worked_by_is_refused(
    policy: Policy, path: str, value: int, reason: str
) -> None:
    """A reminder after the departure; a wait of no length, which would never come to rest."""
    with pytest.raises(ValidationError, match=reason):
        _changed(policy, path, value=value)


def test_contacts_are_read_as_far_back_as_the_rules_look(policy: Policy) -> None:
    """And no less far than the record asks of every policy."""
    for days, longest in ((20, 21), (4, 8)):
        changed = _changed(policy, "contact.third_parties.look_back_days", value=days)
        assert changed.contact.longest_days == longest


def test_appointment_is_looked_for_on_as_many_days_as_the_policy_says(policy: Policy) -> None:
    """On which a visit is possible."""
    rules = _changed(policy, "visit.days_ahead", value=3).visit
    times = visit_times(NOON, NOON + timedelta(days=40), [], [], rules, "Asia/Shanghai")
    assert len({start.date() for start in candidate_starts(times, Holidays())}) == 3


def test_clock_of_a_device_may_be_ahead_as_far_as_the_policy_says(policy: Policy) -> None:
    """To the minute."""
    exact = _changed(policy, "visit.clock_tolerance_minutes", value=0)
    for at, rule in (("12:00", ACCEPTED), ("12:01", "LC-TIME")):
        judged = verdict(
            "visit_checked_in",
            situation(exact, Stage.VISIT),
            occurred_at=f"2026-04-20T{at}:00+08:00",
        )
        assert judged[0] == rule
