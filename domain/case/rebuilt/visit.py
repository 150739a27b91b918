"""The visit under way, from its rows and from what was said of it."""

from datetime import datetime

from domain.case.notices import NoticeKind
from domain.case.rebuilt.record import (
    CaseRecord,
    ContactFate,
    RecordedAppointment,
    RecordedEvent,
    RecordedVisit,
)
from domain.case.state import Answer, Slot, Stage, VisitState
from domain.events import (
    AppointmentConfirmed,
    AppointmentDeclined,
    AppointmentWithdrawn,
    ApprovalWithdrawn,
    VisitCheckedIn,
    VisitReported,
    VisitRequested,
    VisitWithdrawn,
)
from domain.visit.status import VisitStatus


def rebuild_visit(record: CaseRecord) -> VisitState | None:
    """The visit that the case is about; None when there is none."""
    row = _under_way(record)
    if row is None:
        return None
    visit = VisitState(
        visit_id=row.visit_id,
        address_id=row.address_id,
        applicant_id=row.applicant_id,
        asked_at=row.asked_at or _applied_at(record, row),
        approval=_approval(row),
        approver_id=row.approver_id,
        approval_expires_at=row.approval_expires_at,
        approved_arrears_minor=row.approved_arrears_minor if row.is_approved else None,
        approvals_voided=row.approvals_voided,
    )
    _note_withdrawal(record, visit)
    _note_appointments(record, visit)
    _note_what_came_of_it(record, visit)
    return visit


def slot_to_tell(record: CaseRecord) -> Slot | None:
    """The appointment that was called off and that the borrower still waits for."""
    untold = [
        each
        for each in record.appointments
        if each.borrower_to_tell and not record.is_done(f"{each.slot.slot_id}:called-off")
    ]
    return max(untold, key=lambda each: str(each.given_up_at)).slot if untold else None


def _under_way(record: CaseRecord) -> RecordedVisit | None:
    last = record.visits[-1] if record.visits else None
    if last is None or last.ended_at is None:
        return last
    # A rejection ends the visit on record at once; the case is still to do so.
    is_rejected = last.status is VisitStatus.REJECTED and record.stage is Stage.APPROVAL
    return last if is_rejected else None


def _applied_at(record: CaseRecord, row: RecordedVisit) -> datetime | None:
    """When it was applied for, by whoever did: as the effect of the event says."""
    number = record.visits.index(row)
    applications = record.named(VisitRequested.name)
    if number >= len(applications):
        return None
    event = applications[number]
    return min(event.read().occurred_at, event.judged_at)


def _approval(row: RecordedVisit) -> Answer | None:
    if row.status is VisitStatus.REJECTED:
        return Answer.NO
    return Answer.YES if row.is_approved else None


def _note_withdrawal(record: CaseRecord, visit: VisitState) -> None:
    for event in record.named(VisitWithdrawn.name, ApprovalWithdrawn.name):
        if event.body["visit_id"] != visit.visit_id:
            continue
        if event.name == VisitWithdrawn.name:
            visit.called_off_as = VisitStatus.WITHDRAWN
            visit.called_off_because = "the application was withdrawn"
        else:
            visit.called_off_as = VisitStatus.CALLED_OFF
            visit.called_off_because = "the approval was withdrawn"


def _note_appointments(record: CaseRecord, visit: VisitState) -> None:
    booked = [each for each in record.appointments if each.visit_id == visit.visit_id]
    starts = {each.slot.slot_id: each.slot.start for each in booked}
    said = [
        event
        for event in record.named(
            AppointmentConfirmed.name, AppointmentDeclined.name, AppointmentWithdrawn.name
        )
        if event.body["slot_id"] in starts
    ]
    visit.withdrawals = sum(event.name == AppointmentWithdrawn.name for event in said)
    visit.rounds = max((each.number for each in booked), default=0) - visit.withdrawals
    declined = [event for event in said if event.name == AppointmentDeclined.name]
    visit.declined_times = [starts[event.body["slot_id"]] for event in declined]
    if declined:
        last = declined[-1].read()
        if isinstance(last, AppointmentDeclined):
            visit.preferred_times = [*last.preferred_times]
    current = [each for each in booked if each.given_up_at is None]
    if current:
        _note_current(record, visit, max(current, key=lambda each: each.number), said)


def _note_current(
    record: CaseRecord, visit: VisitState, current: RecordedAppointment, said: list[RecordedEvent]
) -> None:
    visit.slot = current.slot
    slot_id = current.slot.slot_id
    sent = [each for each in record.tries(slot_id) if each.fate is ContactFate.SENT]
    visit.notice_sent = bool(sent)
    visit.told_at = sent[-1].at if sent else None
    visit.prepared = record.is_done(f"{slot_id}:reminder")
    for event in said:
        if event.body["slot_id"] != slot_id:
            continue
        is_yes = event.name == AppointmentConfirmed.name
        visit.appointment = Answer.YES if is_yes else Answer.NO
        visit.withdrawn = visit.withdrawn or event.name == AppointmentWithdrawn.name


def _note_what_came_of_it(record: CaseRecord, visit: VisitState) -> None:
    came = [e for e in record.named(VisitCheckedIn.name) if e.body["visit_id"] == visit.visit_id]
    if came:
        visit.checked_in = True
        visit.identity_verified = bool(came[-1].body["identity_verified"])
        visit.badges_on_site = sorted(set(came[-1].body["badge_ids"]))
    again = record.notices_below(f"{visit.visit_id}:negotiation-", NoticeKind.NEGOTIATE_AGAIN)
    visit.negotiations = len(again)
    reports = [e for e in record.named(VisitReported.name) if e.body["visit_id"] == visit.visit_id]
    if len(reports) <= visit.negotiations:  # each new negotiation took one back
        return
    last = reports[-1].read()
    if isinstance(last, VisitReported):
        visit.outcome, visit.proposal, visit.capacity = last.outcome, last.proposal, last.capacity
