"""What the crew says at the door, and afterwards."""

from datetime import timedelta

from domain import events
from domain.calendar import is_within
from domain.case.judgement.fitting import (
    EventRefusedError,
    require,
    require_visit,
)
from domain.case.negotiation import plan_of_report
from domain.case.situation import Situation
from domain.case.state import Answer, VisitState
from domain.case.visit_standing import (
    crew_is_barred,
    is_off,
    reasons_approval_is_void,
    waits_for_promise,
)
from domain.identity import is_among, people_of
from domain.plan.plan import PlanRefusedError

# Not a rule but a check that the date is no mistake: an early crew and a device that is set to
# another time zone lie within it.
BEFORE_THE_APPOINTMENT = timedelta(days=1)


def judge_visit_checked_in(event: events.VisitCheckedIn, situation: Situation) -> None:
    """Whether the crew may begin. It may be offline: the rules are those of when it came.

    Whether the borrower was to be left in peace then, the record knows.
    """
    visit = require_visit(event.visit_id, situation)
    require(not visit.identity_verified, "LC-STAGE", "the crew has checked in already")
    require(
        situation.facts.outcome_if_paid() is None,
        "LC-PAID",
        "what was overdue is paid: the visit is off",
    )
    _require_standing(situation)
    _require_approved(event, visit, situation)
    hours = situation.policy.visit.permitted_hours
    require(
        is_within(event.occurred_at, hours.value, situation.facts.time_zone),
        hours.id,
        "occurred_at: outside the permitted hours for visits",
    )
    _require_in_time(event, visit, situation)
    _require_crew(event, visit, situation)


def _require_standing(situation: Situation) -> None:
    """What the workflow is about to settle is not overtaken at the door."""
    require(not is_off(situation), "LC-STAGE", "the visit has been called off")
    require(
        not waits_for_promise(situation),
        "LC-PROMISE",
        "a promise to pay is open, and the hour of the appointment has not come",
    )
    reasons = reasons_approval_is_void(situation)
    require(
        not reasons,
        situation.policy.visit.approval_void_share.id,
        f"the approval is void: {'; '.join(reasons)}",
    )


def _require_in_time(event: events.VisitCheckedIn, visit: VisitState, situation: Situation) -> None:
    """The borrower expects the crew at the hour they were told: not earlier, not another day."""
    rule, slot = situation.policy.visit.arrival_tolerance_hours, visit.slot
    begins = situation.now if slot is None else slot.start - timedelta(hours=rule.value)
    require(
        event.occurred_at >= begins,
        rule.id,
        f"occurred_at: more than {rule.value} hours before the appointment",
    )
    days = {situation.facts.local(moment).date() for moment in (begins, event.occurred_at)}
    require(len(days) == 1, rule.id, "occurred_at: another day than the appointment's")


def _require_after_slot(
    event: events.VisitReported, visit: VisitState, situation: Situation
) -> None:
    """The dates of a plan are judged by the day of the report, which cannot be any day.

    Where no crew has checked in, the borrower was waited for: at the hour that was told.
    """
    early = BEFORE_THE_APPOINTMENT if visit.checked_in else situation.policy.clock_tolerance
    require(
        visit.slot is None or event.occurred_at >= visit.slot.start - early,
        "LC-TIME",
        "occurred_at: lies before the appointment",
    )


def _require_approved(
    event: events.VisitCheckedIn, visit: VisitState, situation: Situation
) -> None:
    expires_at = visit.approval_expires_at
    require(
        visit.approval is Answer.YES and expires_at is not None and event.occurred_at < expires_at,
        situation.policy.visit.approval_valid_days.id,
        "no approval was in force when the crew came",
    )


def _require_crew(event: events.VisitCheckedIn, visit: VisitState, situation: Situation) -> None:
    require(
        not crew_is_barred(situation),
        "LC-CREW",
        "one of the crew may not visit this borrower any more",
    )
    booked = [] if visit.slot is None else visit.slot.badge_ids
    present = people_of(event.badge_ids)
    require(present <= people_of(booked), "LC-CREW", "badge_ids: not the crew that was announced")
    require(
        not any(is_among(one, (visit.applicant_id, visit.approver_id)) for one in present),
        "LC-FOUR-EYES",
        "badge_ids: who applied for the visit or approved it does not make it",
    )
    size = situation.policy.visit.crew_size
    require(
        len(present) >= size.value,
        size.id,
        f"badge_ids: {len(present)} present, {size.value} needed",
    )


def judge_visit_reported(event: events.VisitReported, situation: Situation) -> None:
    """Once, after the check-in; what was agreed on is a plan within the limits."""
    visit = require_visit(event.visit_id, situation)
    require(visit.outcome is None, "LC-STAGE", "the visit has been reported")
    _require_after_slot(event, visit, situation)
    if event.outcome in ("agreed", "refused"):
        require(visit.checked_in, "LC-CHECK-IN", "nobody has checked in")
    if event.outcome != "agreed":
        return
    require(visit.identity_verified, "LC-IDENTITY", "the borrower's identity was not verified")
    try:
        plan_of_report(event, situation)
    except PlanRefusedError as error:
        raise EventRefusedError("LC-PLAN", f"proposal: {error}") from error
