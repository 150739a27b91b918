"""What a crew and a borrower have agreed on, as a plan."""

from domain.case.renegotiation import next_plan_state
from domain.case.situation import Situation
from domain.case.state import PlanState
from domain.events import RenegotiationRequested, VisitReported
from domain.plan.plan import Plan, PlanRefusedError, build_plan


def plan_of_report(event: VisitReported, situation: Situation) -> Plan:
    """The plan that a report proposes, for what is owed now.

    A report may come late: whether its dates are possible is judged by the day it was made.

    Raises:
        PlanRefusedError: naming every limit that is broken, or that nothing was proposed.
    """
    if event.proposal is None:
        raise PlanRefusedError("an agreement needs one")
    return build_plan(
        situation.facts.arrears_minor,
        event.proposal,
        event.capacity,
        situation.policy.plan,
        situation.today,
        situation.facts.penalty_minor,
        min(situation.facts.local(event.occurred_at).date(), situation.today),
    )


def proposed_at_visit(event: VisitReported, situation: Situation) -> PlanState | None:
    """The plan under negotiation after a report; None when nothing was agreed on."""
    visit = situation.case.visit
    if event.outcome != "agreed" or visit is None:
        return None
    return PlanState(
        plan_id=f"{situation.case.case_id}:plan-{situation.case.plans + 1}",
        plan=plan_of_report(event, situation),
        # What is paid since is not in its debt.
        proposed_at=situation.facts.as_of or situation.now,
        payments_seen=situation.facts.payments_seen,
        visit_id=visit.visit_id,
        negotiator_ids=[*visit.badges_on_site, visit.applicant_id],
    )


def proposed_instead(event: RenegotiationRequested, situation: Situation) -> PlanState | None:
    """The plan that is to replace the one in force."""
    plan = situation.case.plan
    return None if plan is None else next_plan_state(event, plan, situation)
