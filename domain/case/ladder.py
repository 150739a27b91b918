"""Early contact: which step comes next."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

from pydantic import BaseModel

from domain.calendar import closes, stable_moment
from domain.case.situation import Situation
from domain.case.state import CaseState
from domain.policy.contact import LadderStep, Purpose
from domain.policy.policy import Policy

# A backstop where nothing is planned: whatever changes the answer comes as an event before.
LOOK_AGAIN = timedelta(days=1)


class PlannedStep(BaseModel):
    """A step of the ladder, the moment at which this loan takes it, and when its hours close."""

    step: LadderStep
    key: str
    at: datetime
    until: datetime


def next_step(situation: Situation) -> PlannedStep | None:
    """The next step that is neither taken nor missed; a missed step is skipped, never caught up.

    Steps count from the due date of the oldest unpaid instalment, so a part payment that moves
    that date moves the ladder too.
    """
    planned = next(_steps_ahead(situation, situation.now), None)
    if planned is None or situation.now <= planned.at:
        return planned
    return planned.model_copy(update={"at": situation.now})


def ladder_of(situation: Situation) -> tuple[date | None, str]:
    """By what the days of its steps are counted."""
    return situation.facts.overdue_since, situation.policy.version


def end_of_day(situation: Situation, planned: PlannedStep) -> datetime:
    """Until when a step may be taken on its day; delayed beyond it, it is missed."""
    day = situation.facts.local(planned.at).date()
    hours = situation.policy.contact.hours_of(planned.step.channel, day).value
    return closes(day, hours, situation.facts.time_zone)


def missed_steps(situation: Situation, since: datetime) -> list[PlannedStep]:
    """The steps whose hours have closed since a moment, and of which nothing has come.

    To be asked for a time in which the ladder was to be followed: no hold, no promise, no visit.
    """
    until_today = takewhile(
        lambda planned: situation.facts.local(planned.at).date() <= situation.today,
        _steps_ahead(situation, since),
    )
    return [planned for planned in until_today if planned.until <= situation.now]


def missed_before(before: Situation, after: Situation) -> list[PlannedStep]:
    """The same of a ladder that was followed since a situation, until another is seen, maybe late.

    A payment, a hold or an end takes back what could still be made on its day, by whatever hours.
    """
    late = before._replace(now=after.now)
    missed = missed_steps(late, before.now)
    is_owed_since = before.facts.overdue_since == after.facts.overdue_since
    if is_owed_since and not after.is_on_hold and after.case.closed_as is None:
        return missed
    return [each for each in missed if end_of_day(late, each) <= after.now]


def _steps_ahead(situation: Situation, at: datetime) -> Iterator[PlannedStep]:
    """The steps that are not taken and whose hours close after a moment."""
    case, facts, policy, _ = situation
    if facts.overdue_since is None:
        return
    days_behind = (facts.local(at).date() - facts.overdue_since).days
    for step in policy.contact.ladder.value:
        # First of all, for a case that is old has most of its steps behind it.
        if step.days_past_due < days_behind:
            continue
        day = facts.overdue_since + timedelta(days=step.days_past_due)
        key = f"{facts.overdue_since}:{step.key}"
        if _is_taken(case, key, policy):
            continue
        if step.purpose is Purpose.LOCATE and not _may_locate(situation):
            continue
        hours = situation.planned_hours(step.channel, day)
        until = closes(day, hours, facts.time_zone)
        if at < until:
            moment = stable_moment(case.number, day, hours, facts.time_zone)
            yield PlannedStep(step=step, key=key, at=moment, until=until)


def _may_locate(situation: Situation) -> bool:
    """Whether there is a contact person at all; whether they may be asked now, the gate decides."""
    permitted = situation.policy.contact.third_parties.permitted
    return (
        situation.facts.has_contact_person and permitted.binds(situation.today) and permitted.value
    )


def _is_taken(case: CaseState, key: str, policy: Policy) -> bool:
    """Whether the ladder has reached a step, counted from the same date."""
    if case.last_step is None or case.last_step[:10] != key[:10]:
        return False
    order = [step.key for step in policy.contact.ladder.value]
    taken, asked = case.last_step[11:], key[11:]
    return taken in order and order.index(asked) <= order.index(taken)


def next_look(situation: Situation) -> datetime:
    """When time alone may next change the answer: a visit becomes possible, or its time ends."""
    case, facts, policy, now = situation
    if facts.overdue_since is None:
        return now + LOOK_AGAIN
    rules = policy.visit
    days = [
        facts.overdue_since + timedelta(days=rules.from_days_past_due.value),
        facts.overdue_since + timedelta(days=rules.until_days_past_due.value + 1),
    ]
    if case.cooling_until is not None:
        days.append(facts.local(case.cooling_until).date() + timedelta(days=1))
    if facts.last_payment_at is not None:
        recent = timedelta(days=rules.recent_payment_days.value + 1)
        days.append((facts.local(facts.last_payment_at) + recent).date())
    hours = policy.contact.planned_hours.value
    moments = [stable_moment(case.number, day, hours, facts.time_zone) for day in days]
    return min((moment for moment in moments if moment > now), default=now + LOOK_AGAIN)
