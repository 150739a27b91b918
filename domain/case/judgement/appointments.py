"""The appointment."""

from domain import events
from domain.case.judgement.fitting import (
    EventRefusedError,
    judge_fit,
    require,
    require_no_hold,
    require_stage,
)
from domain.case.situation import Situation
from domain.case.state import Answer, Stage
from domain.case.visit_standing import crew_is_barred


@judge_fit.register
def _(event: events.AppointmentConfirmed, situation: Situation) -> None:
    require_stage(situation, Stage.APPOINTMENT)
    _require_offered_slot(event.slot_id, situation)
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


@judge_fit.register
def _(event: events.AppointmentDeclined, situation: Situation) -> None:
    require_stage(situation, Stage.APPOINTMENT, Stage.PREPARATION)
    _require_offered_slot(
        event.slot_id, situation, may_be_confirmed=situation.case.stage is Stage.PREPARATION
    )


@judge_fit.register
def _(event: events.AppointmentWithdrawn, situation: Situation) -> None:
    require_stage(situation, Stage.APPOINTMENT, Stage.PREPARATION)
    visit = situation.case.visit
    booked = None if visit is None or visit.appointment is Answer.NO else visit.slot
    require(
        booked is not None and event.slot_id == booked.slot_id,
        "LC-APPOINTMENT",
        "slot_id: not the slot that is booked",
    )


def _require_offered_slot(
    slot_id: str, situation: Situation, *, may_be_confirmed: bool = False
) -> None:
    visit = situation.case.visit
    if visit is None or visit.slot is None or not visit.notice_sent or crew_is_barred(situation):
        raise EventRefusedError("LC-APPOINTMENT", "no appointment is proposed")
    require(
        slot_id == visit.slot.slot_id, "LC-APPOINTMENT", "slot_id: not the slot that is proposed"
    )
    require(
        visit.appointment is None or may_be_confirmed,
        "LC-APPOINTMENT",
        "this slot has been answered",
    )
