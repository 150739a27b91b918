"""The morning: however many loans act on one day, no minute of it is crowded."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import stable_moment
from domain.case.ladder import next_look, next_step
from domain.case.pursuit import Pursuit, first_moment
from domain.case.state import Stage
from domain.contact.intent import Intent
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from tests.support.situations import OVERDUE_SINCE, ZONE, situation

LOANS = 10_000
BUSIEST_TO_MEAN = 1.5
DAYS = [OVERDUE_SINCE + timedelta(days=number) for number in range(30)]
NIGHT_BEFORE = datetime.combine(
    OVERDUE_SINCE + timedelta(days=89), datetime.max.time(), ZoneInfo(ZONE)
)


def _busiest_to_mean(moments: Iterable[datetime], policy: Policy) -> float:
    """The busiest minute of the planning window, against the mean of all its minutes."""
    hours = policy.contact.planned_hours.value
    minutes = (hours.end.hour - hours.start.hour) * 60 + hours.end.minute - hours.start.minute
    counts = Counter(moment.replace(second=0, microsecond=0) for moment in moments)
    return max(counts.values()) / (counts.total() / minutes)


@pytest.mark.parametrize("first", [1, 123_456, 98_765_432_109])
def test_no_minute_of_any_day_is_crowded(policy: Policy, first: int) -> None:
    """Ten thousand loans on one day, whenever their cases were opened."""
    hours = policy.contact.planned_hours.value
    for day in DAYS:
        moments = [stable_moment(first + n, day, hours, ZONE) for n in range(LOANS)]
        assert _busiest_to_mean(moments, policy) <= BUSIEST_TO_MEAN


@pytest.mark.parametrize("days_past_due", [1, 20, 87])
def test_no_minute_is_crowded_when_all_are_as_long_overdue(
    policy: Policy, days_past_due: int
) -> None:
    """A real day: the same step of the ladder for all of ten thousand loans."""
    day = OVERDUE_SINCE + timedelta(days=days_past_due)
    night = datetime.combine(day, datetime.min.time(), ZoneInfo(ZONE))
    moments = []
    for number in range(LOANS):
        planned = next_step(situation(policy, now=night, case={"number": number}))
        assert planned is not None
        assert planned.step.days_past_due == days_past_due
        moments.append(planned.at)
    assert _busiest_to_mean(moments, policy) <= BUSIEST_TO_MEAN


def test_no_minute_is_crowded_on_the_first_day_of_visits(policy: Policy) -> None:
    """All cases look at the same day whether a visit is needed, each at a moment of its own."""
    moments = [
        next_look(situation(policy, Stage.EARLY_CONTACT, now=NIGHT_BEFORE, case={"number": number}))
        for number in range(LOANS)
    ]
    assert len({moment.date() for moment in moments}) == 1
    assert _busiest_to_mean(moments, policy) <= BUSIEST_TO_MEAN


def test_a_third_that_is_paid_leaves_no_crowd(policy: Policy) -> None:
    """Who pays leaves gaps, at any numbers: the rest stay spread."""
    day = DAYS[0]
    hours = policy.contact.planned_hours.value
    left = [number for number in range(LOANS * 3 // 2) if number * 7919 % 101 % 3]
    moments = [stable_moment(number, day, hours, ZONE) for number in left]
    assert _busiest_to_mean(moments, policy) <= BUSIEST_TO_MEAN


def test_closing_notice_comes_before_the_hour_that_it_calls_off(policy: Policy) -> None:
    """Not at the case's own moment of the day, where that is later."""
    night = datetime.combine(DAYS[1], time(23), ZoneInfo(ZONE))
    intent = Intent(
        key="k", case_id="c", channel=Channel.SMS, purpose=Purpose.CLOSING,
        template=Template.PAID_NOTICE,
    )  # fmt: skip
    slot = datetime.combine(DAYS[2], time(10), ZoneInfo(ZONE))
    by = night + timedelta(days=30)
    for number in range(50):
        at = situation(policy, now=night, case={"number": number})
        plain = first_moment(at, intent, Pursuit(by, in_any_permitted_hour=True))
        early = first_moment(
            at, intent, Pursuit(by, in_any_permitted_hour=True, rather_before=slot)
        )
        assert early < slot
        assert early == plain or plain >= slot
