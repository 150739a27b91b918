"""A plan that is honoured may be replaced by another, a bounded number of times."""

from domain import events
from domain.case.judgement.fitting import EventRefusedError, require, require_no_hold
from domain.case.renegotiation import build_next_plan
from domain.case.situation import Situation
from domain.identity import is_among
from domain.plan.plan import PlanRefusedError


def judge_renegotiation_requested(
    event: events.RenegotiationRequested, situation: Situation
) -> None:
    """Of the agreement in force, and for a plan within the limits."""
    plan = situation.case.plan
    require(
        plan is not None and plan.in_force and plan.agreement_id == event.agreement_id,
        "LC-DOCUMENT",
        "agreement_id: not the agreement that is in force",
    )
    require(situation.case.next_plan is None, "LC-STAGE", "a renegotiation is under way")
    require_no_hold(situation)
    require(
        not is_among(event.requested_by_id, situation.facts.barred_badge_ids),
        "LC-CREW",
        "requested_by_id: may not visit the borrower any more, nor negotiate with them",
    )
    _require_one_left(situation)
    try:
        build_next_plan(event, situation)
    except PlanRefusedError as error:
        raise EventRefusedError("LC-PLAN", f"proposal: {error}") from error


def _require_one_left(situation: Situation) -> None:
    """So many agreements, and for each of them so many requests."""
    limit, rounds = situation.policy.plan.renegotiations, situation.policy.plan.negotiation_rounds
    if limit is None:
        raise EventRefusedError("LC-PLAN", "the policy allows no renegotiation")
    require(
        situation.case.renegotiations < limit.value,
        limit.id,
        f"{situation.case.renegotiations} plans of this case were renegotiated",
    )
    require(
        situation.case.renegotiation_requests < rounds.value,
        rounds.id,
        f"{situation.case.renegotiation_requests} proposals came to nothing",
    )
