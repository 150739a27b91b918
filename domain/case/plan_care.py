"""What is said of a plan that is honoured, and when a part counts as missed.

Helpful words before a due date and within the grace, for the first part more of them; each once,
on its own day. What a hold or an outage has put off is not caught up.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from domain.calendar import closes, opens, stable_moment
from domain.case.notices import NoticeKind
from domain.case.situation import Situation
from domain.case.state import PlanState
from domain.messages.templates import Template
from domain.plan.progress import OpenPart, PlanProgress
from domain.policy.contact import Channel


class PlanStep(NamedTuple):
    """Something to be said of a part: not before `at`, and not any more from `by` on."""

    name: str  # within the plan; each name once
    what: Template | Literal[NoticeKind.FIRST_PAYMENT_HELP]  # a message, or a notice to collectors
    at: datetime
    by: datetime


def progress_of(plan: PlanState, situation: Situation) -> PlanProgress:
    """How far the plan in force has come."""
    return PlanProgress(parts=plan.plan.parts, paid_minor=situation.facts.plan_paid_minor)


def missed_at(plan: PlanState, part: OpenPart, situation: Situation) -> datetime:
    """When a part counts as missed: at the case's own moment of the day after its grace.

    A signature that took long, a hold, or the reversal of a payment that was counted gives a new
    grace period; so does the payment of the part before it, where several had piled up.
    """
    grace = timedelta(days=grace_days_of(plan, situation))
    ends_at = _moment(part.due_on + grace + timedelta(days=1), situation)
    return max([ends_at, *(restart + grace for restart in _restarts(plan, situation))])


def in_time_until(plan: PlanState, part: OpenPart, situation: Situation) -> datetime:
    """When the last day is over on which a part can be paid, as the borrower reads it.

    The plan is broken at some moment of the next one: nobody is told then that it goes on.
    """
    missed = situation.facts.local(missed_at(plan, part, situation))
    return missed.replace(hour=0, minute=0, second=0, microsecond=0)


def key_of_end(plan_id: str, reinstated: int) -> str:
    """The key, within the case, of the word that a plan has ended: another each time it does."""
    return f"{plan_id}:broken" + (f"-again-{reinstated}" if reinstated else "")


def grace_days_of(plan: PlanState, situation: Situation) -> int:
    """As the signed document says; where an earlier release drew it up, as the policy does."""
    stated = plan.grace_days
    return situation.policy.plan.grace_days.value if stated is None else stated


def next_step(
    plan: PlanState, situation: Situation, *, helps_when_late: bool = True
) -> PlanStep | None:
    """The earliest thing that is still to be said of the next part, if there is one.

    `helps_when_late` is False in a run of an earlier release, which says nothing of a later part
    between its due date and the end of the plan.
    """
    part = progress_of(plan, situation).next_part
    if part is None:
        return None
    steps = (
        _steps_of_first(plan, part, situation)
        if part.number == 1
        else _steps_of(plan, part, situation, helps_when_late=helps_when_late)
    )
    to_say = (step for step in steps if step.name not in plan.said and situation.now < step.by)
    return min(to_say, key=lambda step: step.at, default=None)


def _steps_of_first(plan: PlanState, part: OpenPart, situation: Situation) -> Iterator[PlanStep]:
    """How to pay; then help on the days of the policy, and by a call when it is overdue."""
    missed = missed_at(plan, part, situation)
    yield PlanStep("how-to-pay", Template.HOW_TO_PAY, situation.now, missed)
    awaited_on = _awaited_on(plan, part, situation)
    days = situation.policy.plan.guided_reminder_days
    for days_after in () if days is None else days.value:
        day = awaited_on + timedelta(days=days_after)
        if plan.said_on is None or day > plan.said_on:  # one message a day
            begins, ends = _moment(day, situation), _ends(day, situation)
            yield PlanStep(f"help-{day}", Template.PAYMENT_HELP, begins, ends)
    overdue_from = _moment(awaited_on + timedelta(days=1), situation)
    help_by_call: Literal[NoticeKind.FIRST_PAYMENT_HELP] = NoticeKind.FIRST_PAYMENT_HELP
    yield PlanStep(f"{help_by_call}-{awaited_on}", help_by_call, overdue_from, missed)


def _steps_of(
    plan: PlanState, part: OpenPart, situation: Situation, *, helps_when_late: bool
) -> Iterator[PlanStep]:
    """A reminder before the part is due, and help when it is late: nothing of it, or a little, is
    missing then. One more when its grace begins anew.
    """
    awaited_on, missed = _awaited_on(plan, part, situation), missed_at(plan, part, situation)
    if awaited_on > part.due_on:
        name = f"part-{part.number}-{awaited_on}"
        yield PlanStep(name, Template.PAYMENT_HELP, _moment(awaited_on, situation), missed)
        return
    remind_on = part.due_on - timedelta(days=situation.policy.plan.reminder_days.value)
    hours = situation.policy.contact.planned_hours.value
    by = opens(part.due_on + timedelta(days=1), hours, situation.facts.time_zone)
    yield PlanStep(f"part-{part.number}", Template.PART_REMINDER, _moment(remind_on, situation), by)
    if helps_when_late:
        late = _moment(part.due_on + timedelta(days=1), situation)
        yield PlanStep(f"part-{part.number}-late", Template.PAYMENT_HELP, late, missed)


def _awaited_on(plan: PlanState, part: OpenPart, situation: Situation) -> date:
    """The day from which the grace of a part counts."""
    return max(
        [
            part.due_on,
            *(situation.facts.local(again).date() for again in _restarts(plan, situation)),
        ]
    )


def _restarts(plan: PlanState, situation: Situation) -> list[datetime]:
    moments = (
        plan.signed_at,
        plan.reversed_at,
        situation.case.last_released_at,
        situation.facts.last_hold_ended_at,
        situation.facts.part_open_since,
    )
    return [again for again in moments if again is not None]


def _moment(day: date, situation: Situation) -> datetime:
    hours = situation.planned_hours(Channel.SMS, day)
    return stable_moment(situation.case.number, day, hours, situation.facts.time_zone)


def _ends(day: date, situation: Situation) -> datetime:
    return closes(
        day, situation.policy.contact.hours_of(Channel.SMS, day).value, situation.facts.time_zone
    )
