"""What an accepted event changes in the state of a case, one function an event: `apply_…`.

Effects are applied at once, one event after the other, so that the next event is judged on what
the last one left. Stages only look at the state. What an event changes in the database (payments,
holds, promises, preferences) comes back as fresh facts.
"""

from domain import events
from domain.case.events.terms import approval_expiry, next_visit_id
from domain.case.facts import Outcome
from domain.case.negotiation import proposed_at_visit, proposed_instead
from domain.case.situation import Situation
from domain.case.state import Answer, VisitState
from domain.visit.status import VisitStatus


def nothing(event: events.Event, situation: Situation) -> None:
    """The state stays as it is: what the event changes, the next facts say."""


def apply_visit_requested(event: events.VisitRequested, situation: Situation) -> None:
    situation.case.visit = VisitState(
        visit_id=next_visit_id(event, situation),
        address_id=event.address_id,
        applicant_id=event.applicant_id,
        asked_at=situation.happened_at(event.occurred_at),
    )
    situation.case.applications += 1


def apply_visit_approved(event: events.VisitApproved, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.approval = Answer.YES
        visit.approver_id = event.approver_id
        visit.approval_expires_at = approval_expiry(event, situation)
        visit.approved_arrears_minor = situation.facts.arrears_minor


def apply_visit_rejected(event: events.VisitRejected, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.approval = Answer.NO
        visit.approver_id = event.approver_id


def apply_visit_withdrawn(event: events.VisitWithdrawn, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.called_off_as = VisitStatus.WITHDRAWN
        visit.called_off_because = "the application was withdrawn"


def apply_approval_withdrawn(event: events.ApprovalWithdrawn, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.called_off_as = VisitStatus.CALLED_OFF
        visit.called_off_because = "the approval was withdrawn"


def apply_appointment_confirmed(event: events.AppointmentConfirmed, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.appointment = Answer.YES


def apply_appointment_declined(event: events.AppointmentDeclined, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.appointment = Answer.NO
        visit.preferred_times = [*event.preferred_times]
        if visit.slot is not None:
            visit.declined_times = [*visit.declined_times, visit.slot.start]


def apply_appointment_withdrawn(event: events.AppointmentWithdrawn, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.appointment, visit.withdrawn = Answer.NO, True
        visit.rounds -= 1  # the borrower still has all of theirs
        visit.withdrawals += 1


def apply_visit_checked_in(event: events.VisitCheckedIn, situation: Situation) -> None:
    if (visit := situation.case.visit) is not None:
        visit.checked_in = True
        visit.identity_verified = event.identity_verified
        visit.badges_on_site = sorted(set(event.badge_ids))


def apply_visit_reported(event: events.VisitReported, situation: Situation) -> None:
    if (visit := situation.case.visit) is None:
        return
    visit.outcome = event.outcome
    visit.proposal, visit.capacity = event.proposal, event.capacity
    if (plan := proposed_at_visit(event, situation)) is not None:
        situation.case.plans += 1
        situation.case.plan, situation.case.broken_plan = plan, None


def apply_renegotiation_requested(
    event: events.RenegotiationRequested, situation: Situation
) -> None:
    if (next_plan := proposed_instead(event, situation)) is not None:
        situation.case.next_plan = next_plan
        situation.case.plans += 1
        situation.case.renegotiation_requests += 1


def apply_plan_approved(event: events.PlanApproved, situation: Situation) -> None:
    if (plan := situation.case.plan_at_hand) is not None:
        plan.approval, plan.approver_id = Answer.YES, event.approver_id


def apply_plan_rejected(event: events.PlanRejected, situation: Situation) -> None:
    if (plan := situation.case.plan_at_hand) is not None:
        plan.approval, plan.approver_id = Answer.NO, event.approver_id


def apply_agreement_signed(event: events.AgreementSigned, situation: Situation) -> None:
    if (plan := situation.case.plan_at_hand) is None:
        return
    plan.signature = Answer.YES
    plan.in_force, plan.signed_at = True, situation.now
    if situation.case.next_plan is not None:
        situation.case.plan, situation.case.next_plan = situation.case.next_plan, None
        situation.case.renegotiations += 1
        situation.case.renegotiation_requests = 0


def apply_agreement_declined(event: events.AgreementDeclined, situation: Situation) -> None:
    if (plan := situation.case.plan_at_hand) is not None:
        plan.signature = Answer.NO


def apply_payment_reversed(event: events.PaymentReversed, situation: Situation) -> None:
    for plan in (situation.case.plan, situation.case.broken_plan):
        if plan is not None and plan.in_force:
            plan.reversed_at = situation.now


def apply_case_closed(event: events.CaseClosed, situation: Situation) -> None:
    situation.case.closed_as = Outcome(event.outcome)


def call_off_appointment(visit: VisitState) -> None:
    """Forget the appointment: the visit goes back to where a new one is proposed."""
    visit.slot, visit.appointment = None, None
    visit.withdrawn = False
    visit.notice_sent = visit.prepared = False
    visit.told_at = None
