"""Early contact: SMS and calls at the ladder's steps, until a visit is needed or time is up."""

from datetime import datetime, timedelta
from typing import Literal

from temporalio import workflow

from domain.calendar import closes
from domain.case.ladder import (
    PlannedStep,
    end_of_day,
    ladder_of,
    missed_steps,
    next_look,
    next_step,
)
from domain.case.state import Stage
from domain.case.visit_need import reasons_against_visit
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.promises import wait_for_promise

MISSED_STEPS_ON_RECORD = "missed-steps-on-record"  # a run of before has nothing on record of them


async def contact_early(
    desk: CaseDesk,
) -> Literal[Stage.APPLICATION, Stage.APPROVAL, Stage.LEGAL_REVIEW]:
    """Take the ladder's steps one by one; a promise to pay is waited for in silence."""
    followed_until = desk.case.ladder_followed_until or desk.now
    desk.case.ladder_followed_until = None
    while True:
        last_day = desk.policy.visit.until_days_past_due.value
        waiting_for = "promised_payment" if desk.facts.promises else "next_contact"
        await desk.begin(waiting_for, _end_of_day(desk, last_day), moves=True)
        if desk.facts.promises:
            await wait_for_promise(desk, desk.facts.promises[0])
            followed_until = desk.now
        elif desk.situation.days_past_due > last_day:
            return Stage.LEGAL_REVIEW
        elif desk.case.visit is not None and desk.case.visit.approval is None:
            return Stage.APPROVAL  # somebody applied without being invited
        elif not reasons_against_visit(desk.situation):
            return Stage.APPLICATION
        else:
            await _record_missed_steps(desk, followed_until)
            followed_until, ladder = desk.now, ladder_of(desk.situation)
            await _take_next_step(desk)
            if ladder_of(desk.situation) != ladder:
                followed_until = desk.now  # its steps of before were not due


def _end_of_day(desk: CaseDesk, days_past_due: int) -> datetime:
    overdue_since = desk.facts.overdue_since or desk.today
    day = overdue_since + timedelta(days=days_past_due)
    return closes(day, desk.policy.contact.planned_hours.value, desk.facts.time_zone)


async def _record_missed_steps(desk: CaseDesk, since: datetime) -> None:
    """What an outage, a lost run or another step of its day has left no time for."""
    missed = missed_steps(desk.situation, since)
    if not missed or not workflow.patched(MISSED_STEPS_ON_RECORD):
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
