"""Appointment: a crew's free time is proposed; the borrower confirms, or asks for another."""

from datetime import timedelta

from temporalio import workflow

from activities.visit_activities import VisitActivities
from database.visits import SlotWish
from domain.appointments import candidate_starts
from domain.case import Answer, Slot, Stage, VisitState
from domain.contact import Purpose
from domain.policy import Channel
from workflows.desk import Desk
from workflows.options import DATABASE
from workflows.visit_ends import end_visit, release_crew, require_visit


async def arrange_appointment(desk: Desk) -> Stage:
    """Wait for `appointment_confirmed`; a bounded number of proposals is made."""
    visit = require_visit(desk)
    expires_at = visit.approval_expires_at or desk.now
    desk.begin("appointment_confirmed", expires_at)

    while desk.now < expires_at:
        if visit.appointment is Answer.YES:
            return Stage.PREPARATION
        if visit.slot is not None and visit.appointment is Answer.NO:
            await release_crew(desk, "declined by the borrower")
        if visit.slot is None:
            if visit.rounds >= desk.policy.visit.proposal_rounds.value:
                return await end_visit(desk, "called_off", "no appointment was agreed on")
            visit.slot = await _book(desk, visit)
        if visit.slot is None:
            await _wait_for_crews(desk, visit)
        else:
            await _propose(desk, visit, visit.slot)
    await release_crew(desk, "the approval expired")
    return await end_visit(desk, "expired", "the approval expired")


async def _book(desk: Desk, visit: VisitState) -> Slot | None:
    visit.rounds += 1
    rules = desk.policy.visit
    return await workflow.execute_activity_method(
        VisitActivities.book_crew,
        SlotWish(
            slot_id=f"{visit.visit_id}:slot-{visit.rounds}",
            visit_id=visit.visit_id,
            candidates=candidate_starts(
                desk.now,
                visit.approval_expires_at or desk.now,
                visit.preferred_times,
                rules,
                desk.facts.time_zone,
            ),
            duration=timedelta(hours=rules.duration_hours.value),
            crew_size=rules.crew_size.value,
        ),
        summary=f"proposal {visit.rounds}",
        **DATABASE,
    )


async def _wait_for_crews(desk: Desk, visit: VisitState) -> None:
    visit.rounds -= 1  # nothing was proposed
    await desk.notify(
        f"{visit.visit_id}:no-crew:{desk.today}", "crew", "no_crew_free", visit_id=visit.visit_id
    )
    await desk.reach(desk.in_days(1), "look for a free crew", "no crew was free")


async def _propose(desk: Desk, visit: VisitState, slot: Slot) -> None:
    """Tell the borrower who comes when and why, and wait for the answer."""
    lead = timedelta(hours=desk.policy.visit.reminder_hours.value)
    if not visit.notice_sent:
        visit.notice_sent = await desk.contact(
            slot.slot_id, Channel.SMS, "visit_appointment", Purpose.VISIT, by=slot.start - lead
        )
    answer_by = min(slot.start - lead, desk.in_hours(desk.policy.visit.confirmation_hours.value))
    answered = visit.notice_sent and await desk.until(
        lambda: visit.appointment is not None,
        answer_by,
        "take the proposal back",
        f"proposed {slot.start:%Y-%m-%d %H:%M} UTC, no answer yet",
    )
    if not answered:
        await release_crew(desk, "no answer" if visit.notice_sent else "no notice could be sent")
