"""What an accepted event changes in the state of a case, one function an event.

Effects are applied at once, one event after the other, so that the next event is judged on what
the last one left. Stages only look at the state. What an event changes in the database (payments,
holds, promises, preferences) comes back as fresh facts.
"""

from datetime import datetime, timedelta
from functools import singledispatch

from domain import events
from domain.case.facts import Outcome
from domain.case.negotiation import plan_of_report
from domain.case.renegotiation import next_plan_state
from domain.case.situation import Situation
from domain.case.state import Answer, PlanState, VisitState


@singledispatch
def apply_event(
    event: events.Event,
    at: Situation,
) -> None:
    """Change the state of the case as an accepted event says."""
    return


def visit_id_of_next_application(at: Situation) -> str:
    """The id that the next visit applied for will have."""
    return f"{at.case.case_id}:visit-{at.case.applications + 1}"


def approval_expiry(at: Situation) -> datetime:
    """When an approval given now expires."""
    return at.now + timedelta(days=at.policy.visit.approval_valid_days.value)


@apply_event.register
def _(event: events.VisitRequested, at: Situation) -> None:
    at.case.visit = VisitState(
        visit_id=visit_id_of_next_application(at),
        address_id=event.address_id,
        applicant_id=event.applicant_id,
    )
    at.case.applications += 1


@apply_event.register
def _(event: events.VisitApproved, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.approval = Answer.YES
        visit.approver_id = event.approver_id
        visit.approval_expires_at = approval_expiry(at)
        visit.approved_arrears_minor = at.facts.arrears_minor


@apply_event.register
def _(event: events.VisitRejected, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.approval = Answer.NO
        visit.approver_id = event.approver_id


@apply_event.register
def _(event: events.VisitWithdrawn, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.called_off_as = "withdrawn"
        visit.called_off_because = "the application was withdrawn"


@apply_event.register
def _(event: events.ApprovalWithdrawn, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.called_off_as = "called_off"
        visit.called_off_because = "the approval was withdrawn"


@apply_event.register
def _(event: events.AppointmentConfirmed, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.appointment = Answer.YES


@apply_event.register
def _(event: events.AppointmentDeclined, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.appointment = Answer.NO
        visit.preferred_times = [*event.preferred_times]
        if visit.slot is not None:
            visit.declined_times = [*visit.declined_times, visit.slot.start]


@apply_event.register
def _(event: events.AppointmentWithdrawn, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.appointment, visit.withdrawn = Answer.NO, True
        visit.rounds -= 1  # the borrower still has all of his
        visit.withdrawals += 1


@apply_event.register
def _(event: events.VisitCheckedIn, at: Situation) -> None:
    if (visit := at.case.visit) is not None:
        visit.checked_in = True
        visit.identity_verified = event.identity_verified
        visit.badges_on_site = sorted(set(event.badge_ids))


@apply_event.register
def _(event: events.VisitReported, at: Situation) -> None:
    if (visit := at.case.visit) is None:
        return
    visit.outcome = event.outcome
    visit.proposal, visit.capacity = event.proposal, event.capacity
    if event.outcome == "agreed":
        plan = plan_of_report(event, at)
        at.case.plans += 1
        at.case.plan = PlanState(
            plan_id=f"{at.case.case_id}:plan-{at.case.plans}",
            plan=plan,
            proposed_at=at.facts.as_of or at.now,  # what is paid since is not in its debt
            visit_id=visit.visit_id,
            negotiator_ids=[*visit.badges_on_site, visit.applicant_id],
        )


@apply_event.register
def _(event: events.RenegotiationRequested, at: Situation) -> None:
    if (plan := at.case.plan) is not None:
        at.case.next_plan = next_plan_state(event, plan, at)
        at.case.plans += 1
        at.case.renegotiation_requests += 1


@apply_event.register
def _(event: events.PlanApproved, at: Situation) -> None:
    if (plan := at.case.plan_at_hand) is not None:
        plan.approval, plan.approver_id = Answer.YES, event.approver_id


@apply_event.register
def _(event: events.PlanRejected, at: Situation) -> None:
    if (plan := at.case.plan_at_hand) is not None:
        plan.approval, plan.approver_id = Answer.NO, event.approver_id


@apply_event.register
def _(event: events.AgreementSigned, at: Situation) -> None:
    if (plan := at.case.plan_at_hand) is None:
        return
    plan.signature = Answer.YES
    plan.in_force, plan.signed_at = True, at.now
    if at.case.next_plan is not None:
        at.case.plan, at.case.next_plan = at.case.next_plan, None
        at.case.renegotiations += 1
        at.case.renegotiation_requests = 0


@apply_event.register
def _(event: events.AgreementDeclined, at: Situation) -> None:
    if (plan := at.case.plan_at_hand) is not None:
        plan.signature = Answer.NO


@apply_event.register
def _(event: events.PaymentReversed, at: Situation) -> None:
    if (plan := at.case.plan) is not None and plan.in_force:
        plan.reversed_at = at.now


@apply_event.register
def _(event: events.CaseClosed, at: Situation) -> None:
    at.case.closed_as = Outcome(event.outcome)


def call_off_appointment(visit: VisitState) -> None:
    """Forget the appointment: the visit goes back to where a new one is proposed."""
    visit.slot, visit.appointment = None, None
    visit.withdrawn = False
    visit.notice_sent = visit.prepared = False
