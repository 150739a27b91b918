"""How a contact is pursued: until when, through what, and at which moments of a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.calendar import is_within, next_within, stable_moment
from domain.contact.intent import Intent
from domain.local_time import HoursOfDay
from workflows.desk.case_desk import CaseDesk

PAUSE = timedelta(minutes=1)  # at least, before what was refused again is tried again


class Pursuit(NamedTuple):
    """How long a contact is pursued, and through what."""

    by: datetime  # later it is not made
    unless: Callable[[], bool] = lambda: False  # it has become pointless
    at_any_rate: bool = False  # nothing that stops a stage interrupts the wait
    after_hold: bool = False  # the end of a hold is waited for, also of one that has none
    in_any_permitted_hour: bool = False  # not only in those we plan with


def first_moment(desk: CaseDesk, intent: Intent, pursuit: Pursuit) -> datetime:
    at = next_moment(desk, desk.now, intent, pursuit)
    permitted = desk.policy.contact.hours_of(intent.channel, desk.today).value
    if at >= pursuit.by and is_within(desk.now, permitted, desk.facts.time_zone):
        return desk.now  # later than planned, and still lawful
    if _is_taken_up_again_today(desk):
        return _own_moment(desk, at, _hours_for(desk, intent, pursuit), pursuit.by)
    return at


def _is_taken_up_again_today(desk: CaseDesk) -> bool:
    """What was to wait for its own moment of this day still does: many may be taken up at once."""
    again_at = desk.case.taken_up_again_at
    return again_at is not None and desk.facts.local(again_at).date() == desk.today


def next_moment(desk: CaseDesk, earliest: datetime, intent: Intent, pursuit: Pursuit) -> datetime:
    """The next moment within the hours; where they are yet to open, the case's own moment.

    What has waited for the morning must not all be done in its first second.
    """
    hours = _hours_for(desk, intent, pursuit)
    opening = next_within(earliest, hours, desk.facts.time_zone)
    return earliest if opening == earliest else _own_moment(desk, opening, hours, pursuit.by)


def moment_after(
    desk: CaseDesk, retry_at: datetime, intent: Intent, pursuit: Pursuit, refusals: int
) -> datetime:
    """After a refusal once at the case's own moment, then to the word."""
    if refusals:
        return max(retry_at, desk.now + PAUSE)
    return _own_moment(desk, retry_at, _hours_for(desk, intent, pursuit), pursuit.by)


def _own_moment(desk: CaseDesk, earliest: datetime, hours: HoursOfDay, by: datetime) -> datetime:
    """The case's own moment of a day, where it comes after the earliest and before the last."""
    day = desk.facts.local(earliest).date()
    own = stable_moment(desk.case.number, day, hours, desk.facts.time_zone)
    earliest = max(earliest, desk.now)
    return own if earliest < own < by else earliest


def _hours_for(desk: CaseDesk, intent: Intent, pursuit: Pursuit) -> HoursOfDay:
    """Today's hours for reaching the borrower; what is urgent may use all that are permitted."""
    is_urgent = (
        intent.slot_start is not None and intent.slot_start - desk.now < desk.policy.visit.urgent
    )
    if is_urgent or pursuit.in_any_permitted_hour:
        return desk.policy.contact.hours_of(intent.channel, desk.today).value
    return desk.situation.planned_hours(intent.channel, desk.today)
