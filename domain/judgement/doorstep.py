"""What the crew says at the door, and afterwards."""

from domain import events
from domain.calendar import is_within
from domain.case import Stage
from domain.judgement.fitting import (
    EventRefusedError,
    judge_fit,
    require,
    require_no_hold,
    require_stage,
    require_visit,
)
from domain.plan import PlanRefusedError, build_plan
from domain.situation import Situation


@judge_fit.register
def _(event: events.VisitCheckedIn, at: Situation) -> None:
    require_stage(at, Stage.VISIT)
    visit = require_visit(event.visit_id, at)
    require(not visit.checked_in, "LC-STAGE", "the crew has checked in already")
    require_no_hold(at)
    require(
        is_within(event.occurred_at, at.policy.visit.permitted_hours.value, at.facts.time_zone),
        at.policy.visit.permitted_hours.id,
        "occurred_at: outside the permitted hours for visits",
    )
    booked = [] if visit.slot is None else visit.slot.badge_ids
    present = set(event.badge_ids)
    require(present <= set(booked), "LC-CREW", "badge_ids: not the crew that was announced")
    require(
        len(present) >= at.policy.visit.crew_size.value,
        at.policy.visit.crew_size.id,
        f"badge_ids: {len(present)} present, {at.policy.visit.crew_size.value} needed",
    )


@judge_fit.register
def _(event: events.VisitReported, at: Situation) -> None:
    require_stage(at, Stage.VISIT)
    visit = require_visit(event.visit_id, at)
    require(visit.outcome is None, "LC-STAGE", "the visit has been reported")
    if event.outcome in ("agreed", "refused"):
        require(visit.checked_in, "LC-CHECK-IN", "nobody has checked in")
    if event.outcome != "agreed":
        return
    require(visit.identity_verified, "LC-IDENTITY", "the borrower's identity was not verified")
    if event.proposal is None:
        raise EventRefusedError("LC-PLAN", "proposal: an agreement needs one")
    try:
        build_plan(
            at.facts.arrears_minor,
            event.proposal,
            event.capacity,
            at.policy.plan,
            at.today,
            at.facts.penalty_minor,
        )
    except PlanRefusedError as error:
        raise EventRefusedError("LC-PLAN", f"proposal: {error}") from error
