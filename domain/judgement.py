"""Does an event fit the case as it stands? A refusal says which rule refused and why.

What only the database can know (is this payment known, is this attempt ours) is checked where
the event is recorded; everything else is here, one function an event.
"""

from datetime import timedelta
from functools import singledispatch

from domain import events
from domain.calendar import is_within
from domain.case import Stage, VisitState
from domain.plan import PlanRefusedError, build_plan
from domain.situation import Situation

# Facts about money and calls are taken whatever became of the case.
_ALWAYS_TAKEN = (events.PaymentReceived, events.PaymentReversed, events.CallFinished)
# A paid case still has its closing notice to send: what may speak against it is taken too.
_TAKEN_UNTIL_THE_NOTICE = (
    *_ALWAYS_TAKEN,
    events.ComplaintFiled,
    events.ComplaintResolved,
    events.HoldPlaced,
    events.HoldReleased,
    events.ContactPreferencesChanged,
)


class EventRefusedError(Exception):
    """The event does not fit; it is recorded as refused and has no effect."""

    def __init__(self, rule_id: str, reason: str) -> None:
        super().__init__(f"{rule_id}: {reason}")
        self.rule_id = rule_id
        self.reason = reason


def judge(event: events.Event, at: Situation) -> None:
    """Accept an event by returning.

    Raises:
        EventRefusedError: with the rule and the reason.
    """
    if at.case.closed_as is not None and not isinstance(event, _ALWAYS_TAKEN):
        raise EventRefusedError("LC-CASE-CLOSED", f"the case has ended: {at.case.closed_as}")
    if at.case.stage is Stage.ENDED and not isinstance(event, _TAKEN_UNTIL_THE_NOTICE):
        raise EventRefusedError("LC-CASE-CLOSED", "the case has ended: it is paid")
    _judge(event, at)


@singledispatch
def _judge(
    event: events.Event,
    at: Situation,
) -> None:
    return


@_judge.register
def _(event: events.PromiseMade, at: Situation) -> None:
    longest = at.policy.promise.longest_days
    _require(
        at.today <= event.due_on <= at.today + timedelta(days=longest.value),
        longest.id,
        f"due_on: {event.due_on} is not within {longest.value} days of {at.today}",
    )
    _require(not at.facts.promises, "LC-PROMISE", "another promise to pay is open")
    _require(
        at.case.plan is None or not at.case.plan.in_force, "CN-17", "a signed plan is being repaid"
    )


@_judge.register
def _(event: events.VisitRequested, at: Situation) -> None:
    _require_stage(at, Stage.EARLY_CONTACT, Stage.APPLICATION)
    rules = at.policy.visit
    overdue = at.days_past_due
    first, last = rules.from_days_past_due, rules.until_days_past_due
    _require(
        first.value <= overdue <= last.value,
        first.id,
        f"{overdue} days past due; a visit is possible from {first.value} to {last.value}",
    )
    _require(
        event.address_id in at.facts.address_ids,
        "LC-VISIT-ADDRESS",
        "address_id: not a usable address of this borrower",
    )
    _require(
        at.facts.arrears_minor >= rules.arrears_floor_minor.value,
        rules.arrears_floor_minor.id,
        f"arrears of {at.facts.arrears_minor} are below {rules.arrears_floor_minor.value}",
    )
    _require(
        at.case.visits < rules.visits_per_case.value,
        rules.visits_per_case.id,
        f"{at.case.visits} visits made, {rules.visits_per_case.value} allowed",
    )
    _require(not at.facts.visit_blocked, "LC-PREFERENCE", "the borrower wants no visit")
    _require_no_hold(at)


@_judge.register
def _(event: events.VisitApproved, at: Situation) -> None:
    _require_open_approval(event.approver_id, at)


@_judge.register
def _(event: events.VisitRejected, at: Situation) -> None:
    _require_open_approval(event.approver_id, at)


def _require_open_approval(approver_id: str, at: Situation) -> None:
    _require_stage(at, Stage.APPROVAL)
    visit = at.case.visit
    if visit is None or visit.approval is not None:
        raise EventRefusedError("LC-STAGE", "this visit has been decided on")
    _require(
        approver_id != visit.applicant_id,
        "LC-FOUR-EYES",
        "approver_id: the applicant cannot approve the visit",
    )


@_judge.register
def _(event: events.AppointmentConfirmed, at: Situation) -> None:
    _require_stage(at, Stage.APPOINTMENT)
    _require_offered_slot(event.slot_id, at)
    _require_no_hold(at)
    visit = at.case.visit
    expires = None if visit is None else visit.approval_expires_at
    _require(
        visit is not None
        and visit.slot is not None
        and expires is not None
        and visit.slot.start < expires,
        at.policy.visit.approval_valid_days.id,
        "the approval expires before the appointment",
    )


@_judge.register
def _(event: events.AppointmentDeclined, at: Situation) -> None:
    _require_stage(at, Stage.APPOINTMENT, Stage.PREPARATION)
    _require_offered_slot(event.slot_id, at, may_be_confirmed=at.case.stage is Stage.PREPARATION)


def _require_offered_slot(slot_id: str, at: Situation, *, may_be_confirmed: bool = False) -> None:
    visit = at.case.visit
    if visit is None or visit.slot is None or not visit.notice_sent:
        raise EventRefusedError("LC-APPOINTMENT", "no appointment is proposed")
    _require(
        slot_id == visit.slot.slot_id, "LC-APPOINTMENT", "slot_id: not the slot that is proposed"
    )
    _require(
        visit.appointment is None or may_be_confirmed,
        "LC-APPOINTMENT",
        "this slot has been answered",
    )


@_judge.register
def _(event: events.VisitCheckedIn, at: Situation) -> None:
    _require_stage(at, Stage.VISIT)
    visit = _require_visit(event.visit_id, at)
    _require(not visit.checked_in, "LC-STAGE", "the crew has checked in already")
    _require_no_hold(at)
    _require(
        is_within(event.occurred_at, at.policy.visit.permitted_hours.value, at.facts.time_zone),
        at.policy.visit.permitted_hours.id,
        "occurred_at: outside the permitted hours for visits",
    )
    booked = [] if visit.slot is None else visit.slot.badge_ids
    present = set(event.badge_ids)
    _require(present <= set(booked), "LC-CREW", "badge_ids: not the crew that was announced")
    _require(
        len(present) >= at.policy.visit.crew_size.value,
        at.policy.visit.crew_size.id,
        f"badge_ids: {len(present)} present, {at.policy.visit.crew_size.value} needed",
    )


@_judge.register
def _(event: events.VisitReported, at: Situation) -> None:
    _require_stage(at, Stage.VISIT)
    visit = _require_visit(event.visit_id, at)
    _require(visit.outcome is None, "LC-STAGE", "the visit has been reported")
    if event.outcome in ("agreed", "refused"):
        _require(visit.checked_in, "LC-CHECK-IN", "nobody has checked in")
    if event.outcome != "agreed":
        return
    _require(visit.identity_verified, "LC-IDENTITY", "the borrower's identity was not verified")
    if event.proposal is None:
        raise EventRefusedError("LC-PLAN", "proposal: an agreement needs one")
    try:
        build_plan(
            at.facts.arrears_minor,
            event.proposal,
            event.capacity,
            at.policy.plan,
            at.today,
        )
    except PlanRefusedError as error:
        raise EventRefusedError("LC-PLAN", f"proposal: {error}") from error


@_judge.register
def _(event: events.PlanApproved, at: Situation) -> None:
    _require_open_plan(event.plan_id, event.approver_id, at)


@_judge.register
def _(event: events.PlanRejected, at: Situation) -> None:
    _require_open_plan(event.plan_id, event.approver_id, at)


def _require_open_plan(plan_id: str, approver_id: str, at: Situation) -> None:
    _require_stage(at, Stage.PLAN)
    plan, visit = at.case.plan, at.case.visit
    if plan is None or visit is None or plan.plan_id != plan_id:
        raise EventRefusedError("LC-PLAN", "plan_id: not the plan that waits for approval")
    _require(plan.approval is None, "LC-STAGE", "this plan has been decided on")
    _require(
        approver_id not in (*visit.badges_on_site, visit.applicant_id),
        "LC-FOUR-EYES",
        "approver_id: neither the applicant nor the crew can approve a waiver",
    )


@_judge.register
def _(event: events.AgreementSigned, at: Situation) -> None:
    _require_open_agreement(event.agreement_id, at)
    _require(
        at.case.plan is not None and event.document_sha256 == at.case.plan.document_sha256,
        "LC-DOCUMENT",
        "document_sha256: not the document that was offered",
    )


@_judge.register
def _(event: events.AgreementDeclined, at: Situation) -> None:
    _require_open_agreement(event.agreement_id, at)


def _require_open_agreement(agreement_id: str, at: Situation) -> None:
    _require_stage(at, Stage.AGREEMENT)
    plan = at.case.plan
    if plan is None or plan.agreement_id != agreement_id:
        raise EventRefusedError("LC-DOCUMENT", "agreement_id: not the agreement that is offered")
    _require(plan.signature is None, "LC-STAGE", "this agreement has been answered")


def _require(fits: bool, rule_id: str, reason: str) -> None:
    if not fits:
        raise EventRefusedError(rule_id, reason)


def _require_stage(at: Situation, *stages: Stage) -> None:
    wanted = " or ".join(stages)
    _require(
        at.case.stage in stages, "LC-STAGE", f"the case is in {at.case.stage}, not in {wanted}"
    )


def _require_visit(visit_id: str, at: Situation) -> VisitState:
    if at.case.visit is None or at.case.visit.visit_id != visit_id:
        raise EventRefusedError("LC-STAGE", "visit_id: not the visit that is under way")
    return at.case.visit


def _require_no_hold(at: Situation) -> None:
    _require(not at.is_on_hold, "LC-HOLD", f"on hold: {', '.join(at.hold_reasons)}")
