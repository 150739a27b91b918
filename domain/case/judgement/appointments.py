"""The appointment."""

from domain import events
from domain.case.judgement.fitting import EventRefusedError, require, require_no_hold
from domain.case.situation import Situation
from domain.case.state import Answer, Stage
from domain.case.visit_standing import crew_is_barred


def judge_appointment_confirmed(event: events.AppointmentConfirmed, situation: Situation) -> None:
    """The slot that is proposed, in time, while nothing holds."""
    _require_offered_slot(event, situation)
    require_no_hold(situation)
    visit = situation.case.visit
    if visit is None or visit.slot is None:
        return
    expires_at = visit.approval_expires_at
    require(
        expires_at is not None and visit.slot.start < expires_at,
        situation.policy.visit.approval_valid_days.id,
        "the approval expires before the appointment",
    )
    require(
        situation.now < visit.slot.start, "LC-APPOINTMENT", "the time of the appointment has come"
    )


def judge_appointment_declined(event: events.AppointmentDeclined, situation: Situation) -> None:
    """The slot that is proposed, also after it was confirmed."""
    _require_offered_slot(
        event, situation, may_be_confirmed=situation.case.stage is Stage.PREPARATION
    )


def judge_appointment_withdrawn(event: events.AppointmentWithdrawn, situation: Situation) -> None:
    """The slot that is booked, whether or not the borrower knows of it."""
    visit = situation.case.visit
    booked = None if visit is None or visit.appointment is Answer.NO else visit.slot
    require(
        booked is not None and event.slot_id == booked.slot_id,
        "LC-APPOINTMENT",
        "slot_id: not the slot that is booked",
    )


def _require_offered_slot(
    event: events.AppointmentConfirmed | events.AppointmentDeclined,
    situation: Situation,
    *,
    may_be_confirmed: bool = False,
) -> None:
    visit = situation.case.visit
    if visit is None or visit.slot is None or not visit.notice_sent or crew_is_barred(situation):
        raise EventRefusedError("LC-APPOINTMENT", "no appointment is proposed")
    require(
        event.slot_id == visit.slot.slot_id,
        "LC-APPOINTMENT",
        "slot_id: not the slot that is proposed",
    )
    require(
        event.visit_id in (None, visit.visit_id),
        "LC-APPOINTMENT",
        "visit_id: not the visit that the slot is of",
    )
    require(
        visit.appointment is None or may_be_confirmed,
        "LC-APPOINTMENT",
        "this slot has been answered",
    )
