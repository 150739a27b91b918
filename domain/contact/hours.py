"""At what hours: those a policy permits, and within them those the borrower agreed to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.calendar import closes, is_within, opens
from domain.contact.question import Question, Refused
from domain.local_time import HoursOfDay

# The hours are the same every day, but a clock change may swallow those of one day.
DAYS_TO_LOOK_AT = 4


class _Limit(NamedTuple):
    """One of the hours has to fit."""

    rule_id: str
    hours: list[HoursOfDay]
    whose: str = " local time"

    @property
    def reason(self) -> str:
        spans = " and ".join(f"{span.start:%H:%M}–{span.end:%H:%M}" for span in self.hours)
        return f"outside {spans}{self.whose}"

    def keeps(self, moment: datetime, zone: str) -> bool:
        return any(is_within(moment, hours, zone) for hours in self.hours)


def refused_by_hours(asked: Question, moment: datetime) -> Refused | None:
    """The first limit that a moment breaks, and when all of them are kept."""
    limits, zone = list(_limits(asked, moment)), asked.facts.time_zone
    broken = [limit for limit in limits if not limit.keeps(moment, zone)]
    if not broken:
        return None
    return Refused(
        rule_id=broken[0].rule_id,
        reason=broken[0].reason,
        retry_at=_next_within_all(limits, asked, moment),
    )


def lawful_until(asked: Question, moment: datetime) -> datetime | None:
    """When the hours end that a moment lies in: the first of them; None where no limit binds."""
    zone, today = asked.facts.time_zone, asked.day(moment)
    ends = [
        max(closes(today, hours, zone) for hours in limit.hours if is_within(moment, hours, zone))
        for limit in _limits(asked, moment)
    ]
    return min(ends, default=None)


def _limits(asked: Question, moment: datetime) -> Iterator[_Limit]:
    wishes = [wish for wish in asked.facts.agreed_hours if wish.is_in_force(moment)]
    if wishes:
        hours = [wish.hours for wish in wishes]
        yield _Limit("LC-PREFERENCE", hours, ", the hours the borrower asked for")
    today = asked.day(moment)
    for contact in asked.in_force(today):
        rule = contact.hours_of(asked.channel, today)
        if rule.binds(today):
            yield _Limit(rule.id, [rule.value])


def _next_within_all(limits: list[_Limit], asked: Question, moment: datetime) -> datetime | None:
    """The first moment from now on at which all limits are kept; None when they never meet."""
    zone, today = asked.facts.time_zone, asked.day(moment)
    for day in (today + timedelta(days=after) for after in range(DAYS_TO_LOOK_AT)):
        starts = sorted(opens(day, hours, zone) for limit in limits for hours in limit.hours)
        for start in starts:
            if start > moment and all(limit.keeps(start, zone) for limit in limits):
                return start
    return None
