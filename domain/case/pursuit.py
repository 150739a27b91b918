"""How a contact is pursued: until when, through what, and at which moments of a day.

The process waits for these moments, and so does who computes ahead what it will do.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.calendar import is_within, next_within, stable_moment
from domain.case.situation import Situation
from domain.contact.intent import Intent
from domain.local_time import HoursOfDay

PAUSE = timedelta(minutes=1)  # at least, before what was refused again is tried again

MOST_TRIES = 200  # of one contact: no mistake of a rule or a clock may keep a run busy


class Pursuit(NamedTuple):
    """How long a contact is pursued, and through what."""

    by: datetime  # later it is not made
    unless: Callable[[], bool] = lambda: False  # it has become pointless
    at_any_rate: bool = False  # nothing that stops a stage interrupts the wait
    after_hold: bool = False  # the end of a hold is waited for, also of one that has none
    in_any_permitted_hour: bool = False  # not only in those we plan with
    rather_before: datetime | None = None  # not at the case's own moment, if that comes later


def first_moment(situation: Situation, intent: Intent, pursuit: Pursuit) -> datetime:
    """When a contact is tried first: now, or when the hours open, at the case's own moment."""
    at = next_moment(situation, situation.now, intent, pursuit)
    permitted = situation.policy.contact.hours_of(intent.channel, situation.today).value
    if at >= pursuit.by and is_within(situation.now, permitted, situation.facts.time_zone):
        return situation.now  # later than planned, and still lawful
    if _is_taken_up_again_today(situation):
        return _own_moment(situation, at, _hours_for(situation, intent, pursuit), pursuit)
    return at


def _is_taken_up_again_today(situation: Situation) -> bool:
    """What was to wait for its own moment of this day still does: many may be taken up at once."""
    again_at = situation.case.taken_up_again_at
    return again_at is not None and situation.facts.local(again_at).date() == situation.today


def next_moment(
    situation: Situation, earliest: datetime, intent: Intent, pursuit: Pursuit
) -> datetime:
    """The next moment within the hours; where they are yet to open, the case's own moment.

    What has waited for the morning must not all be done in its first second.
    """
    hours = _hours_for(situation, intent, pursuit)
    opening = next_within(earliest, hours, situation.facts.time_zone)
    return earliest if opening == earliest else _own_moment(situation, opening, hours, pursuit)


def moment_after(
    situation: Situation, retry_at: datetime, intent: Intent, pursuit: Pursuit, refusals: int
) -> datetime:
    """After a refusal once at the case's own moment, then to the word."""
    if refusals:
        return max(retry_at, situation.now + PAUSE)
    return _own_moment(situation, retry_at, _hours_for(situation, intent, pursuit), pursuit)


def _own_moment(
    situation: Situation, earliest: datetime, hours: HoursOfDay, pursuit: Pursuit
) -> datetime:
    """The case's own moment of a day, where it comes after the earliest and before the last."""
    day = situation.facts.local(earliest).date()
    own = stable_moment(situation.case.number, day, hours, situation.facts.time_zone)
    earliest = max(earliest, situation.now)
    last = min(pursuit.by, pursuit.rather_before or pursuit.by)
    return own if earliest < own < last else earliest


def _hours_for(situation: Situation, intent: Intent, pursuit: Pursuit) -> HoursOfDay:
    """Today's hours for reaching the borrower; what is urgent may use all that are permitted."""
    is_urgent = (
        intent.slot_start is not None
        and intent.slot_start - situation.now < situation.policy.visit.urgent
    )
    if is_urgent or pursuit.in_any_permitted_hour:
        return situation.policy.contact.hours_of(intent.channel, situation.today).value
    return situation.planned_hours(intent.channel, situation.today)
