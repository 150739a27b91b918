"""The application for a visit, and its approval."""

from datetime import timedelta

from domain import events
from domain.case.events.terms import approval_expiry
from domain.case.judgement.fitting import (
    EventRefusedError,
    require,
    require_no_hold,
    require_not_before,
)
from domain.case.situation import Situation


def judge_visit_requested(event: events.VisitRequested, situation: Situation) -> None:
    """Within the days, the arrears and the number of visits that the policy allows."""
    rules = situation.policy.visit
    overdue = situation.days_past_due
    first, last = rules.from_days_past_due, rules.until_days_past_due
    require(
        first.value <= overdue <= last.value,
        first.id,
        f"{overdue} days past due; a visit is possible from {first.value} to {last.value}",
    )
    require(
        event.address_id in situation.facts.address_ids,
        "LC-VISIT-ADDRESS",
        "address_id: not a usable address of this borrower",
    )
    require(
        situation.facts.arrears_minor >= rules.arrears_floor_minor.value,
        rules.arrears_floor_minor.id,
        f"arrears of {situation.facts.arrears_minor} are below {rules.arrears_floor_minor.value}",
    )
    require(
        situation.case.visits < rules.visits_per_case.value,
        rules.visits_per_case.id,
        f"{situation.case.visits} visits made, {rules.visits_per_case.value} allowed",
    )
    _require_cooled_down(situation)
    require(not situation.facts.promises, "LC-PROMISE", "a promise to pay is open")
    require(not situation.facts.visit_blocked, "LC-PREFERENCE", "the borrower wants no visit")
    require_no_hold(situation)


def _require_cooled_down(situation: Situation) -> None:
    cooling = situation.policy.visit.cooling_days
    ended_at = situation.case.last_visit_ended_at
    again_at = None if ended_at is None else ended_at + timedelta(days=cooling.value)
    require(
        again_at is None or again_at <= situation.now,
        cooling.id,
        f"the last visit ended less than {cooling.value} days ago",
    )


def judge_visit_decision(
    event: events.VisitApproved | events.VisitRejected, situation: Situation
) -> None:
    """One decision, on the visit that is asked about, by somebody other than the applicant."""
    visit = situation.case.visit
    if visit is None or visit.approval is not None:
        raise EventRefusedError("LC-STAGE", "this visit has been decided on")
    require(
        event.visit_id in (None, visit.visit_id),  # an earlier release did not ask for it
        "LC-STAGE",
        "visit_id: not the visit that waits for approval",
    )
    reason = "lies before the visit was put to the approvers"
    require_not_before(event, visit.asked_at, situation, reason)
    require(
        event.approver_id != visit.applicant_id,
        "LC-FOUR-EYES",
        "approver_id: the applicant cannot approve the visit",
    )


def judge_visit_approved(event: events.VisitApproved, situation: Situation) -> None:
    """As any decision; and still in force, for it counts from when it was given."""
    judge_visit_decision(event, situation)
    require(
        situation.now < approval_expiry(event, situation),
        situation.policy.visit.approval_valid_days.id,
        "occurred_at: the approval has expired",
    )
