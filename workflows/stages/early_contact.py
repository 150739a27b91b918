"""Early contact: SMS and calls at the ladder's steps, until a visit is needed or time is up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow

from domain.calendar import closes
from domain.case.ladder import (
    PlannedStep,
    end_of_day,
    ladder_of,
    missed_before,
    missed_steps,
    next_look,
    next_step,
)
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.case.visit_need import (
    AfterContact,
    is_too_old,
    reasons_against_visit,
    stage_after_contact,
)
from workflows.desk.case_desk import CaseDesk
from workflows.desk.stops import StageStoppedError
from workflows.routines.contacting import contact
from workflows.routines.promises import wait_for_promise

# Runs of before have nothing on record of them.
MISSED_STEPS_ON_RECORD = "missed-steps-on-record"
MISSED_BEFORE_A_CHANGE = "missed-steps-before-a-change"
# In runs of before an application is forgotten once the case is too old for another.
APPLICATIONS_STAND = "applications-stand"
APPLICATIONS_ARE_DECIDED = "applications-are-decided"  # in runs of before after the promise


async def contact_early(desk: CaseDesk) -> AfterContact:
    """Take the ladder's steps one by one; a promise to pay is waited for in silence.

    A visit that somebody applied for before the promise is decided on meanwhile.
    """
    followed_until = desk.case.ladder_followed_until or desk.now
    desk.case.ladder_followed_until = None
    while True:
        waiting_for = "promised_payment" if desk.facts.promises else "next_contact"
        last_day = desk.policy.visit.until_days_past_due.value
        await desk.begin(waiting_for, _end_of_day(desk, last_day), moves=True)
        if desk.facts.promises and not _is_applied_for(desk):
            await wait_for_promise(desk, desk.facts.promises[0])
            followed_until = desk.now
        elif (stage := _stage_after_contact(desk)) is not None:
            return stage
        else:
            await _record_missed(
                desk, missed_steps(desk.situation, followed_until), MISSED_STEPS_ON_RECORD
            )
            followed_until = await _follow_ladder(desk)


def _stage_after_contact(desk: CaseDesk) -> AfterContact | None:
    stage = stage_after_contact(desk.situation)
    if stage is not Stage.APPROVAL or not is_too_old(desk.situation):
        return stage
    return stage if workflow.patched(APPLICATIONS_STAND) else Stage.LEGAL_REVIEW


def _is_applied_for(desk: CaseDesk) -> bool:
    return desk.case.visit is not None and workflow.patched(APPLICATIONS_ARE_DECIDED)


def _end_of_day(desk: CaseDesk, days_past_due: int) -> datetime:
    overdue_since = desk.facts.overdue_since or desk.today
    day = overdue_since + timedelta(days=days_past_due)
    return closes(day, desk.policy.contact.planned_hours.value, desk.facts.time_zone)


async def _follow_ladder(desk: CaseDesk) -> datetime:
    """Take the next step, or wait for it. Answers until when the ladder was followed as it is.

    What ends or changes it may be seen when the day of a step is over already.
    """
    before = desk.situation
    try:
        await _take_next_step(desk)
    except StageStoppedError:
        await _record_missed_before(desk, before)
        raise
    goes_on = not desk.facts.promises and stage_after_contact(desk.situation) is None
    if goes_on and ladder_of(desk.situation) == ladder_of(before):
        return before.now
    await _record_missed_before(desk, before)
    return desk.now


async def _record_missed_before(desk: CaseDesk, before: Situation) -> None:
    await _record_missed(desk, missed_before(before, desk.situation), MISSED_BEFORE_A_CHANGE)


async def _record_missed(desk: CaseDesk, missed: Sequence[PlannedStep], patch: str) -> None:
    """What an outage, a lost run or another step of its day has left no time for."""
    if not missed or not workflow.patched(patch):
        return
    for planned in missed:
        await _take(desk, planned, by=planned.until)


async def _take_next_step(desk: CaseDesk) -> None:
    planned = next_step(desk.situation)
    look_at = next_look(desk.situation)
    if planned is None or look_at < planned.at:
        why = "; ".join(reasons_against_visit(desk.situation))
        await _until_news(desk, look_at, "see whether a visit is needed", f"not now: {why}")
    elif not await _until_news(desk, planned.at, _says(planned), "the ladder's next step"):
        await _take(desk, planned, by=end_of_day(desk.situation, planned))


async def _take(desk: CaseDesk, planned: PlannedStep, *, by: datetime) -> None:
    step = planned.step
    await contact(
        desk,
        f"{Stage.EARLY_CONTACT}:{planned.key}",
        step.channel,
        step.template,
        step.purpose,
        by=by,
    )
    desk.case.last_step = planned.key


def _says(planned: PlannedStep) -> str:
    step = planned.step
    return f"{step.template} by {step.channel} at {step.days_past_due} days past due"


async def _until_news(desk: CaseDesk, at: datetime, what: str, why: str) -> bool:
    """Wait for a moment; True when the case has changed in the meantime."""
    before = desk.facts
    return await desk.until(lambda: desk.facts is not before, at, what, why)
