"""Preparation: the crew's dossier, the borrower's reminder, a last look before departure."""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from temporalio import workflow

from activities.visit_activities import VisitActivities
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Answer, Slot, Stage, VisitState
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE
from workflows.routines.contacting import contact
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import (
    NO_IS_HEEDED_AT_ONCE,
    reason_of_no,
    release_crew,
    require_visit,
)


async def prepare_visit(desk: CaseDesk) -> Literal[Stage.VISIT, Stage.APPOINTMENT]:
    """Everything that happens between the confirmation and the crew's departure."""
    visit = require_visit(desk)
    if visit.slot is None:
        return Stage.APPOINTMENT
    slot = visit.slot
    departs_at = slot.start - desk.policy.visit.departure
    await desk.begin("departure", departs_at)

    def is_off() -> bool:
        return visit.appointment is not Answer.YES

    reminder_at = slot.start - timedelta(hours=desk.policy.visit.reminder_hours.value)
    if not await desk.until(is_off, reminder_at, "prepare the visit and remind the borrower"):
        await _prepare(desk, visit, slot, unless=is_off)
    if await desk.until(is_off, departs_at, "last look before the crew departs"):
        await release_crew(desk, reason_of_no(visit), tell_borrower=visit.withdrawn)
        return Stage.APPOINTMENT

    await desk.look_again()  # a payment or a hold interrupts at the next wait
    if await desk.until(is_off, desk.now, "send the crew"):
        await release_crew(desk, reason_of_no(visit), tell_borrower=visit.withdrawn)
        return Stage.APPOINTMENT
    return Stage.VISIT


async def _prepare(
    desk: CaseDesk, visit: VisitState, slot: Slot, unless: Callable[[], bool]
) -> None:
    if visit.prepared:
        return
    await workflow.execute_activity_method(
        VisitActivities.prepare_dossier, visit.visit_id, summary="dossier", **DATABASE
    )
    await notify_staff(
        desk,
        f"{slot.slot_id}:dossier",
        Audience.CREW,
        NoticeKind.VISIT_PREPARED,
        visit_id=visit.visit_id,
        badge_ids=slot.badge_ids,
        starts_at=slot.start.isoformat(),
    )
    heeds_no = workflow.patched(NO_IS_HEEDED_AT_ONCE)
    await contact(
        desk,
        f"{slot.slot_id}:reminder",
        Channel.SMS,
        Template.VISIT_REMINDER,
        Purpose.VISIT,
        by=slot.start - desk.policy.visit.departure,
        unless=lambda: heeds_no and unless(),
    )
    visit.prepared = True
