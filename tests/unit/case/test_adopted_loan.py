"""Adoption: a loan that is long overdue when it is taken over enters at its true step."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.case.ladder import PlannedStep, next_step
from domain.case.situation import Situation
from domain.policy.policy import Policy, Purpose
from tests.support.situations import OVERDUE_SINCE, situation

DAYS = range(1, 201)
HOURS = range(24)


def _adopted(policy: Policy, days: int, now: datetime, **case: Any) -> Situation:
    return situation(policy, now=now, messages_sent=0, calls_made=0, case={"place": days, **case})


def _local_hour(days: int, hour: int) -> datetime:
    day = OVERDUE_SINCE + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)


def _steps_of_first_day(policy: Policy, days: int, hour: int) -> list[PlannedStep]:
    """Every step that is taken before the first midnight, one after the other."""
    now, taken = _local_hour(days, hour), None
    steps: list[PlannedStep] = []
    midnight = _local_hour(days + 1, 0)
    while True:
        planned = next_step(_adopted(policy, days, now, last_step=taken))
        if planned is None or planned.at >= midnight:
            return steps
        steps.append(planned)
        now, taken = planned.at, planned.key


@pytest.mark.parametrize("hour", HOURS)
def test_nobody_is_contacted_twice_on_the_first_day(policy: Policy, hour: int) -> None:
    """At 1 to 200 days past due: today's own step or none, whatever was missed."""
    for days in DAYS:
        steps = _steps_of_first_day(policy, days, hour)
        assert len(steps) <= 1
        assert all(planned.step.days_past_due == days for planned in steps)


@pytest.mark.parametrize("hour", HOURS)
def test_missed_steps_are_skipped(policy: Policy, hour: int) -> None:
    """The first step is the ladder's next, on its own day, never one of the past."""
    steps = policy.contact.ladder.value
    ladder = [step.days_past_due for step in steps if step.purpose is Purpose.COLLECTION]
    for days in DAYS:
        now = _local_hour(days, hour)
        planned = next_step(_adopted(policy, days, now))
        ahead = [each for each in ladder if each > days or (each == days and hour < 17)]
        if planned is None:
            assert not ahead
            continue
        assert planned.step.days_past_due == ahead[0]
        assert planned.at >= max(now, _local_hour(ahead[0], 9))
        assert planned.at < _local_hour(ahead[0], 17)
