"""What the crew says at the door, and afterwards."""

from datetime import timedelta

from domain import events
from domain.calendar import is_within
from domain.case import Answer, Stage, VisitState
from domain.judgement.fitting import (
    EventRefusedError,
    judge_fit,
    require,
    require_stage,
    require_visit,
)
from domain.negotiation import plan_of_report
from domain.plan import PlanRefusedError
from domain.situation import Situation

CLOCKS_DIFFER = timedelta(minutes=15)  # between the crew's device and ours


@judge_fit.register
def _(event: events.VisitCheckedIn, at: Situation) -> None:
    """Whether the crew may begin. It may be offline: the rules are those of when it came.

    Whether the borrower was to be left in peace then, the record knows.
    """
    require_stage(at, Stage.VISIT)
    visit = require_visit(event.visit_id, at)
    require(not visit.identity_verified, "LC-STAGE", "the crew has checked in already")
    require(
        at.facts.outcome_if_paid() is None, "LC-PAID", "what was overdue is paid: the visit is off"
    )
    _require_past(event, at)
    _require_approved(event, visit, at)
    hours = at.policy.visit.permitted_hours
    require(
        is_within(event.occurred_at, hours.value, at.facts.time_zone),
        hours.id,
        "occurred_at: outside the permitted hours for visits",
    )
    _require_in_time(event, visit, at)
    _require_crew(event, visit, at)


def _require_past(event: events.Event, at: Situation) -> None:
    require(
        event.occurred_at <= at.now + CLOCKS_DIFFER, "LC-TIME", "occurred_at: lies in the future"
    )


def _require_in_time(event: events.VisitCheckedIn, visit: VisitState, at: Situation) -> None:
    """The borrower expects nobody before the hour he was told."""
    tolerance = at.policy.visit.arrival_tolerance_hours
    begins = at.now if visit.slot is None else visit.slot.start - timedelta(hours=tolerance.value)
    require(
        event.occurred_at >= begins,
        tolerance.id,
        f"occurred_at: more than {tolerance.value} hours before the appointment",
    )


def _require_approved(event: events.VisitCheckedIn, visit: VisitState, at: Situation) -> None:
    expires_at = visit.approval_expires_at
    require(
        visit.approval is Answer.YES and expires_at is not None and event.occurred_at < expires_at,
        at.policy.visit.approval_valid_days.id,
        "no approval was in force when the crew came",
    )


def _require_crew(event: events.VisitCheckedIn, visit: VisitState, at: Situation) -> None:
    require(
        not visit.crew_barred, "LC-CREW", "one of the crew may not visit this borrower any more"
    )
    booked = [] if visit.slot is None else visit.slot.badge_ids
    present = set(event.badge_ids)
    require(present <= set(booked), "LC-CREW", "badge_ids: not the crew that was announced")
    require(
        present.isdisjoint((visit.applicant_id, visit.approver_id)),
        "LC-FOUR-EYES",
        "badge_ids: who applied for the visit or approved it does not make it",
    )
    size = at.policy.visit.crew_size
    require(
        len(present) >= size.value,
        size.id,
        f"badge_ids: {len(present)} present, {size.value} needed",
    )


@judge_fit.register
def _(event: events.VisitReported, at: Situation) -> None:
    require_stage(at, Stage.VISIT)
    visit = require_visit(event.visit_id, at)
    require(visit.outcome is None, "LC-STAGE", "the visit has been reported")
    _require_past(event, at)
    if event.outcome in ("agreed", "refused"):
        require(visit.checked_in, "LC-CHECK-IN", "nobody has checked in")
    if event.outcome != "agreed":
        return
    require(visit.identity_verified, "LC-IDENTITY", "the borrower's identity was not verified")
    try:
        plan_of_report(event, at)
    except PlanRefusedError as error:
        raise EventRefusedError("LC-PLAN", f"proposal: {error}") from error
