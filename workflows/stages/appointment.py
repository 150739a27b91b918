"""Appointment: a crew's free time is proposed; the borrower confirms, or asks for another."""

from datetime import timedelta
from typing import Literal

from temporalio import workflow

from activities.contact_result import ContactStatus
from activities.visit_activities import AppointmentWish, VisitActivities
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Answer, Slot, Stage, VisitState
from domain.case.words import word_of_refusal
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from domain.visit.appointments import visit_times
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import PROMISES_CALL_OFF, CaseDesk
from workflows.desk.options import DATABASE
from workflows.routines.contacting import contact
from workflows.routines.promises import wait_for_promise
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import (
    NO_IS_HEEDED_AT_ONCE,
    AfterVisit,
    end_visit,
    reason_of_no,
    release_crew,
    require_visit,
    tell_called_off,
)
from workflows.routines.words import owe_word, says_all

NOTICE_IS_KEPT = "visit-notice-is-kept"  # a run of before tells of it until the reminder is due

_NOT_AGREED = "no appointment was agreed on"
_NOT_TOLD = "no notice of a proposal could be sent"


async def arrange_appointment(desk: CaseDesk) -> Literal[Stage.PREPARATION] | AfterVisit:
    """Wait for `appointment_confirmed`; a bounded number of proposals is made."""
    visit = require_visit(desk)
    expires_at = visit.approval_expires_at or desk.now
    await desk.begin("appointment_confirmed", expires_at)
    was_told = visit.rounds + visit.withdrawals > 0  # in a run before this one, perhaps

    while desk.now < expires_at:
        if visit.appointment is Answer.YES:
            return Stage.PREPARATION
        if visit.slot is not None and visit.appointment is Answer.NO:
            await release_crew(desk, reason_of_no(visit), tell_borrower=visit.withdrawn)
        await tell_called_off(desk)
        if desk.facts.promises and visit.slot is None and workflow.patched(PROMISES_CALL_OFF):
            await wait_for_promise(desk, desk.facts.promises[0])
            continue
        if visit.slot is None:
            if visit.rounds >= desk.policy.visit.proposal_rounds.value:
                reason = _NOT_AGREED if was_told else _NOT_TOLD
                return await end_visit(desk, VisitStatus.CALLED_OFF, reason)
            visit.slot = await _book(desk, visit)
        if visit.slot is None:
            await _wait_for_crews(desk, visit)
        else:
            was_told = await _propose(desk, visit, visit.slot) or was_told
    await release_crew(desk, "the approval expired", tell_borrower=True)
    await tell_called_off(desk)
    if says_all():
        owe_word(desk, word_of_refusal(visit, desk.facts.borrower_id))
    return await end_visit(desk, VisitStatus.EXPIRED, "the approval expired")


async def _book(desk: CaseDesk, visit: VisitState) -> Slot | None:
    visit.rounds += 1
    rules = desk.policy.visit
    return await workflow.execute_activity_method(
        VisitActivities.book_crew,
        AppointmentWish(
            slot_id=f"{visit.visit_id}:slot-{visit.rounds + visit.withdrawals}",
            visit_id=visit.visit_id,
            times=visit_times(
                desk.now,
                visit.approval_expires_at or desk.now,
                visit.preferred_times,
                visit.declined_times,
                rules,
                desk.facts.time_zone,
            ),
            holiday_country=rules.holiday_country.value,
            crew_size=rules.crew_size.value,
            travel_gap=timedelta(hours=rules.travel_gap_hours.value),
        ),
        summary=f"proposal {visit.rounds + visit.withdrawals}",
        **DATABASE,
    )


async def _wait_for_crews(desk: CaseDesk, visit: VisitState) -> None:
    visit.rounds -= 1  # nothing was proposed
    await notify_staff(
        desk,
        f"{visit.visit_id}:no-crew:{desk.today}",
        Audience.CREW,
        NoticeKind.NO_CREW_FREE,
        visit_id=visit.visit_id,
    )
    again_at = desk.now + desk.policy.visit.crew_retry
    await desk.reach(again_at, "look for a free crew", "no crew was free")


async def _propose(desk: CaseDesk, visit: VisitState, slot: Slot) -> bool:
    """Tell the borrower who comes when and why, and wait for the answer; whether they were told."""
    rules = desk.policy.visit
    lead = timedelta(hours=rules.reminder_hours.value)
    if not visit.notice_sent:
        notice = rules.notice if workflow.patched(NOTICE_IS_KEPT) else lead
        heeds_no = workflow.patched(NO_IS_HEEDED_AT_ONCE)

        def is_off() -> bool:
            return heeds_no and visit.appointment is Answer.NO

        told = await contact(
            desk,
            slot.slot_id,
            Channel.SMS,
            Template.VISIT_APPOINTMENT,
            Purpose.VISIT,
            by=slot.start - notice,
            unless=is_off,
        )
        visit.notice_sent = told is ContactStatus.SENT
        if told is ContactStatus.UNKNOWN:  # they may have read it: they are told that nobody comes
            desk.case.called_off_slot = slot
        if is_off():
            return visit.notice_sent  # whoever does not want it, the crew hears at once
    answers_within = timedelta(hours=rules.confirmation_hours.value)
    answer_by = min(slot.start - lead, (visit.told_at or desk.now) + answers_within)
    answered = visit.notice_sent and await desk.until(
        lambda: visit.appointment is not None,
        answer_by,
        "take the proposal back",
        f"proposed {slot.start:%Y-%m-%d %H:%M} UTC, no answer yet",
    )
    was_told = visit.notice_sent
    if not answered:
        reason = "no answer" if was_told else "no notice could be sent"
        await release_crew(desk, reason, tell_borrower=True)
    return was_told
