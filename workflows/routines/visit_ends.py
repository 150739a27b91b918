"""How a visit ends, whatever stage it was in, and where the case goes then.

The state changes before the record does: an event that arrives in between is judged on what has
been decided, and refused, where it would otherwise be accepted and then undone.
"""

from datetime import datetime
from typing import Literal

from temporalio import workflow

from activities.agreement_activities import AgreementActivities, AgreementEnd
from activities.visit_activities import CrewRelease, VisitActivities, VisitEnd
from domain.case.events.effects import call_off_appointment
from domain.case.notices import Audience, NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.state import PlanState, Slot, Stage, VisitState
from domain.case.visit_standing import negotiated_by_barred
from domain.messages.templates import Template
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.staff_notices import notify_staff

# In runs of before it waits for the message that speaks of the appointment.
NO_IS_HEEDED_AT_ONCE = "no-is-heeded-at-once"
BARRED_CREWS_OFFER_NOTHING = "barred-crews-offer-nothing"
BARRED_CREWS_REPLACE_NOTHING = "barred-crews-replace-nothing"
# In runs of before only the case's end says so.
PLANS_END_ON_RECORD = "given-up-plans-end-on-record"

AfterVisit = Literal[Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW]


def require_visit(desk: CaseDesk) -> VisitState:
    """The visit under way."""
    if desk.case.visit is None:
        raise RuntimeError(f"no visit in {desk.case.stage}")
    return desk.case.visit


async def end_visit(desk: CaseDesk, status: VisitStatus, reason: str) -> AfterVisit:
    """End the visit on the record. Contact goes on after a pause, or the case is reviewed."""
    visit = require_visit(desk)
    desk.case.visit = None
    desk.case.last_visit_ended_at = desk.now
    desk.case.cooling_until = desk.in_days(desk.policy.visit.cooling_days.value)
    facts = await workflow.execute_activity_method(
        VisitActivities.end_visit,
        VisitEnd(
            visit_id=visit.visit_id,
            status=status,
            reason=reason,
            broken_plan_may_go_on=desk.case.broken_plan is not None and not desk.is_over,
        ),
        summary=f"visit {status}: {reason}"[:190],
        **DATABASE,
    )
    desk.learn(facts)
    too_many = desk.case.visits >= desk.policy.visit.visits_per_case.value
    return Stage.LEGAL_REVIEW if too_many else Stage.EARLY_CONTACT


def reason_of_no(visit: VisitState) -> str:
    """Who does not want the appointment."""
    return "withdrawn by the lender" if visit.withdrawn else "declined by the borrower"


async def release_crew(desk: CaseDesk, reason: str, *, tell_borrower: bool = False) -> None:
    """Free the crew of an appointment that will not take place, and tell it so.

    The borrower is told by `tell_called_off`, if they had been told of the appointment.
    """
    visit = require_visit(desk)
    if (slot := visit.slot) is not None:
        await forget_appointment(desk, visit, tell_borrower=tell_borrower)
        await stand_down(desk, visit, slot, reason)


async def forget_appointment(
    desk: CaseDesk, visit: VisitState, *, tell_borrower: bool = False
) -> None:
    """Free the crew's time; the visit goes back to where an appointment is proposed."""
    if tell_borrower and visit.notice_sent:
        desk.case.called_off_slot = visit.slot
    slot = visit.slot
    call_off_appointment(visit)
    await _release(
        CrewRelease(
            visit_id=visit.visit_id,
            slot_id=None if slot is None else slot.slot_id,
            tells_borrower=slot is not None and desk.case.called_off_slot == slot,
        )
    )


async def keep_appointment_without_crew(visit: VisitState) -> None:
    """Free the crew's time. The appointment stays: the crew may have begun its visit."""
    await _release(CrewRelease(visit_id=visit.visit_id, keeps_appointment=True))


async def _release(release: CrewRelease) -> None:
    await workflow.execute_activity_method(
        VisitActivities.release_crew, release, summary="free the crew", **DATABASE
    )


async def stand_down(desk: CaseDesk, visit: VisitState, slot: Slot, reason: str) -> None:
    """Tell a crew that its appointment will not take place."""
    await notify_staff(
        desk,
        f"{slot.slot_id}:called-off",
        Audience.CREW,
        NoticeKind.APPOINTMENT_CALLED_OFF,
        visit_id=visit.visit_id,
        slot_id=slot.slot_id,
        reason=reason,
    )


async def tell_called_off(desk: CaseDesk, *, by: datetime | None = None) -> None:
    """Tell the borrower, once, that they need not wait for the crew they were told of.

    In time for the appointment; what is still to be told is in the state, so that a hold or a new
    run in between loses nothing. At the end of a case, where nothing comes after it, `by` an
    earlier moment and whatever comes in between.
    """
    slot = desk.case.called_off_slot
    if slot is None:
        return
    intent = intent_of(
        desk, f"{slot.slot_id}:called-off", Channel.SMS, Template.VISIT_CALLED_OFF, Purpose.VISIT
    )
    await pursue(
        desk,
        intent.model_copy(update={"slot_start": slot.start}),
        Pursuit(slot.start if by is None else min(by, slot.start), at_any_rate=by is not None),
    )
    desk.case.called_off_slot = None


async def end_offered_agreement(
    desk: CaseDesk, status: AgreementStatus, *, plan_id: str | None = None
) -> None:
    """End the agreement that is offered, if one is, and with `plan_id` what it was to be of."""
    case_id, was = desk.case.case_id, AgreementStatus.OFFERED
    await _end_agreement(AgreementEnd(case_id=case_id, status=status, was=was, plan_id=plan_id))


async def end_broken_agreement(
    desk: CaseDesk, missed_part: int | None = None, missed_at: datetime | None = None
) -> None:
    """End the agreement that is in force: as broken, for a part that was not paid by a moment."""
    await _end_agreement(
        AgreementEnd(
            case_id=desk.case.case_id,
            status=AgreementStatus.BROKEN,
            was=AgreementStatus.SIGNED,
            missed_part=missed_part,
            missed_at=missed_at,
        )
    )


async def give_up_plan(desk: CaseDesk, plan: PlanState | None) -> None:
    """Note that a plan is negotiated no more, once whoever has to go on from there was told."""
    if plan is not None and workflow.patched(PLANS_END_ON_RECORD):
        await end_offered_agreement(desk, AgreementStatus.WITHDRAWN, plan_id=plan.plan_id)


async def _end_agreement(end: AgreementEnd) -> None:
    summary = f"agreement {end.status}" if end.plan_id is None else f"give up {end.plan_id}"
    await workflow.execute_activity_method(
        AgreementActivities.end_agreement, end, summary=summary[:190], **DATABASE
    )


async def end_barred_negotiation(desk: CaseDesk) -> AfterVisit:
    """The visit ends without a plan: its crew may not come back to negotiate another one."""
    plan, desk.case.plan = desk.case.plan, None
    desk.case.visits += 1
    following = await end_visit(desk, VisitStatus.COMPLETED, "no plan: negotiated by a barred crew")
    await give_up_plan(desk, plan)
    return following


def is_negotiated_by_barred(desk: CaseDesk) -> bool:
    """Whether the plan at hand is of a barred crew; a run of before has offered it all the same."""
    return negotiated_by_barred(desk.situation) and workflow.patched(
        BARRED_CREWS_OFFER_NOTHING if desk.case.next_plan is None else BARRED_CREWS_REPLACE_NOTHING
    )


async def negotiate_again(desk: CaseDesk, reason: str) -> Literal[Stage.VISIT] | AfterVisit:
    """Back to the table, a bounded number of times; then the visit ends without a plan."""
    visit = require_visit(desk)
    plan, desk.case.plan = desk.case.plan, None
    visit.outcome = visit.proposal = visit.capacity = None
    visit.negotiations += 1
    if visit.negotiations < desk.policy.plan.negotiation_rounds.value:
        await notify_staff(
            desk,
            f"{visit.visit_id}:negotiation-{visit.negotiations}",
            Audience.CREW,
            NoticeKind.NEGOTIATE_AGAIN,
            visit_id=visit.visit_id,
            reason=reason,
        )
        await give_up_plan(desk, plan)
        return Stage.VISIT
    desk.case.visits += 1
    following = await end_visit(desk, VisitStatus.COMPLETED, f"no plan: {reason}")
    await give_up_plan(desk, plan)
    return following
