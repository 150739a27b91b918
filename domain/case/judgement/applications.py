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
from domain.case.visit_need import obstacles_to_visit
from domain.debt.money import format_money
from domain.identity import is_among, is_same_person


def judge_visit_requested(event: events.VisitRequested, situation: Situation) -> None:
    """Within what the policy allows; for the lender, only where contact was tried and did not work.

    The borrower may ask for a visit themselves, whatever was tried.
    """
    _require_own_name(event, situation)
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
    arrears, floor = situation.facts.arrears_minor, rules.arrears_floor_minor
    currency = situation.facts.currency
    require(
        arrears >= floor.value,
        floor.id,
        f"arrears of {format_money(arrears, currency)} are below"
        f" {format_money(floor.value, currency)}",
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
    if event.applicant == "collector":
        _require_needed(situation)


def _require_own_name(event: events.VisitRequested, situation: Situation) -> None:
    """Who applies as the borrower is the borrower, and the borrower applies as nobody else."""
    is_borrower = is_same_person(event.applicant_id, situation.facts.borrower_id)
    require(
        is_borrower == (event.applicant == "borrower"),
        "LC-APPLICANT",
        "applicant_id: the borrower's id and the applicant `borrower` belong together",
    )


def _require_needed(situation: Situation) -> None:
    """The reasons are those of the invitation: a collector does not apply past them."""
    if obstacles := obstacles_to_visit(situation):
        raise EventRefusedError(obstacles[0].rule_id, "; ".join(each.reason for each in obstacles))


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
    """One decision, on the visit that is asked about, by neither applicant nor borrower."""
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
        not is_among(event.approver_id, (visit.applicant_id, situation.facts.borrower_id)),
        "LC-FOUR-EYES",
        "approver_id: neither the applicant nor the borrower can approve the visit",
    )


def judge_visit_approved(event: events.VisitApproved, situation: Situation) -> None:
    """As any decision; and still in force, for it counts from when it was given."""
    judge_visit_decision(event, situation)
    require(
        situation.now < approval_expiry(event, situation),
        situation.policy.visit.approval_valid_days.id,
        "occurred_at: the approval has expired",
    )
